"""A running case moves to another version of its diagrams when it can go on there; else what is in the way is said."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine import CompleteTask, Engine, Finding, Program, Snapshot, Version, verdict
from tests.engine.drawing import Drawing
from tests.engine.walking import NOON, Walk, compiled


def version(**changes: Any) -> list[Drawing]:
    """A call with a border event around two branches; each keyword changes one thing."""
    body = Drawing(changes.get("body", "body")).start("bs").both("f").end("be").path("bs", "f")
    for name in changes.get("arms", ("a", "b")):
        make = body.service if name in changes.get("services", ()) else body.user
        make(name).path("f", name)
    body.both("j")
    for name in changes.get("arms", ("a", "b")):
        body.path(name, "j")
    if "ahead" in changes:
        body.user(changes["ahead"]).path("j", changes["ahead"], "be")
    else:
        body.path("j", "be")
    outer = Drawing("p").start().call("c", body.name).end().path("s", "c", "e")
    if changes.get("event", True):
        outer.on_message("stop", "c", "halt").end("e2").path("stop", "e2")
    return [outer, body]


def found(engine: Engine, walk: Walk, new: Program) -> tuple[Finding, ...]:
    return engine.sorting(Version(walk.program), Version(new), walk.step.snapshot)


def moved(engine: Engine, walk: Walk, new: Program, **decisions: Any) -> Snapshot:
    """The snapshot of a case that moves; the test fails where it does not."""
    return engine.moved(Version(walk.program), Version(new), walk.step.snapshot, decisions, NOON).snapshot


def test_what_lies_ahead_may_change(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *version()))
    walk.do("a", n=1)
    new = compiled(engine, *version(ahead="again"))
    snapshot = moved(engine, walk, new)
    assert snapshot.token != walk.step.snapshot.token
    step = engine.advance(new, snapshot, CompleteTask(walk.task("b").id, {"m": 2}), NOON)
    assert [task.element for task in step.open_tasks] == ["again"]
    assert step.data == {"n": 1, "m": 2}
    assert step.messages == ("halt",)


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"arms": ("a",)}, "b"),
        ({"arms": ("a", "b", "third")}, "j"),
        ({"services": ("b",)}, "b"),
        ({"body": "other"}, "c"),
    ],
)
def test_a_change_under_the_case_is_said_and_nothing_moves(engine: Engine, changes: Any, element: str) -> None:
    walk = Walk(engine, compiled(engine, *version()))
    said = found(engine, walk, compiled(engine, *version(**changes)))
    assert verdict(said) in ("stays", "decide")
    assert element in {each.element for each in said}
    walk.do("a")
    assert walk.do("b").ended


def test_what_lies_behind_may_be_gone(engine: Engine) -> None:
    old = Drawing("p").start().user("first").user("second").end().path("s", "first", "second", "e")
    new = Drawing("p").start().user("second").end().path("s", "second", "e")
    walk = Walk(engine, compiled(engine, old))
    walk.do("first")
    snapshot = moved(engine, walk, compiled(engine, new))
    assert snapshot.blob == walk.step.snapshot.blob
    assert snapshot.token != walk.step.snapshot.token


def sending(*, hears: str = "hear", name: str = "m", second: bool = True) -> list[Drawing]:
    """A message that is kept for later, and a process that another one began."""
    drawing = Drawing("p").start().throw("t", "message", "m").send("b", "begin").user("a").catch(hears, name).end()
    drawing.messages.add("m")
    other = Drawing("q").start_on("message", "begin", "qs").user("look" if second else "see").end("qe")
    drawing.path("s", "t", "b", "a", hears, "e")
    return [drawing, other.path("qs", "look" if second else "see", "qe")]


def test_a_kept_message_and_a_process_beside_move_with_the_case(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *sending()))
    new = compiled(engine, *sending(hears="listen"))
    snapshot = moved(engine, walk, new)
    step = engine.advance(new, snapshot, CompleteTask(walk.task("a").id), NOON)
    assert [task.element for task in step.open_tasks] == ["look"]  # the message was taken
    step = engine.advance(new, step.snapshot, CompleteTask(step.open_tasks[0].id), NOON)
    assert step.ended


def test_a_kept_message_that_nobody_takes_any_more_and_a_place_beside_that_is_gone_stand_in_the_way(
    engine: Engine,
) -> None:
    walk = Walk(engine, compiled(engine, *sending()))
    for changed, element in ((sending(name="other"), "t"), (sending(second=False), "look")):
        said = found(engine, walk, compiled(engine, *changed))
        assert [each.element for each in said] == [element]
