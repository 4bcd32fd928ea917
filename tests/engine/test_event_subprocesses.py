"""Event subprocesses (BPMN 2.0.2, sections 10.3.5 and 13.5.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.engine import CompleteTask, Engine, TimersDue, Version, verdict
from app.errors import BadPackage
from tests.engine.drawing import Drawing
from tests.engine.walking import NOON, Walk, compiled


def handler(kind: str, name: str, interrupting: bool = True, script: str = "") -> Drawing:
    drawing = Drawing("h").start_on(kind, name, "hs", interrupting).user("handle").end("he")
    if script:
        return drawing.script("note", script).path("hs", "note", "handle", "he")
    return drawing.path("hs", "handle", "he")


def main(inner: Drawing) -> Drawing:
    """Two branches side by side, and an event subprocess beside them."""
    drawing = Drawing("p").start().both("f").user("a").user("a2").user("b").both("j").user("after").end()
    return drawing.path("s", "f", "a", "a2", "j", "after", "e").path("f", "b", "j").beside(inner)


def test_one_that_interrupts_takes_the_place_of_all_and_sees_what_was_done(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, main(handler("message", "withdraw"))), {"k": 0})
    assert walk.step.messages == ("withdraw",)
    walk.do("a", k=1, from_a=1)
    walk.do("b", k=2)
    engine.close()
    walk.tell("withdraw", by="vendor")
    assert walk.open() == ["handle"]
    assert walk.log() == ["a2 cancelled", "h entered", "hs entered", "hs completed", "handle entered"]
    assert walk.task("handle").data == {"k": 2, "from_a": 1, "by": "vendor"}
    assert walk.task("handle").process == "h"
    assert walk.step.messages == ()
    assert walk.do("handle", done=True).ended
    assert walk.step.data == {"k": 2, "from_a": 1, "by": "vendor", "done": True}


def test_one_that_does_not_interrupt_begins_as_often_as_its_event_comes(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, main(handler("message", "ask", False))))
    walk.tell("ask", n=1)
    walk.tell("ask", n=2)
    assert sorted(walk.open()) == ["a", "b", "handle", "handle"]
    engine.close()
    walk.do("handle", answered=1)
    for element in ("a", "a2", "b", "after"):
        walk.do(element)
    assert (walk.open(), walk.step.ended) == (["handle"], False)  # the process waits for what it began
    assert walk.do("handle").ended
    assert walk.step.data == {"n": 2, "answered": 1}


def test_what_runs_beside_changes_the_data_as_a_branch_does_and_doubles_nothing(engine: Engine) -> None:
    """Lists and mappings that both sides added to keep what each added, once."""
    inner = handler("message", "ask", False, script="seen = seen + ['h']\ndeep['h'] = 1")
    drawing = (
        Drawing("p").start().script("one", "seen = seen + ['one']").user("a").script("two", "seen = seen + ['two']")
    )
    drawing.user("b").end().path("s", "one", "a", "two", "b", "e").beside(inner)
    walk = Walk(engine, compiled(engine, drawing), {"seen": [], "deep": {"base": 0}})
    walk.tell("ask")
    assert walk.task("handle").data == {"seen": ["one", "h"], "deep": {"base": 0, "h": 1}}
    walk.do("a", deep={"base": 0, "a": 2})
    engine.close()
    walk.do("handle")
    assert walk.step.data["deep"] == {"base": 0, "a": 2, "h": 1}
    assert walk.do("b").ended
    assert sorted(walk.step.data["seen"]) == ["h", "one", "two"]


def test_of_both_sides_the_last_writer_of_a_name_holds(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, main(handler("message", "ask", False))))
    walk.tell("ask")
    walk.do("handle", v="handler")
    walk.do("a", v="main")
    for element in ("a2", "b", "after"):
        walk.do(element)
    assert walk.step.data["v"] == "main"
    walk = Walk(engine, compiled(engine, main(handler("message", "ask", False))))
    walk.tell("ask")
    walk.do("a", v="main")
    walk.do("handle", v="handler")
    for element in ("a2", "b", "after"):
        walk.do(element)
    assert walk.step.data["v"] == "handler"


def test_it_stands_by_only_while_its_process_runs(engine: Engine) -> None:
    inner = Drawing("body").start("bs").user("a").end("be").path("bs", "a", "be").beside(handler("message", "ask"))
    drawing = Drawing("p").start().user("first").sub(inner).user("after").end().path("s", "first", "body", "after", "e")
    walk = Walk(engine, compiled(engine, drawing))
    assert walk.step.messages == ()
    walk.do("first")
    assert walk.step.messages == ("ask",)
    walk.do("a")
    assert (walk.open(), walk.step.messages) == (["after"], ())


def test_one_inside_an_activity_ends_what_is_in_it_and_the_activity_goes_on(engine: Engine) -> None:
    inner = Drawing("body").start("bs").user("a").end("be").path("bs", "a", "be").beside(handler("message", "ask"))
    drawing = Drawing("p").start().both("f").sub(inner).user("aside").both("j").user("after").end()
    walk = Walk(engine, compiled(engine, drawing.path("s", "f", "body", "j", "after", "e").path("f", "aside", "j")))
    walk.tell("ask", by=1)
    assert sorted(walk.open()) == ["aside", "handle"]
    walk.do("handle")
    walk.do("aside")
    assert walk.task("after").data == {"by": 1}


def test_a_timer_that_repeats_begins_it_again_and_again(engine: Engine) -> None:
    inner = Drawing("h").node(
        "startEvent", "hs",
        "<bpmn:timerEventDefinition><bpmn:timeCycle>'R2/P7D'</bpmn:timeCycle></bpmn:timerEventDefinition>",
        isInterrupting="false",
    ).service("mail").end("he").path("hs", "mail", "he")  # fmt: skip
    walk = Walk(engine, compiled(engine, main(inner)))
    assert [timer.element for timer in walk.step.timers] == ["hs"]
    for expected in (1, 2):
        engine.close()
        walk.wait(days=7)
        assert len(walk.step.running_jobs) == expected
    assert walk.step.timers == ()
    assert len(walk.wait(days=70).running_jobs) == 2


def test_a_deadline_over_a_whole_process(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, main(handler("timer", "'P30D'"))))
    walk.do("a")
    walk.wait(days=31)
    assert (walk.open(), walk.step.timers) == (["handle"], ())


def test_a_time_that_has_passed_when_the_process_begins_interrupts_it_at_once(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, main(handler("timer", "'PT0S'"))))
    assert walk.open() == ["handle"]
    walk = Walk(engine, compiled(engine, main(handler("timer", "'PT0S'", False))))
    assert sorted(walk.open()) == ["a", "b", "handle"]
    for element in ("a", "a2", "handle", "b", "after"):
        walk.do(element)
    assert walk.step.ended


def test_an_error_is_caught_beside_before_it_is_caught_further_out(engine: Engine) -> None:
    inner = Drawing("body").start("bs").user("a").end_with("be", "error", "broken", carries="why").path("bs", "a", "be")
    inner.beside(handler("error", "broken"))
    drawing = Drawing("p").start().sub(inner).on("error", "caught", "body").user("out").user("after").end()
    walk = Walk(engine, compiled(engine, drawing.path("s", "body", "after", "e").path("caught", "out", "e")))
    walk.do("a", why="wet", more=1)
    assert walk.open() == ["handle"]
    assert walk.task("handle").data == {"why": "wet", "more": 1, "error": {"code": "broken", "text": ""}}
    assert walk.do("handle").open_tasks[0].element == "after"


def test_an_error_out_of_an_event_subprocess_goes_further_out(engine: Engine) -> None:
    failing = Drawing("h").start_on("error", "broken", "hs").user("handle").end_with("he", "error", "broken")
    failing.path("hs", "handle", "he")
    inner = (
        Drawing("body").start("bs").user("a").end_with("be", "error", "broken").path("bs", "a", "be").beside(failing)
    )
    drawing = Drawing("p").start().sub(inner).on("error", "caught", "body").user("out").end()
    walk = Walk(engine, compiled(engine, drawing.path("s", "body", "e").path("caught", "out", "e")))
    walk.do("a")
    walk.do("handle")
    assert walk.open() == ["out"]


def test_an_escalation_and_a_signal_begin_it_too(engine: Engine) -> None:
    for kind in ("escalation", "signal"):
        for interrupting, expected in ((True, ["handle"]), (False, ["b", "handle"])):
            drawing = Drawing("p").start().user("a").throw("t", kind, "x", carries="n").user("b").end()
            drawing.path("s", "a", "t", "b", "e").beside(handler(kind, "x", interrupting))
            walk = Walk(engine, compiled(engine, drawing))
            walk.do("a", n=1)
            assert sorted(walk.open()) == expected
            assert walk.task("handle").data == {"n": 1}


def test_terminating_inside_it_ends_it_alone(engine: Engine) -> None:
    inner = (
        Drawing("h").start_on("message", "ask", "hs", False).both("hf").user("x").user("y").end("he", terminates=True)
    )
    inner.path("hs", "hf", "x", "he").path("hf", "y", "he")
    walk = Walk(engine, compiled(engine, main(inner)))
    walk.tell("ask")
    walk.do("x")
    assert sorted(walk.open()) == ["a", "b"]


def test_its_state_stays_small_however_often_it_began(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, main(handler("message", "ask", False))))
    sizes = []
    for _ in range(12):
        walk.tell("ask")
        walk.do("handle", n=1)
        sizes.append(len(walk.step.snapshot.blob))
    assert max(sizes) - sizes[1] < 20
    for element in ("a", "a2", "b", "after"):
        walk.do(element)
    assert walk.step.ended


def test_a_case_moves_with_what_stands_by(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, main(handler("message", "ask"))))
    bare = Drawing("p").start().both("f").user("a").user("a2").user("b").both("j").user("after").end()
    bare.path("s", "f", "a", "a2", "j", "after", "e").path("f", "b", "j")
    for other, stands_by in ((main(handler("message", "ask", False)), ("ask",)), (bare, ())):
        new = Version(compiled(engine, other))
        assert verdict(engine.sorting(Version(walk.program), new, walk.step.snapshot)) == "safe"
        step = engine.moved(Version(walk.program), new, walk.step.snapshot, {}, NOON)
        assert step.messages == stands_by
        step = engine.advance(new.program, step.snapshot, CompleteTask(walk.task("a").id), NOON)
        assert [task.element for task in step.open_tasks] == ["a2", "b"]


def test_what_stands_by_for_something_else_now_is_asked(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, main(handler("message", "ask"))))
    new = Version(compiled(engine, main(handler("timer", "'P1D'"))))
    (asked,) = engine.sorting(Version(walk.program), new, walk.step.snapshot)
    assert (asked.element, asked.choices) == ("hs", ("next", "now"))
    later = engine.moved(Version(walk.program), new, walk.step.snapshot, {asked.key: "next"}, NOON)
    assert (later.messages, later.timers) == ((), ())
    armed = engine.moved(Version(walk.program), new, walk.step.snapshot, {asked.key: "now"}, NOON)
    assert [timer.due for timer in armed.timers] == [NOON + timedelta(days=1)]
    step = engine.advance(new.program, armed.snapshot, TimersDue(), NOON + timedelta(days=1))
    assert [task.element for task in step.open_tasks] == ["handle"]


def test_timers_of_what_stands_by_are_kept_with_the_case(engine: Engine) -> None:
    program = compiled(engine, main(handler("timer", "'P30D'")))
    walk = Walk(engine, program)
    engine.close()
    step = engine.advance(program, walk.step.snapshot, TimersDue(), NOON + timedelta(days=30))
    assert [task.element for task in step.open_tasks] == ["handle"]


@pytest.mark.parametrize("fault", ["none", "flow", "error beside", "loop"])
def test_what_cannot_stand_by_is_refused(engine: Engine, fault: str) -> None:
    inner = handler("error", "x", False) if fault == "error beside" else handler("message", "m")
    if fault == "none":
        inner = Drawing("h").start("hs").user("handle").end("he").path("hs", "handle", "he")
    if fault == "loop":
        inner.parts.insert(0, "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
                           "</bpmn:multiInstanceLoopCharacteristics>")  # fmt: skip
    drawing = main(inner)
    if fault == "flow":
        drawing.path("h", "after")
    with pytest.raises(BadPackage):
        compiled(engine, drawing)
