"""Whether diagrams can be run at all: less than what `checks` asks of a release.

A release is kept for as long as its cases live, and the checks of a release become stricter with time. What was
accepted once goes on running: here only what no program can be built from is refused. Everything else that is wrong
with an element comes up when a case reaches it, as a ScriptError that names it.
"""

from __future__ import annotations

from app.engine.checks import recursion, too_large
from app.engine.diagram import ACTIVITIES, Diagrams, Node, Process
from app.engine.element_checks import allowed_of, kind_of
from app.errors import Problem


def unrunnable(diagrams: Diagrams, entry: str) -> list[Problem]:
    """What keeps a program from being built; empty when cases can run."""
    found = list(diagrams.unread)
    if entry not in diagrams.processes or diagrams.processes[entry].parent:
        message = "The process “%(id)s”, with which a case begins, is not in the diagrams."
        found.append(Problem("", message, params={"id": entry}))
    found += too_large(diagrams) or recursion(diagrams)
    for process in diagrams.processes.values():
        found += _of_process(process, diagrams)
    return found


def _of_process(process: Process, diagrams: Diagrams) -> list[Problem]:
    found = [
        Problem(process.file, "%(kind)s is not supported.", element, {"kind": kind})
        for element, kind in process.refused.items()
    ]
    found += [
        Problem(process.file, "This flow does not join two elements of the same process; draw it anew.", flow.id)
        for flow in process.flows
        if flow.source not in process.nodes or flow.target not in process.nodes
    ]
    for node in process.nodes.values():
        found += _of_node(node, process, diagrams)
    return found


def _of_node(node: Node, process: Process, diagrams: Diagrams) -> list[Problem]:
    allowed = allowed_of(node, process, diagrams)
    if allowed is not None and kind_of(node) not in allowed:
        params = {"kind": ", ".join(node.definitions) or "none"}
        return [Problem(process.file, "An event of this kind (%(kind)s) is not supported here.", node.id, params)]
    if node.kind == "boundaryEvent":
        host = process.nodes.get(node.attached_to)
        if host is None or host.kind not in ACTIVITIES or host.by_event:
            message = "A boundary event must sit on a task, subprocess or call activity of its own process."
            return [Problem(process.file, message, node.id)]
    if node.kind == "callActivity" and node.called not in diagrams.processes:
        message = "It calls the process “%(id)s”, which is not in the package."
        return [Problem(process.file, message, node.id, {"id": node.called})]
    return []
