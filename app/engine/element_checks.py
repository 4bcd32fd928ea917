"""What can be wrong with one element by itself: its expressions, its event, its loop, what it refers to."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC
from typing import Any

from app.engine import clock, expressions
from app.engine.diagram import ACTIVITIES, Diagrams, Node, Process, Repetition, Timing
from app.engine.loops import MAX_INSTANCES
from app.errors import Problem, ScriptError

MAX_LOOPS = 1_000

# By kind of event, what it may wait for or throw; "" where it says nothing. Of start events those of a process.
EVENTS: dict[str, frozenset[str]] = {
    "startEvent": frozenset({"", "message"}),
    "endEvent": frozenset({"", "terminate", "message", "signal", "error", "escalation"}),
    "intermediateThrowEvent": frozenset({"", "message", "signal", "escalation"}),
    "intermediateCatchEvent": frozenset({"timer", "message", "signal"}),
    "boundaryEvent": frozenset({"timer", "message", "signal", "error", "escalation"}),
}
STARTS_BY_EVENT = frozenset({"timer", "message", "signal", "error", "escalation"})  # of an event subprocess
STARTS_INSIDE = frozenset({""})  # of an embedded subprocess


def allowed_of(node: Node, process: Process, diagrams: Diagrams) -> frozenset[str] | None:
    """What an event may wait for or throw; None of what is no event."""
    around = diagrams.processes.get(process.parent)
    if node.kind != "startEvent" or around is None:
        return EVENTS.get(node.kind)
    return STARTS_BY_EVENT if around.nodes[process.id].by_event else STARTS_INSIDE


def kind_of(node: Node) -> str:
    """What it waits for or throws, when it says one thing; "" when it says nothing."""
    if len(node.definitions) > 1:
        return ", ".join(node.definitions)
    return node.trigger.kind if node.trigger is not None else ""


class ElementChecker:
    """Checks the elements of one process and gathers the problems."""

    def __init__(self, process: Process, diagrams: Diagrams, decisions: Collection[str], says_drawn: bool) -> None:
        self.process = process
        self.diagrams = diagrams
        self.decisions = decisions
        self.says_drawn = says_drawn
        self.problems: list[Problem] = []

    def say(self, element: str, message: str, severity: str = "error", part: str = "", **params: Any) -> None:
        self.problems.append(Problem(self.process.file, message, element, params, severity, part))

    def drawn(self, element: str, message: str, **params: Any) -> None:
        """Something that a look at the diagram and its package tells, too."""
        if self.says_drawn:
            self.say(element, message, **params)

    def node(self, node: Node) -> None:
        """Everything about one element that does not depend on its flows."""
        self.events(node)
        for name, code in (("script.before", node.pre_script), ("script.after", node.post_script)):
            if code:
                self.script(node.id, code, name)
        if node.repetition is not None:
            self.repetition(node, node.repetition)
        match node.kind:
            case "scriptTask":
                self.script(node.id, node.script, "script")
            case "serviceTask":
                self.service(node)
            case "sendTask":
                if node.operator:
                    self.service(node)
                elif not node.message:
                    self.drawn(node.id, "The send task has neither an operator nor a message that it sends.")
            case "businessRuleTask":
                if node.decision not in self.decisions:
                    self.drawn(
                        node.id,
                        "There is no decision table “%(id)s”; name one of the package's.",
                        id=node.decision,
                    )
            case "receiveTask":
                self.message(node)
            case "callActivity":
                self.call(node)
            case "subProcess" if node.by_event:
                self.standing_by(node)
        for name in (*node.carries, *(node.returns or ())):
            if not name.isidentifier():
                self.say(node.id, "“%(name)s” is not a name.", name=name)

    def events(self, node: Node) -> None:
        allowed = allowed_of(node, self.process, self.diagrams)
        if allowed is None:
            if node.definitions:
                self.say(node.id, "An event definition does not belong here.")
            return
        kind = kind_of(node)
        if kind not in allowed:
            self.drawn(
                node.id,
                "An event of this kind (%(kind)s) is not supported here.",
                kind=", ".join(node.definitions) or "none",
            )
            return
        if kind == "message":
            self.message(node)
        if kind == "signal" and node.trigger is not None and not node.trigger.name:
            self.drawn(node.id, "Choose the signal; it must have a name.")
        if kind == "timer":
            self.timer(node, node.timing)
        if kind == "error" and not node.interrupting:
            self.say(node.id, "An error always interrupts: draw the event with a solid line.")
        if node.kind == "boundaryEvent":
            host = self.process.nodes.get(node.attached_to)
            if host is None and node.attached_to in self.process.refused:
                return
            if host is None or host.kind not in ACTIVITIES or host.by_event:
                say = self.drawn if host is None else self.say
                say(node.id, "A boundary event must sit on a task, subprocess or call activity of its own process.")

    def standing_by(self, node: Node) -> None:
        if node.repetition is not None:
            self.say(node.id, "An event subprocess begins when its event comes, and cannot repeat by itself.")

    def message(self, node: Node) -> None:
        if not node.message:
            if node.kind in ("endEvent", "intermediateThrowEvent"):
                self.drawn(node.id, "It sends a message; choose one that has a name.")
            else:
                self.drawn(node.id, "It waits for a message; choose one that has a name.")

    def timer(self, node: Node, timing: Timing | None) -> None:
        if timing is None or not timing.expression:
            self.say(node.id, "The timer has no time; give it a date, a duration or a repetition.")
            return
        repeats = node.kind in ("boundaryEvent", "startEvent") and not node.interrupting
        if timing.kind == "timeCycle" and not repeats:
            self.say(node.id, "Only an event on a border or of an event subprocess that does not interrupt may repeat.")
        if not self.expression(node.id, timing.expression, "time"):
            return
        value = _literal(timing.expression)
        if value is not None:
            self.tried(node.id, "time", lambda: _read_time(timing.kind, value))

    def service(self, node: Node) -> None:
        if not node.operator:
            self.drawn(node.id, "The service task has no operator; choose what it does.")
        for name, code in node.parameters.items():
            self.expression(node.id, code, f"parameter:{name}")
        if node.result_variable and not node.result_variable.isidentifier():
            self.say(node.id, "The result variable “%(name)s” is not a name.", name=node.result_variable)

    def call(self, node: Node) -> None:
        called = self.diagrams.processes.get(node.called)
        if called is None or called.parent:
            self.drawn(node.id, "It calls the process “%(id)s”, which is not in the package.", id=node.called)

    def repetition(self, node: Node, repetition: Repetition) -> None:
        if node.kind not in ACTIVITIES:
            self.say(node.id, "Only a task, subprocess or call activity may repeat.")
        if repetition.condition:
            self.expression(node.id, repetition.condition, "loop.condition")
        if repetition.standard:
            if repetition.maximum and (
                not repetition.maximum.isdecimal() or not 1 <= int(repetition.maximum) <= MAX_LOOPS
            ):
                self.say(node.id, "The loop's maximum must be 1 to %(limit)s.", limit=MAX_LOOPS)
            elif not repetition.maximum and not repetition.condition:
                self.say(node.id, "The loop has neither a condition nor a maximum.")
            return
        if bool(repetition.cardinality) == bool(repetition.collection):
            self.say(node.id, "Say either how often it runs or for which list, and not both.")
        if repetition.cardinality and self.expression(node.id, repetition.cardinality, "loop.times"):
            value = repetition.cardinality
            if value.isdecimal() and int(value) > MAX_INSTANCES:
                self.say(node.id, "A task may be repeated %(limit)s times at most.", limit=MAX_INSTANCES)
        if bool(repetition.output) != bool(repetition.output_item):
            self.say(node.id, "A list of results needs both the list's name and the item's.")
        for name in (repetition.collection, repetition.item, repetition.output, repetition.output_item):
            if name and not name.isidentifier():
                self.say(node.id, "“%(name)s” is not a name.", name=name)

    def expression(self, element: str, code: str, part: str) -> bool:
        return self.tried(element, part, lambda: expressions.expression(code))

    def script(self, element: str, code: str, part: str) -> bool:
        return self.tried(element, part, lambda: expressions.script(code))

    def tried(self, element: str, part: str, attempt: Callable[[], Any]) -> bool:
        try:
            attempt()
        except ScriptError as error:
            self.say(element, error.message, part=part, **error.params)
            return False
        return True


def _literal(code: str) -> str | None:
    if len(code) > 2 and code[0] == code[-1] and code[0] in "'\"" and code[0] not in code[1:-1] and "\\" not in code:
        return code[1:-1]
    return None


def _read_time(kind: str, value: str) -> Any:
    if kind == "timeCycle":
        return clock.cycle(value)
    if kind == "timeDuration":
        return clock.duration(value)
    return clock.moment(value, UTC)
