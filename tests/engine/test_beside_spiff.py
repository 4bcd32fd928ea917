"""The same diagrams in SpiffWorkflow itself, where it runs them: the same tasks are open after the same answers.

Not here, because SpiffWorkflow does not do what BPMN 2.0.2 says: abstract tasks (it waits for somebody to run them;
section 13.3.3 has them complete at once), event subprocesses that interrupt (there the rest of the process stays open;
section 13.5.4), and those that begin with an error or escalation (there they begin with the process).
"""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

from app.engine import Engine, TaskKind
from tests.engine.drawing import Drawing, xml
from tests.engine.walking import Walk, compiled

Answers = list[tuple[str, dict[str, Any]]]


class Spiff:
    """A workflow of SpiffWorkflow's own parser, specs and script engine."""

    def __init__(self, drawings: list[Drawing], data: dict[str, Any]) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.fromstring(xml(*drawings)), filename="drawn.bpmn")
        name = drawings[0].name
        self.workflow = BpmnWorkflow(parser.get_spec(name), parser.get_subprocess_specs(name))
        self.workflow.task_tree.data.update(data)
        self.run()

    def run(self) -> None:
        for _ in range(5):
            self.workflow.do_engine_steps()
            self.workflow.refresh_timers()

    def ready(self) -> list[Any]:
        found = self.workflow.get_tasks(state=TaskState.READY)
        return [task for task in found if task.task_spec.__class__.__name__ == "UserTask"]

    def open(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self.ready())

    def do(self, element: str, data: dict[str, Any]) -> None:
        task = next(task for task in self.ready() if task.task_spec.bpmn_id == element)
        task.data.update(data)
        task.run()
        self.run()


def asked(walk: Walk) -> list[str]:
    """The tasks at which people are asked."""
    return sorted(task.element for task in walk.step.open_tasks if task.kind is TaskKind.USER)


def inclusive() -> Drawing:
    drawing = Drawing("p").start().inclusive("fork", "d").user("a").user("b").user("c").inclusive("join").user("z")
    drawing.end().path("s", "fork").flow("fork", "a", "x > 0").flow("fork", "b", "x > 1").flow("fork", "c", name="d")
    return drawing.path("a", "join").path("b", "join").path("c", "join").path("join", "z", "e")


def inner(end: str) -> Drawing:
    drawing = Drawing("body").start("bs").both("bf").user("a").user("b").end("ok").end_with("bad", end, "broken")
    return drawing.path("bs", "bf", "a", "bad").path("bf", "b", "ok")


def bordered(end: str, kind: str, interrupting: bool = True) -> Drawing:
    drawing = Drawing("p").start().sub(inner(end)).on(kind, "caught", "body", "broken", interrupting).user("mend")
    drawing.user("on").end().end("e2")
    return drawing.path("s", "body", "on", "e").path("caught", "mend", "e2")


def terminating() -> Drawing:
    drawing = Drawing("p").start().both("f").user("a").user("b").end().end("stop", terminates=True)
    return drawing.path("s", "f", "a", "stop").path("f", "b", "e")


def ringing() -> Drawing:
    drawing = Drawing("p").start().both("f").catch_signal("hear", "fire").user("heard").user("alarm")
    drawing.throw("ring", "signal", "fire").user("work").on("signal", "out", "work", "fire").user("left").end()
    drawing.end("e2").end("e3").path("s", "f", "hear", "heard", "e").path("f", "alarm", "ring", "e2")
    return drawing.path("f", "work", "e3").path("out", "left", "e3")


def first_of() -> Drawing:
    drawing = Drawing("p").start().both("f").first_event("which").catch_signal("x", "fire").catch_signal("y", "water")
    drawing.user("burnt").user("wet").user("alarm").throw("ring", "signal", "water").end().end("e2")
    drawing.path("s", "f", "which", "x", "burnt", "e").path("which", "y", "wet", "e")
    return drawing.path("f", "alarm", "ring", "e2")


def standing_by() -> Drawing:
    handler = Drawing("h").start_on("signal", "fire", "hs", interrupting=False).user("handle").end("he")
    handler.path("hs", "handle", "he")
    drawing = (
        Drawing("p").start().both("f").user("a").throw("ring", "signal", "fire").user("rung").user("b").both("j").end()
    )
    return drawing.path("s", "f", "a", "ring", "rung", "j", "e").path("f", "b", "j").beside(handler)


def told() -> Drawing:
    drawing = (
        Drawing("p").start().both("f").catch("hear", "news").user("heard").user("work").throw("tell", "message", "news")
    )
    return drawing.end().end("e2").path("s", "f", "hear", "heard", "e").path("f", "work", "tell", "e2")


CASES: list[tuple[str, Drawing, dict[str, Any], Answers]] = [
    ("inclusive: one", inclusive(), {"x": 1}, [("a", {}), ("z", {})]),
    ("inclusive: two", inclusive(), {"x": 2}, [("b", {}), ("a", {}), ("z", {})]),
    ("inclusive: default", inclusive(), {"x": 0}, [("c", {}), ("z", {})]),
    ("error ends the subprocess", bordered("error", "error"), {}, [("a", {}), ("mend", {})]),
    ("no error", bordered("error", "error"), {}, [("b", {})]),
    ("escalation interrupts", bordered("escalation", "escalation"), {}, [("a", {}), ("mend", {})]),
    ("escalation beside", bordered("escalation", "escalation", False), {}, [("a", {}), ("mend", {}), ("b", {})]),
    ("terminate", terminating(), {}, [("a", {})]),
    ("terminate last", terminating(), {}, [("b", {}), ("a", {})]),
    ("signal", ringing(), {}, [("alarm", {}), ("heard", {}), ("left", {})]),
    ("event subprocess, signal, beside", standing_by(), {}, [("a", {}), ("b", {}), ("rung", {})]),
    ("message in one process", told(), {}, [("work", {}), ("heard", {})]),
    ("event-based gateway", first_of(), {}, [("alarm", {}), ("wet", {})]),
]


@pytest.mark.parametrize(("drawing", "data", "answers"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_both_engines_have_the_same_tasks_open(
    engine: Engine, drawing: Drawing, data: dict[str, Any], answers: Answers
) -> None:
    ours, theirs = Walk(engine, compiled(engine, drawing), data), Spiff([drawing], data)
    for element, answer in answers:
        assert asked(ours) == theirs.open()
        ours.do(element, **answer)
        theirs.do(element, answer)
    assert asked(ours) == theirs.open()
    assert ours.step.ended == theirs.workflow.is_completed()
