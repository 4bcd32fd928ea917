"""Parallel branches keep what each of them did."""

from __future__ import annotations

import itertools
import json
import zlib

import pytest

from app.engine import CompleteTask, Engine, Snapshot
from app.engine.merge import merged
from tests.engine.drawing import Drawing
from tests.engine.walking import NOON, Walk, compiled


def both_in_a_loop() -> Drawing:
    box = Drawing("exam").start("bs").both("f").user("exam__vendor").user("exam__operator").both("j").end("be")
    box.path("bs", "f", "exam__vendor", "j").path("f", "exam__operator", "j", "be")
    drawing = Drawing("p").start().xor("m").sub(box).user("judge").xor("g", "again").end()
    drawing.path("s", "m", "exam", "judge", "g").flow("g", "m", name="again")
    return drawing.flow("g", "e", "outcome == 'passed'")


@pytest.mark.parametrize("orders", list(itertools.product(["vo", "ov"], repeat=2)))
def test_both_sides_keep_their_answers_twice_in_a_loop_in_any_order(engine: Engine, orders: tuple[str, str]) -> None:
    walk = Walk(engine, compiled(engine, both_in_a_loop()), {"outcome": "", "v": {}, "o": {}, "log": []})
    for round_, order in enumerate(orders):
        data = walk.step.data
        answers = {
            "v": {"v": {"round": round_, "attended": True}, "log": [*data["log"], f"v{round_}"]},
            "o": {"o": {"round": round_, "items": [1, 2]}, "log": [*data["log"], f"o{round_}"]},
        }
        for side in order:
            walk.do("exam__vendor" if side == "v" else "exam__operator", **answers[side])
        assert walk.step.data["v"] == {"round": round_, "attended": True}
        assert walk.step.data["o"] == {"round": round_, "items": [1, 2]}
        assert set(walk.step.data["log"]) == {f"{who}{r}" for r in range(round_ + 1) for who in "vo"}
        walk.do("judge", outcome="returned" if round_ == 0 else "passed")
    assert walk.step.ended


def test_of_two_answers_to_the_same_name_the_last_one_holds_however_the_branches_are_drawn(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").user("a").user("b").both("j").user("after").end()
    drawing.path("s", "f", "a", "j").path("f", "b", "j", "after", "e")
    program = compiled(engine, drawing)
    for order in ("ab", "ba"):
        walk = Walk(engine, program, {"n": 0})
        for name in order:
            walk.do(name, n=name)
        assert walk.step.data == {"n": order[1]}


@pytest.mark.parametrize("inside", ["", "subprocess", "call"])
def test_who_wrote_last_is_told_by_the_writing_and_not_by_the_arrival(engine: Engine, inside: str) -> None:
    """The left branch answers first and arrives last: what the right one said in between holds."""
    drawing, more = Drawing("p").start().both("f").user("b").both("j").user("after").end(), []
    if inside:
        body = Drawing("body").start("bs").user("a").user("long").end("be").path("bs", "a", "long", "be")
        drawing = drawing.sub(body) if inside == "subprocess" else drawing.call("run", "body")
        more = [] if inside == "subprocess" else [body]
        left = "body" if inside == "subprocess" else "run"
        drawing.path("s", "f", left, "j")
    else:
        drawing.user("a").user("long").path("s", "f", "a", "long", "j")
    walk = Walk(engine, compiled(engine, drawing.path("f", "b", "j", "after", "e"), *more), {"n": 0})
    walk.do("a", n="first")
    walk.do("b", n="second")
    assert walk.step.data["n"] == "second"  # told so already while both are under way
    walk.do("long", other=True)
    assert walk.step.data == {"n": "second", "other": True}


def test_a_name_that_is_set_to_its_old_value_last_has_that_value(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").user("a").user("b").both("j").user("after").end()
    drawing.path("s", "f", "a", "j").path("f", "b", "j", "after", "e")
    walk = Walk(engine, compiled(engine, drawing), {"n": "open"})
    walk.do("a", n="closed")
    walk.do("b", n="open")
    assert walk.step.data == {"n": "open"}


def test_branches_that_were_open_before_writers_were_told_apart_go_on(engine: Engine) -> None:
    """Their states say nothing of who wrote when: the branch drawn last wins, as it did then."""
    drawing = Drawing("p").start().both("f").user("a").user("b").both("j").user("after").end()
    drawing.path("s", "f", "a", "j").path("f", "b", "j", "after", "e")
    program = compiled(engine, drawing)
    walk = Walk(engine, program, {"n": 0})
    walk.do("b", n="b")
    blob = walk.step.snapshot.blob
    record = json.loads(zlib.decompress(blob[4:]) if blob[3:4] == b"2" else blob[4:])
    for task in record["t"]:
        task[5].pop("w", None)
    old = b"1" + json.dumps(record).encode()
    a = next(task for task in walk.step.open_tasks if task.element == "a")
    step = engine.advance(program, Snapshot(old, "old"), CompleteTask(a.id, {"n": "a"}), NOON)
    assert step.data["n"] == "b"
    assert [task.element for task in step.open_tasks] == ["after"]


def test_forks_within_forks_are_joined_from_the_inside(engine: Engine) -> None:
    """The inner fork's change to `x` must not be undone by the arm that never touched it."""
    drawing = (
        Drawing("p").start().both("f").user("a").both("g").user("a1").user("a2").user("b").both("j").user("z").end()
    )
    drawing.path("s", "f", "a", "g", "a1", "j").path("g", "a2", "j").path("f", "b", "j", "z", "e")
    program = compiled(engine, drawing)
    for order in itertools.permutations(["a1", "a2", "b"]):
        walk = Walk(engine, program, {"x": 0})
        walk.do("a", x=1)
        for name in order:
            walk.do(name, **({"x": 2} if name == "a1" else {name: True}))
        assert walk.step.data == {"x": 2, "a2": True, "b": True}


def test_branches_share_no_nested_data(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").script("a", "deep['x']['by'].append('a')").user("b").both("j").end()
    drawing.path("s", "f", "a", "j").path("f", "b", "j", "e")
    walk = Walk(engine, compiled(engine, drawing), {"deep": {"x": {"by": []}}})
    assert walk.task("b").data == {"deep": {"x": {"by": []}}}
    assert walk.do("b").data == {"deep": {"x": {"by": ["a"]}}}


def test_what_one_branch_takes_out_of_a_mapping_stays_out(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").script("a", "gone = d.pop('k')").user("b").both("j").end()
    drawing.path("s", "f", "a", "j").path("f", "b", "j", "e")
    walk = Walk(engine, compiled(engine, drawing), {"d": {"k": 1, "l": 2}})
    assert walk.do("b", own=1).data == {"d": {"l": 2}, "gone": 1, "own": 1}


def test_a_join_waits_for_every_flow_and_a_second_token_on_one_waits_its_turn(engine: Engine) -> None:
    """Two tokens run through one arm; the join fires once for each pair."""
    drawing = Drawing("p").start().both("f").user("l").user("m").xor("x").user("n").both("g").user("r1").user("r2")
    drawing.xor("y").both("j").user("after").end().path("s", "f", "l", "x").path("f", "m", "x", "n", "j")
    drawing.path("f", "g", "r1", "y").path("g", "r2", "y", "j", "after", "e")
    walk = Walk(engine, compiled(engine, drawing))
    walk.do("l")
    walk.do("m")
    assert walk.open().count("n") == 2
    walk.do("n")
    walk.do("n")
    assert "after" not in walk.open()
    walk.do("r1")
    assert walk.open().count("after") == 1
    walk.do("r2")
    assert walk.open().count("after") == 2
    walk.do("after")
    assert not walk.step.ended
    assert walk.do("after").ended


def test_two_end_events_join_what_their_branches_did(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").user("a").user("b").end("e1").end("e2").path("s", "f", "a", "e1")
    walk = Walk(engine, compiled(engine, drawing.path("f", "b", "e2")), {"k": 0})
    walk.do("b", b=1)
    assert not walk.step.ended
    assert walk.do("a", a=1).data == {"k": 0, "a": 1, "b": 1}
    assert walk.step.ended


def test_the_data_of_a_case_is_what_a_join_now_would_give(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, both_in_a_loop()), {"outcome": ""})
    walk.do("exam__operator", o=1)
    assert walk.step.data == {"outcome": "", "o": 1}


def test_joining_does_not_depend_on_who_comes_first() -> None:
    base = {"a": 1, "d": {"x": 1}}
    left, right = {"a": 2, "d": {"x": 1, "y": 1}}, {"a": 1, "d": {"x": 2}}
    assert merged(base, [left, right]) == merged(base, [right, left]) == {"a": 2, "d": {"x": 2, "y": 1}}
