"""What is wrong with the drawing itself, whatever is to be done with it: each fault once, its place, and what to do.

What a package must have besides (forms, operators, tables) and whether a process can run are said by the rooms above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.bpmn import links
from app.bpmn.diagrams import Diagrams
from app.bpmn.model import Diagram, Element, Flow, Process, Stranger, Trigger
from app.bpmn.names import ACTIVITIES, FLOW_NODES, SPIFF
from app.bpmn.support import EVENTS, RUNS, allowed, instead, instead_of_event
from app.errors import N_, Problem

MAX_ELEMENTS = 3_000  # of one package; processes that people read have some hundred


def faults(diagrams: Diagrams, entry: str = "") -> list[Problem]:
    """All faults of all files. `entry`: the process with which a case begins."""
    found = list(diagrams.unread)
    found += too_many(diagrams)
    if len(found) > len(diagrams.unread):
        return found  # nobody reads more of it
    running = diagrams.running(entry)
    homes: dict[str, str] = {}  # element to the file that has it first
    processes: dict[str, str] = {}
    for file in diagrams.files:
        found += _of_file(file)
        for process in file.processes:
            if not process.id:
                found.append(Problem(file.file, "A process has no id: give it one.", line=process.line))
            elif processes.setdefault(process.id, file.file) != file.file and not process.parent:
                message = N_("The process id stands also in %(other)s: change one.")
                other = {"other": processes[process.id]}
                found.append(Problem(file.file, message, process.id, other, line=process.line))
            found += _identities(process, homes)
            if process.id in running or not process.id:
                found += _of_process(process, diagrams)
    return found + recursion(diagrams)


def too_many(diagrams: Diagrams) -> list[Problem]:
    """That there are more elements than any package needs."""
    count = 0
    for process in (process for file in diagrams.files for process in file.processes):
        count += len(process.elements)
        if count > MAX_ELEMENTS:
            message = N_("The diagrams have more than %(most)s elements in all.")
            return [Problem(process.file, message, params={"most": MAX_ELEMENTS})]
    return []


def recursion(diagrams: Diagrams) -> list[Problem]:
    """Processes that come to call themselves, at whatever distance: they never end."""
    calls: dict[str, set[str]] = {}
    for element in diagrams.elements():
        if element.called:
            calls.setdefault(element.process, set()).add(element.called)
    return [
        Problem(
            element.file,
            "The process %(process)s calls itself through this: draw a loop instead.",
            element.id,
            {"process": element.process},
            line=element.line,
        )
        for element in diagrams.elements()
        if element.called and reaches(calls, element.called, element.process)
    ]


def reaches(calls: Mapping[str, set[str]], start: str, goal: str) -> bool:
    """Whether calls lead from one process to another."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        here = ahead.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            ahead.extend(calls.get(here, ()))
    return False


def _of_file(file: Diagram) -> Iterator[Problem]:
    for instruction in file.document.instructions():
        message, target = N_("The XML holds a processing instruction (%(target)s): remove it."), instruction.target
        yield Problem(file.file, message, params={"target": target}, line=instruction.line)
    seen: set[str] = set()
    told: set[str] = set()
    for node in file.document.root.walk():
        name = node.get("id")
        if not name or node.namespace == SPIFF:  # those name operators and parameters: they may repeat
            continue
        if name in seen and name not in told:
            told.add(name)
            yield Problem(file.file, "The id stands in this file twice: change one.", name, line=node.line)
        seen.add(name)


def _identities(process: Process, homes: dict[str, str]) -> Iterator[Problem]:
    for element in process.elements:
        if not element.id:
            message, kind = N_("An element of kind %(kind)s has no id: give it one."), element.kind
            yield Problem(process.file, message, params={"kind": kind}, line=element.line)
        elif homes.setdefault(element.id, process.file) != process.file:
            message, other = N_("The id stands also in %(other)s: change one."), homes[element.id]
            yield Problem(process.file, message, element.id, {"other": other}, line=element.line)


def _of_process(process: Process, diagrams: Diagrams) -> list[Problem]:
    checks = _Process(process, _around(process, diagrams))
    for stranger in process.strangers:
        reason = instead(stranger.kind)
        checks.say(stranger, N_("%(kind)s is not supported: %(reason)s."), kind=stranger.kind, reason=reason)
    for flow in process.flows:
        checks.flow(flow)
    for element in process.elements:
        checks.element(element)
    return checks.found


def _around(process: Process, diagrams: Diagrams) -> Element | None:
    outer = diagrams.processes.get(process.parent)
    return next((each for each in outer.elements if each.id == process.id), None) if outer is not None else None


class _Process:
    """What is wrong in one process or subprocess."""

    def __init__(self, process: Process, around: Element | None) -> None:
        self.file = process.file
        self.around = around  # the subprocess whose inside it is
        self.elements = {element.id: element for element in process.elements}
        self.flows = {flow.id: flow for flow in process.flows}
        self.known = self.elements.keys() | {stranger.id for stranger in process.strangers}
        self.found: list[Problem] = []

    def say(self, it: Element | Flow | Stranger, message: str, /, part: str = "", **params: str) -> None:
        self.found.append(Problem(self.file, message, it.id, params, part=part, line=it.line))

    def flow(self, flow: Flow) -> None:
        for end in dict.fromkeys((flow.source, flow.target)):
            if end not in self.known:
                self.say(flow, N_("The arrow begins or ends at “%(end)s”, which is not there."), end=end)

    def element(self, element: Element) -> None:
        for name in element.repeated:
            self.say(
                element, N_("The property %(name)s stands there twice: remove one."), f"property:{name}", name=name
            )
        if element.kind not in RUNS:
            reason = instead(element.kind)
            self.say(element, N_("%(kind)s is not supported: %(reason)s."), kind=element.kind, reason=reason)
            return
        if element.kind in ("serviceTask", "sendTask") and not element.operator:
            self.sent(element)
        elif not allowed(element, self.around):
            facts = {"kind": element.kind, "event": element.event or "no event"}
            reason = instead_of_event(element.definitions)
            self.say(element, N_("%(kind)s with %(event)s is not supported: %(reason)s."), reason=reason, **facts)
        elif element.trigger is not None and element.trigger.kind == "message" and not element.message:
            if element.kind != "sendTask":
                self.say(element, N_("No message with a name is chosen: choose one."))
        elif element.event == "link":
            for message, facts in links.wrong(element, self.elements, self.flows):
                self.say(element, message, "link", **facts)
        elif element.trigger == Trigger("signal"):
            self.say(element, N_("No signal with a name is chosen: choose one."))
        if element.kind == "boundaryEvent":
            self.border(element)

    def sent(self, element: Element) -> None:
        if element.kind == "serviceTask":
            self.say(element, N_("The service task has no operator: choose what it does."))
        elif not element.message:
            self.say(element, N_("The send task has neither an operator nor a message that it sends: choose one."))

    def border(self, element: Element) -> None:
        host = self.elements.get(element.attached_to)
        if element.attached_to not in self.known:
            self.say(
                element, N_("The boundary event sits on “%(host)s”, which is not there."), host=element.attached_to
            )
        elif host is None or host.kind not in ACTIVITIES or host.by_event:
            message = N_("A boundary event must sit on a task, subprocess or call activity of its own process.")
            self.say(element, message)


assert RUNS <= FLOW_NODES and EVENTS.keys() <= RUNS  # noqa: S101 - a slip in the tables
