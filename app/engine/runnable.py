"""Whether diagrams can be run at all: less than what `checks` asks of a release.

A release is kept for as long as its cases live, and the checks of a release become stricter with time. What was
accepted once goes on running: here only what no program can be built from is refused. Everything else that is wrong
with an element comes up when a case reaches it, as a ScriptError that names it.
"""

from __future__ import annotations

from app.bpmn import Element
from app.bpmn.faults import MAX_ELEMENTS, reaches
from app.bpmn.names import ACTIVITIES
from app.bpmn.support import allowed, instead, instead_of_event
from app.engine.checks import too_large
from app.engine.diagram import Diagrams, Process
from app.engine.element_checks import around_of
from app.errors import N_, Problem


def unrunnable(diagrams: Diagrams, entry: str) -> list[Problem]:
    """What keeps a program from being built; empty when cases can run."""
    found = list(diagrams.unread)
    if entry not in diagrams.processes or diagrams.processes[entry].parent:
        message = N_("The process “%(id)s”, with which a case begins, is not in the diagrams.")
        found.append(Problem("", message, params={"id": entry}))
    if too_large(diagrams):
        message = N_("The diagrams have more than %(most)s elements in all.")
        found.append(Problem("", message, params={"most": MAX_ELEMENTS}))
        return found
    found += _recursion(diagrams)
    for process in diagrams.processes.values():
        found += _of_process(process, diagrams)
    return found


def _recursion(diagrams: Diagrams) -> list[Problem]:
    calls: dict[str, set[str]] = {}
    callers = [(process, node) for process in diagrams.processes.values() for node in process.nodes.values()]
    for process, node in callers:
        if node.called:
            calls.setdefault(process.top, set()).add(node.called)
    message = N_("The process %(process)s calls itself through this: draw a loop instead.")
    return [
        Problem(process.file, message, node.id, {"process": process.top})
        for process, node in callers
        if node.called and reaches(calls, node.called, process.top)
    ]


def _of_process(process: Process, diagrams: Diagrams) -> list[Problem]:
    found = []
    for element, kind in process.refused.items():
        message = N_("%(kind)s is not supported: %(reason)s.")
        found.append(Problem(process.file, message, element, {"kind": kind, "reason": instead(kind)}))
    for flow in process.flows:
        for end in dict.fromkeys((flow.source, flow.target)):
            if end not in process.nodes:
                message = N_("The arrow begins or ends at “%(end)s”, which is not there.")
                found.append(Problem(process.file, message, flow.id, {"end": end}))
    for node in process.nodes.values():
        found += _of_node(node, process, diagrams)
    return found


def _of_node(node: Element, process: Process, diagrams: Diagrams) -> list[Problem]:
    if not allowed(node, around_of(process, diagrams)):
        message = N_("%(kind)s with %(event)s is not supported: %(reason)s.")
        params = {"kind": node.kind, "event": node.event or "no event", "reason": instead_of_event(node.definitions)}
        return [Problem(process.file, message, node.id, params)]
    if node.kind == "boundaryEvent":
        host = process.nodes.get(node.attached_to)
        if host is None or host.kind not in ACTIVITIES or host.by_event:
            message = N_("A boundary event must sit on a task, subprocess or call activity of its own process.")
            return [Problem(process.file, message, node.id)]
    if node.kind == "callActivity" and node.called not in diagrams.processes:
        message = N_("It calls the process “%(id)s”, which is not in the package.")
        return [Problem(process.file, message, node.id, {"id": node.called})]
    return []
