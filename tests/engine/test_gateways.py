"""Inclusive and event-based gateways, and flows that lead out of an activity side by side, as BPMN 2.0.2 has them."""

from __future__ import annotations

import pytest

from app.engine import Engine
from app.errors import BadPackage, ScriptError
from tests.engine.drawing import Drawing
from tests.engine.walking import Walk, compiled


def open_ones(walk: Walk) -> list[str]:
    return sorted(task.element for task in walk.step.open_tasks)


def some_of_three() -> Drawing:
    drawing = Drawing("p").start().inclusive("fork", "by_default").user("a").user("b").user("c")
    drawing.inclusive("join").user("after").end()
    drawing.path("s", "fork").flow("fork", "a", "x > 0").flow("fork", "b", "x > 1").flow("fork", "c", name="by_default")
    return drawing.path("a", "join").path("b", "join").path("c", "join").path("join", "after", "e")


@pytest.mark.parametrize(("x", "ways"), [(0, ["c"]), (1, ["a"]), (2, ["a", "b"])])
def test_every_way_whose_condition_holds_is_taken_and_the_default_when_none_does(
    engine: Engine, x: int, ways: list[str]
) -> None:
    walk = Walk(engine, compiled(engine, some_of_three()), {"x": x})
    assert open_ones(walk) == ways


def test_the_join_waits_for_what_was_started_and_for_nothing_else(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, some_of_three()), {"x": 2})
    walk.do("b", from_b=1)
    assert open_ones(walk) == ["a"]
    walk.do("a", from_a=1)
    assert open_ones(walk) == ["after"]
    assert (walk.step.data["from_a"], walk.step.data["from_b"]) == (1, 1)
    walk.do("after")
    assert walk.step.ended
    alone = Walk(engine, compiled(engine, some_of_three()), {"x": 1})
    alone.do("a")
    assert open_ones(alone) == ["after"]


def test_a_way_without_a_condition_is_always_taken(engine: Engine) -> None:
    drawing = Drawing("p").start().inclusive("fork").user("a").user("b").inclusive("join").user("after").end()
    drawing.path("s", "fork", "a", "join", "after", "e").flow("fork", "b", "x > 1").path("b", "join")
    assert open_ones(Walk(engine, compiled(engine, drawing), {"x": 0})) == ["a"]
    assert open_ones(Walk(engine, compiled(engine, drawing), {"x": 2})) == ["a", "b"]


def test_no_way_that_applies_is_an_error_that_names_the_gateway(engine: Engine) -> None:
    drawing = Drawing("p").start().inclusive("fork").end().end("e2").path("s", "fork")
    drawing.flow("fork", "e", "x > 0").flow("fork", "e2", "x > 1")
    with pytest.raises(ScriptError) as refused:
        Walk(engine, compiled(engine, drawing), {"x": 0})
    assert refused.value.params["element"] == "fork"


def test_a_join_waits_for_a_token_that_may_come_by_a_long_way_and_not_once_it_went_elsewhere(engine: Engine) -> None:
    """The second branch decides on its way whether it comes to the join at all."""
    drawing = Drawing("p").start().both("f").user("near").user("far").xor("turn", "away").user("elsewhere")
    drawing.inclusive("join").user("after").end().end("e2")
    drawing.path("s", "f", "near", "join", "after", "e").path("f", "far", "turn")
    drawing.flow("turn", "join", "x == 1").flow("turn", "elsewhere", name="away").path("elsewhere", "e2")
    walk = Walk(engine, compiled(engine, drawing), {"x": 1})
    walk.do("near")
    assert open_ones(walk) == ["far"]
    walk.do("far", x=1)
    assert open_ones(walk) == ["after"]
    walk = Walk(engine, compiled(engine, drawing), {"x": 1})
    walk.do("near")
    walk.do("far", x=0)
    assert open_ones(walk) == ["after", "elsewhere"]


def test_a_join_in_a_loop_waits_for_its_own_round_alone(engine: Engine) -> None:
    """A token behind the gateway can come back to it only through it: section 13.4.3 leaves such ways out."""
    drawing = Drawing("p").start().xor("again").inclusive("fork", "d").user("a").user("b").inclusive("join")
    drawing.user("ask").xor("turn", "on").end()
    drawing.path("s", "again", "fork").flow("fork", "a", "x > 0").flow("fork", "b", name="d")
    drawing.path("a", "join").path("b", "join").path("join", "ask", "turn").flow("turn", "again", "x > 0")
    drawing.flow("turn", "e", name="on")
    walk = Walk(engine, compiled(engine, drawing), {"x": 1})
    for _ in range(3):
        walk.do("a")
        walk.do("ask", x=1)
    walk.do("a")
    walk.do("ask", x=0)
    assert walk.step.ended


def test_an_armed_event_on_a_border_holds_the_join_until_its_activity_ends(engine: Engine) -> None:
    drawing = (
        Drawing("p").start().both("f").user("quick").user("slow").on_timer("late", "slow", "timeDuration", "'P1D'")
    )
    drawing.user("chased").inclusive("join").user("after").end()
    drawing.path("s", "f", "quick", "join", "after", "e").path("f", "slow", "join").path("late", "chased", "join")
    program = compiled(engine, drawing)
    walk = Walk(engine, program)
    walk.do("quick")
    walk.do("slow")
    assert open_ones(walk) == ["after"]
    walk = Walk(engine, program)
    walk.do("quick")
    walk.wait(days=2)
    assert open_ones(walk) == ["chased"]
    walk.do("chased")
    assert open_ones(walk) == ["after"]


def awaited() -> Drawing:
    drawing = Drawing("p").start().first_event("which").catch("answer", "answered").receive("refusal", "refused")
    drawing.timer("silence", "timeDuration", "'P3D'").user("read").user("settle").user("chase").end()
    drawing.path("s", "which", "answer", "read", "e").path("which", "refusal", "settle", "e")
    return drawing.path("which", "silence", "chase", "e")


def test_of_the_events_behind_a_gateway_the_first_takes_the_token(engine: Engine) -> None:
    program = compiled(engine, awaited())
    walk = Walk(engine, program)
    assert walk.step.messages == ("answered", "refused")
    assert [timer.element for timer in walk.step.timers] == ["silence"]
    walk.tell("refused", why="late")
    assert open_ones(walk) == ["settle"]
    assert (walk.step.messages, walk.step.timers) == ((), ())
    assert {"answer cancelled", "silence cancelled", "refusal completed"} <= set(walk.log())
    walk.do("settle")
    assert walk.step.ended
    walk = Walk(engine, program)
    walk.wait(days=4)
    assert open_ones(walk) == ["chase"]


def test_an_event_that_is_due_already_takes_the_token_at_once(engine: Engine) -> None:
    drawing = Drawing("p").start().first_event("which").timer("past", "timeDate", "'2020-01-01'").catch("answer", "m")
    drawing.user("late").user("read").end().path("s", "which", "past", "late", "e").path("which", "answer", "read", "e")
    walk = Walk(engine, compiled(engine, drawing))
    assert open_ones(walk) == ["late"]
    assert walk.step.messages == ()


@pytest.mark.parametrize("behind", ["user", "end", "second way"])
def test_behind_an_event_based_gateway_only_events_may_stand(engine: Engine, behind: str) -> None:
    drawing = Drawing("p").start().first_event("which").catch("answer", "m").user("u").end().end("e2").xor("x", "d")
    drawing.path("s", "x").flow("x", "which", name="d").path("which", "answer", "u", "e")
    if behind == "user":
        drawing.user("v").path("which", "v", "e2").flow("x", "u", "1 == 1")
    elif behind == "end":
        drawing.path("which", "e2").flow("x", "u", "1 == 1")
    else:
        drawing.timer("t", "timeDuration", "'P1D'").path("which", "t", "e2").flow("x", "answer", "1 == 1")
    with pytest.raises(BadPackage, match="Behind an event-based gateway"):
        compiled(engine, drawing)


def test_flows_out_of_an_activity_go_side_by_side_each_by_its_condition(engine: Engine) -> None:
    drawing = Drawing("p").start().user("decide", default="otherwise").user("a").user("b").user("c").end()
    drawing.path("s", "decide").flow("decide", "a", "x > 0").flow("decide", "b", "x > 1")
    drawing.flow("decide", "c", name="otherwise").path("a", "e").path("b", "e").path("c", "e")
    program = compiled(engine, drawing)
    for x, expected in ((2, ["a", "b"]), (1, ["a"]), (0, ["c"])):
        walk = Walk(engine, program)
        walk.do("decide", x=x)
        assert open_ones(walk) == expected
        for element in expected:
            walk.do(element)
        assert walk.step.ended


def test_flows_without_conditions_out_of_an_event_or_activity_are_all_taken(engine: Engine) -> None:
    drawing = Drawing("p").start().user("a").user("b").both("j").user("after").end()
    drawing.path("s", "a", "j").path("s", "b", "j", "after", "e")
    walk = Walk(engine, compiled(engine, drawing))
    walk.do("a", left=1)
    walk.do("b", right=2)
    assert open_ones(walk) == ["after"]
    assert (walk.step.data["left"], walk.step.data["right"]) == (1, 2)


def test_a_border_event_may_start_several_ways(engine: Engine) -> None:
    drawing = Drawing("p").start().user("a").on_message("called", "a", "m").user("b").user("c").end()
    drawing.path("s", "a", "e").path("called", "b", "e").path("called", "c", "e")
    walk = Walk(engine, compiled(engine, drawing))
    walk.tell("m")
    assert open_ones(walk) == ["b", "c"]


@pytest.mark.parametrize("kind", ["task", "manualTask"])
def test_the_engine_passes_over_tasks_that_ask_nothing_of_it(engine: Engine, kind: str) -> None:
    """An abstract task does nothing, and a manual task is done by people without the engine (section 13.3.3)."""
    drawing = Drawing("p").start().node(kind, "note").user("a").end().path("s", "note", "a", "e")
    walk = Walk(engine, compiled(engine, drawing))
    assert open_ones(walk) == ["a"]
    assert [line for line in walk.log() if line.startswith("note")] == ["note entered", "note completed"]


def linked() -> Drawing:
    """Two branches that lead to one link, of which one goes round again, and a link of the same name further in."""
    inner = Drawing("body").start("bs").link("throw", "in", "A").link("catch", "out", "A").user("deep").end("be")
    inner.path("bs", "in").path("out", "deep", "be")
    drawing = Drawing("p").start().link("catch", "back", "again").both("fork").user("a").user("b").both("join")
    drawing.link("throw", "on", "A").link("throw", "over", "B").link("catch", "met", "A")
    drawing.link("catch", "crossed", "B").path("crossed", "join").sub(inner).xor("done", "no")
    drawing.link("throw", "round", "again").end().link("throw", "first", "again").path("s", "first")
    drawing.path("back", "fork", "a", "on").path("fork", "b", "over").path("met", "join", "body", "done")
    return drawing.flow("done", "e", "ok").flow("done", "round", name="no")


def test_a_link_is_an_arrow_in_two_pieces(engine: Engine) -> None:
    """BPMN 2.0.2, section 10.5.5: several may lead to one, within one process or subprocess."""
    walk = Walk(engine, compiled(engine, linked()), {"ok": False})
    assert open_ones(walk) == ["a", "b"]
    walk.do("a", from_a=1)
    assert open_ones(walk) == ["b"]  # what comes by one link event is waited for on the way to the join
    walk.do("b", from_b=1)
    assert open_ones(walk) == ["deep"]
    walk.do("deep")
    assert open_ones(walk) == ["a", "b"]
    assert walk.step.data["from_b"] == 1
    for element in ("a", "b", "deep"):
        walk.do(element, ok=True)
    assert walk.step.ended
    assert [(entry.element, entry.what) for entry in walk.step.log][:4] == [
        ("deep", "completed"), ("be", "entered"), ("be", "completed"), ("body", "completed"),
    ]  # fmt: skip
