"""What is done to one case by hand, in branches, repetitions, calls and at joins."""

from __future__ import annotations

import pytest

from app.engine import Correct, Engine, Redirect, Skip, TooLate, Version
from app.errors import ScriptError
from tests.engine.drawing import Drawing, each
from tests.engine.walking import Walk, compiled


def two() -> Drawing:
    drawing = Drawing("p").start().both("f").user("a").user("b").user("b2").both("j").user("after").end()
    return drawing.path("s", "f", "a", "j").path("f", "b", "b2", "j", "after", "e")


def at(walk: Walk, element: str) -> str:
    stands = walk.engine.stands(walk.program, walk.step.snapshot)
    return next(stand.task_id for stand in stands if stand.element == element)


def test_in_two_branches_one_goes_elsewhere_and_both_meet(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, two()))
    walk.send(Redirect(at(walk, "b"), "b2"))
    assert walk.log() == ["b cancelled", "b2 entered"]
    walk.do("a", n=1)
    engine.close()
    walk.do("b2", m=2)
    assert walk.step.data == {"n": 1, "m": 2}
    assert walk.do("after").ended


def test_a_token_that_was_sent_out_of_a_branch_leaves_a_join_that_waits_and_that_is_said(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, two()))
    version = Version(walk.program)
    assert engine.stuck(version, walk.step.snapshot) == frozenset()
    walk.send(Redirect(at(walk, "b"), "after"))
    assert engine.stuck(version, walk.step.snapshot) == {"j"}
    walk.do("a")
    walk.do("after")
    walk.send(Skip(at(walk, "j")))
    assert walk.open() == ["after"]
    assert walk.do("after").ended


def test_a_step_with_events_on_its_border_is_left_and_begun_anew_with_them(engine: Engine) -> None:
    drawing = Drawing("p").start().user("t").user("u").end().path("s", "t", "u", "e").on_message("b", "t", "halt")
    walk = Walk(engine, compiled(engine, drawing.end("e2").path("b", "e2")))
    walk.send(Redirect(at(walk, "t"), "u"))
    assert (walk.open(), walk.step.messages) == (["u"], ())
    walk.send(Redirect(at(walk, "u"), "t"))
    assert (walk.open(), walk.step.messages) == (["t"], ("halt",))
    assert walk.tell("halt").ended


def test_what_is_waited_for_called_or_repeated_is_skipped(engine: Engine) -> None:
    inner = Drawing("q").start("qs").user("inside").end("qe").path("qs", "inside", "qe")
    drawing = Drawing("p").start().catch("w", "m").call("c", "q").user("r", each(count="3")).service("job", result="k")
    walk = Walk(engine, compiled(engine, drawing.end().path("s", "w", "c", "r", "job", "e"), inner))
    for element in ("w", "c", "r"):
        walk.send(Skip(at(walk, element)))
    walk.send(Skip(at(walk, "job"), {"k": 1}))
    assert walk.step.ended
    assert walk.step.data == {"k": 1}


def test_a_value_is_corrected_in_every_branch(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, two()), {"x": 1})
    walk.do("a", n=1)
    walk.send(Correct({"x": 5}))
    walk.do("b")
    walk.do("b2")
    assert walk.step.data == {"x": 5, "n": 1}


def test_what_cannot_be_is_refused_and_nothing_is_touched(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, Drawing("p").start().user("r", each(count="2")).end().path("s", "r", "e")))
    before = walk.step.snapshot
    with pytest.raises(ScriptError):
        walk.send(Redirect(walk.task("r").id, "r"))  # one of its runs
    with pytest.raises(ScriptError):
        walk.send(Redirect(at(walk, "r"), "nowhere"))
    with pytest.raises(TooLate):
        walk.send(Skip("0" * 32))
    assert walk.step.snapshot == before
    walk.send(Redirect(at(walk, "r"), "r"))
    assert walk.open() == ["r", "r"]
