"""What can be wrong with one element by itself: its expressions, its event, its loop, what it refers to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

from app.bpmn import Element, Repetition, Timing
from app.bpmn.names import ACTIVITIES
from app.bpmn.support import EVENTS, allowed
from app.engine import clock, expressions
from app.engine.diagram import Diagrams, Process
from app.engine.loops import MAX_INSTANCES
from app.errors import N_, Problem, ScriptError

MAX_LOOPS = 1_000


def around_of(process: Process, diagrams: Diagrams) -> Element | None:
    """The subprocess whose inside a process is."""
    outer = diagrams.processes.get(process.parent)
    return outer.nodes.get(process.id) if outer is not None else None


class ElementChecker:
    """Checks the elements of one process and gathers the problems."""

    def __init__(self, process: Process, diagrams: Diagrams) -> None:
        self.process = process
        self.diagrams = diagrams
        self.problems: list[Problem] = []

    def say(self, element: str, message: str, severity: str = "error", part: str = "", **params: Any) -> None:
        self.problems.append(Problem(self.process.file, message, element, params, severity, part))

    def node(self, node: Element) -> None:
        """Everything about one element that does not depend on its flows."""
        self.events(node)
        for part, code in node.scripts.items():
            if part != "script":
                self.script(node.id, code, part)
        if node.loop is not None:
            self.repetition(node, node.loop)
        if node.kind == "scriptTask":
            self.script(node.id, node.scripts.get("script", ""), "script")
        elif node.operator:
            self.service(node)
        elif node.by_event and node.loop is not None:
            self.say(node.id, N_("An event subprocess begins when its event comes, and cannot repeat by itself."))
        for name in (*node.carries, *(node.returns or ())):
            if not name.isidentifier():
                self.say(node.id, N_("“%(name)s” is not a name."), name=name)

    def events(self, node: Element) -> None:
        if node.kind not in EVENTS:
            if node.definitions:
                self.say(node.id, N_("An event definition does not belong here."))
        elif allowed(node, around_of(self.process, self.diagrams)):
            if node.event == "timer":
                self.timer(node, node.timing)
            if node.event == "error" and not node.interrupting:
                self.say(node.id, N_("An error always interrupts: draw the event with a solid line."))

    def timer(self, node: Element, timing: Timing | None) -> None:
        if timing is None or not timing.expression:
            self.say(node.id, N_("The timer has no time; give it a date, a duration or a repetition."))
            return
        repeats = node.kind in ("boundaryEvent", "startEvent") and not node.interrupting
        if timing.kind == "timeCycle" and not repeats:
            self.say(
                node.id, N_("Only an event on a border or of an event subprocess that does not interrupt may repeat.")
            )
        if not self.expression(node.id, timing.expression, "time"):
            return
        value = _literal(timing.expression)
        if value is not None:
            self.tried(node.id, "time", lambda: _read_time(timing.kind, value))

    def service(self, node: Element) -> None:
        for name, code in node.parameters.items():
            self.expression(node.id, code, f"parameter:{name}")
        if node.result_variable and not node.result_variable.isidentifier():
            self.say(node.id, N_("The result variable “%(name)s” is not a name."), name=node.result_variable)

    def repetition(self, node: Element, repetition: Repetition) -> None:
        if node.kind not in ACTIVITIES:
            self.say(node.id, N_("Only a task, subprocess or call activity may repeat."))
        if repetition.condition:
            self.expression(node.id, repetition.condition, "loop.condition")
        if repetition.standard:
            if repetition.maximum and (
                not repetition.maximum.isdecimal() or not 1 <= int(repetition.maximum) <= MAX_LOOPS
            ):
                self.say(node.id, N_("The loop's maximum must be 1 to %(limit)s."), limit=MAX_LOOPS)
            elif not repetition.maximum and not repetition.condition:
                self.say(node.id, N_("The loop has neither a condition nor a maximum."))
            return
        if bool(repetition.cardinality) == bool(repetition.collection):
            self.say(node.id, N_("Say either how often it runs or for which list, and not both."))
        if repetition.cardinality and self.expression(node.id, repetition.cardinality, "loop.times"):
            value = repetition.cardinality
            if value.isdecimal() and int(value) > MAX_INSTANCES:
                self.say(node.id, N_("A task may be repeated %(limit)s times at most."), limit=MAX_INSTANCES)
        if bool(repetition.output) != bool(repetition.output_item):
            self.say(node.id, N_("A list of results needs both the list's name and the item's."))
        for name in (repetition.collection, repetition.item, repetition.output, repetition.output_item):
            if name and not name.isidentifier():
                self.say(node.id, N_("“%(name)s” is not a name."), name=name)

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
