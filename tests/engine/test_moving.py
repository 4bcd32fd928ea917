"""Cases upon another version: what differs under a token is found, what may be decided is done as it was decided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.engine import (
    CompleteTask,
    Engine,
    Finding,
    JobDone,
    Message,
    Names,
    Program,
    Step,
    TimersDue,
    Unmovable,
    Version,
    verdict,
)
from app.errors import ScriptError
from tests.engine.drawing import Drawing, again, each
from tests.engine.walking import NOON, Walk, compiled

HOUR = "'PT1H'"


def line(*, of: Drawing | None = None) -> Drawing:
    return (of or Drawing("p")).start().user("t").end().path("s", "t", "e")


def waiting(kind: str) -> Drawing:
    drawing = Drawing("p").start().user("t").end()
    made = {"message": drawing.catch, "signal": drawing.catch_signal}.get(kind)
    drawing = made("w", "paid") if made else drawing.timer("w", "timeDuration", HOUR)
    return drawing.path("s", "w", "t", "e")


def bordered(kind: str, interrupting: bool = True) -> Drawing:
    drawing = line()
    if kind == "timer":
        drawing.on_timer("b", "t", "timeDuration", HOUR, interrupting)
    elif kind:
        drawing.on(kind, "b", "t", "halt", interrupting)
    return drawing.end("e2").path("b", "e2") if kind else drawing


def repeated(inside: str) -> Drawing:
    return Drawing("p").start().user("t", inside).end().path("s", "t", "e")


def job(operator: str, result: str = "") -> Drawing:
    return Drawing("p").start().service("t", operator, result).end().path("s", "t", "e")


def gate(*messages: str) -> Drawing:
    drawing = Drawing("p").start().first_event("g").end().path("s", "g")
    for message in messages:
        drawing.catch(f"on_{message}", message).path("g", f"on_{message}", "e")
    return drawing


def sides(join: str, extra: str = "") -> Drawing:
    """Two branches that meet at a gateway of this kind; `extra`: behind which of them another task stands."""
    drawing = Drawing("p").start().both("f").user("a").user("b").end().path("s", "f", "a").path("f", "b")
    getattr(drawing, join)("j")
    for name in ("a", "b"):
        if name == extra:
            drawing.user("more").path(name, "more", "j")
        else:
            drawing.path(name, "j")
    return drawing.path("j", "e")


class Move:
    """A case of one version beside another version."""

    def __init__(self, engine: Engine, old: Walk, new: Program, names: Names | None = None) -> None:
        self.engine, self.walk = engine, old
        self.old, self.new = Version(old.program), Version(new, names or Names())

    def findings(self, **decisions: Any) -> tuple[Finding, ...]:
        return self.engine.sorting(self.old, self.new, self.walk.step.snapshot, decisions)

    @property
    def verdict(self) -> str:
        return verdict(self.findings())

    def asked(self) -> Finding:
        (found,) = [each for each in self.findings() if not each.told]
        return found

    def go(self, *answers: Any) -> Step:
        decisions: dict[str, Any] = {}
        for answer in answers:
            (found,) = [each for each in self.findings(**decisions) if not each.told][:1]
            decisions[found.key] = answer
        return self.engine.moved(self.old, self.new, self.walk.step.snapshot, decisions, NOON)


def between(engine: Engine, old: Drawing, new: Drawing, *done: str) -> Move:
    walk = Walk(engine, compiled(engine, old))
    for element in done:
        walk.do(element)
    return Move(engine, walk, compiled(engine, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (waiting("timer"), waiting("message"), "decide"),
        (waiting("message"), waiting("timer"), "decide"),
        (waiting("signal"), waiting("message"), "decide"),
        (bordered("message"), bordered("timer"), "decide"),
        (bordered("timer"), bordered("message"), "decide"),
        (bordered("escalation"), bordered("error"), "decide"),
        (repeated(each(count="3")), repeated(each(count="3", sequential=True)), "stays"),
        (repeated(each(count="3", sequential=True)), repeated(each(count="3")), "stays"),
        (repeated(each(count="3")), repeated(again("True", "3")), "stays"),
        (job("mail"), job("certificate_issue", "certificate"), "later"),
        (bordered("timer"), bordered("timer", interrupting=False), "safe"),
        (repeated(each(count="3")), repeated(each(count="1")), "safe"),
        (gate("m", "n", "o"), gate("m", "n"), "safe"),
        (gate("m", "n"), gate("m", "n", "o"), "decide"),
        (gate("m", "n"), gate("x", "y"), "decide"),
        (sides("both"), sides("inclusive"), "safe"),
        (sides("both"), sides("xor"), "safe"),
    ],
)  # fmt: skip
def test_another_behaviour_under_the_same_id_is_no_safe_move(
    engine: Engine, old: Drawing, new: Drawing, expected: str
) -> None:
    assert between(engine, old, new).verdict == expected


@pytest.mark.parametrize(
    ("done", "extra", "expected"),
    [
        ("", "a", "safe"), ("", "b", "safe"), ("a", "b", "safe"), ("b", "a", "safe"),
        ("a", "a", "decide"), ("b", "b", "decide"),
    ],
)  # fmt: skip
def test_a_task_more_before_a_join_is_in_the_way_only_of_a_token_that_has_come_there_already(
    engine: Engine, done: str, extra: str, expected: str
) -> None:
    move = between(engine, sides("both"), sides("both", extra), *([done] if done else []))
    assert move.verdict == expected
    if expected == "decide":
        assert (move.asked().element, move.asked().name) == ("j", done)
        return
    step = move.go()
    while step.open_tasks:
        step = engine.advance(move.new.program, step.snapshot, CompleteTask(step.open_tasks[0].id), NOON)
    assert step.ended


def test_what_both_versions_report_of_a_join_is_no_obstacle(engine: Engine) -> None:
    def version(name: str) -> Drawing:
        drawing = Drawing("p").start().user("t").xor("x", "fx").both("j").both("k").xor("y", "fy").end()
        drawing.path("s", "t", "k", "x").path("k", "y").user("a").user("b").user("c")
        drawing.flow("x", "a", "yes").flow("x", "c", name="fx").flow("y", "b", "yes").flow("y", "c", name="fy")
        return drawing.path("a", "j").path("b", "j").user(name).path("j", name, "e").end("e2").path("c", "e2")

    assert between(engine, version("u"), version("v")).verdict == "safe"


def test_an_inclusive_join_is_no_obstacle_when_a_branch_is_gone(engine: Engine) -> None:
    def version(*branches: str) -> Drawing:
        drawing = Drawing("p").start().inclusive("f", "f_a").inclusive("j").end().path("s", "f").path("j", "e")
        for name in branches:
            drawing.user(name).path(name, "j")
            drawing.flow("f", name, name="f_a") if name == "a" else drawing.flow("f", name, "True")
        return drawing

    assert between(engine, version("a", "b", "c"), version("a", "b", "d")).verdict == "decide"  # a token is on c
    move = between(engine, version("a", "b", "c"), version("a", "b", "d"), "c")  # it waits at j, by a way that is gone
    assert move.verdict == "safe"
    step = move.go()
    while step.open_tasks:
        step = engine.advance(move.new.program, step.snapshot, CompleteTask(step.open_tasks[0].id), NOON)
    assert step.ended


def test_an_event_that_is_new_is_armed_now_or_from_the_next_time_on(engine: Engine) -> None:
    move = between(engine, line(), bordered("timer"))
    asked = move.asked()
    assert (asked.kind, asked.element, asked.choices) == ("event", "b", ("next", "now"))
    with pytest.raises(Unmovable):
        move.go()
    later = move.go("next")
    assert later.timers == ()
    assert later.snapshot.blob == move.walk.step.snapshot.blob
    armed = move.go("now")
    assert [timer.due for timer in armed.timers] == [NOON + timedelta(hours=1)]
    assert engine.advance(move.new.program, armed.snapshot, TimersDue(), NOON + timedelta(hours=2)).ended
    assert engine.advance(move.new.program, armed.snapshot, CompleteTask(armed.open_tasks[0].id), NOON).ended


def test_an_event_that_is_no_more_is_waited_for_no_longer(engine: Engine) -> None:
    move = between(engine, bordered("timer"), line())
    assert move.verdict == "safe"
    assert [each.element for each in move.findings() if each.told] == ["b"]
    step = move.go()
    assert step.timers == ()
    assert engine.advance(move.new.program, step.snapshot, CompleteTask(step.open_tasks[0].id), NOON).ended


def test_a_branch_that_an_event_has_begun_moves_with_the_case(engine: Engine) -> None:
    def version(name: str) -> Drawing:
        drawing = line().on_message("b", "t", "ask", interrupting=False)
        return drawing.user("beside").user(name).end("e2").path("b", "beside", name, "e2")

    walk = Walk(engine, compiled(engine, version("old")))
    walk.tell("ask")
    move = Move(engine, walk, compiled(engine, version("new")))
    assert move.verdict == "safe"
    step = move.go()
    assert sorted(task.element for task in step.open_tasks) == ["beside", "t"]
    assert step.messages == ("ask",)
    assert Move(engine, walk, compiled(engine, line().user("beside").path("beside", "e"))).verdict == "stays"


def test_another_event_behind_a_gate_can_take_the_token(engine: Engine) -> None:
    move = between(engine, gate("m", "n"), gate("m", "o"))
    assert move.go("next").messages == ("m",)
    with pytest.raises(Unmovable):  # nothing would be left of what it waits for
        between(engine, gate("m", "n"), gate("x", "y")).go("next", "next")
    step = move.go("now")
    assert step.messages == ("m", "o")
    assert engine.advance(move.new.program, step.snapshot, Message("o"), NOON).ended


def test_a_token_whose_step_is_gone_goes_on_at_another_that_was_chosen(engine: Engine) -> None:
    new = Drawing("p").start().user("redrawn").service("job").user("last").end()
    move = between(engine, line(), new.path("s", "redrawn", "job", "last", "e"))
    assert move.asked().choices == ("to:last", "to:redrawn")
    step = move.go("to:redrawn")
    assert [task.element for task in step.open_tasks] == ["redrawn"]
    assert step.open_tasks[0].id == move.walk.task("t").id
    step = engine.advance(move.new.program, step.snapshot, CompleteTask(step.open_tasks[0].id, {"n": 1}), NOON)
    assert [each.element for each in step.jobs] == ["job"]
    with pytest.raises(Unmovable):
        engine.moved(move.old, move.new, move.walk.step.snapshot, {move.asked().key: "to:job"}, NOON)


def reading(condition: str, *, set_by: str = "") -> Drawing:
    drawing = Drawing("p").start().user("t").xor("x", "other").user("yes").end()
    drawing.flow("x", "yes", condition).flow("x", "e", name="other").path("yes", "e")
    if set_by:
        return drawing.user(set_by).path("s", set_by, "t", "x")
    return drawing.path("s", "t", "x")


def test_a_name_that_the_way_ahead_asks_for_is_found_and_can_be_given(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, reading("True")))
    new = compiled(engine, reading("risk == 'high'", set_by="judge"))
    move = Move(engine, walk, new, Names(sets={"judge": frozenset({"risk"})}))
    asked = move.asked()
    assert (asked.kind, asked.element, asked.name, asked.choices) == ("name", "x", "risk", ("value",))
    step = move.go({"value": "high"})
    assert step.data == {"risk": "high"}
    step = engine.advance(new, step.snapshot, CompleteTask(step.open_tasks[0].id), NOON)
    assert [task.element for task in step.open_tasks] == ["yes"]
    fresh = Move(engine, walk, new, Names(sets={"t": frozenset({"risk"})}))
    assert fresh.verdict == "safe"


def test_a_value_that_is_given_is_there_in_every_branch_and_behind_their_join(engine: Engine) -> None:
    def version(condition: str) -> Drawing:
        drawing = Drawing("p").start().both("f").user("a").user("b").both("j").xor("x", "other").end().user("yes")
        drawing.path("s", "f", "a", "j").path("f", "b", "j", "x").flow("x", "yes", condition)
        return drawing.flow("x", "e", name="other").path("yes", "e")

    move = between(engine, version("True"), version("risk == 1"), "a")
    step = move.go({"value": 1})
    step = engine.advance(move.new.program, step.snapshot, CompleteTask(step.open_tasks[0].id), NOON)
    assert [task.element for task in step.open_tasks] == ["yes"]


@pytest.mark.parametrize(
    ("script", "lacks"),
    [
        ("late = risk", {"risk"}),
        ("risk = 1\nlate = risk", set()),
        ("if n:\n    risk = 1\nlate = risk", {"n", "risk"}),
        ("if n:\n    risk = 1\nelse:\n    risk = 2\nlate = risk", {"n"}),
        ("late = [x for x in items]", {"items"}),
        ("for x in items:\n    risk = x\nlate = risk", {"items", "risk"}),
        ("risk += 1", {"risk"}),
        ("late['a'] = len(items)", {"late", "items"}),
        ("while n:\n    n = n - 1", {"n"}),
    ],
)
def test_a_script_reads_what_it_has_not_set_on_every_way_before(engine: Engine, script: str, lacks: set[str]) -> None:
    new = Drawing("p").start().user("t").script("c", script).end().path("s", "t", "c", "e")
    move = between(engine, line(), new)
    assert {each.name for each in move.findings()} == lacks


def test_a_job_whose_place_is_the_same_is_done_for_the_case_that_moved(engine: Engine) -> None:
    new = job("mail").user("after")
    move = between(engine, job("mail"), new.path("t", "after", "e"))
    assert move.verdict == "safe"
    step = move.go()
    assert step.jobs == ()
    step = engine.advance(move.new.program, step.snapshot, JobDone(step.running_jobs[0]), NOON)
    assert [task.element for task in step.open_tasks] == ["after"]


def test_sorting_touches_nothing_and_there_and_back_is_the_same(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, sides("both")))
    walk.do("a", n=1)
    prints = walk.program.fingerprint()
    new = compiled(engine, sides("both", "b"))
    move = Move(engine, walk, new)
    assert move.findings() == move.findings() == ()
    step = move.go()
    back = engine.moved(move.new, move.old, step.snapshot, {}, NOON)
    assert back.snapshot.blob == step.snapshot.blob == walk.step.snapshot.blob
    assert walk.program.fingerprint() == prints
    walk.do("b")
    assert walk.step.ended


# ---- drawn anew under another id


def moved_to(engine: Engine, move: Move, **decisions: Any) -> Step:
    """The case where these answers, by the finding's kind, put it; asked one after the other."""
    found: dict[str, Any] = {}
    for _ in range(4):
        asked = [each for each in move.findings(**found) if not each.told]
        if not asked:
            return engine.moved(move.old, move.new, move.walk.step.snapshot, found, NOON)
        found |= {each.key: decisions[each.kind] for each in asked}
    raise AssertionError(asked)


def to_the_end(engine: Engine, program: Program, step: Step) -> Step:
    while step.open_tasks:
        step = engine.advance(program, step.snapshot, CompleteTask(step.open_tasks[0].id), NOON)
    return step


def named_branches(fork: str, join: str, first: str = "a", more: str = "") -> Drawing:
    drawing = Drawing("p").start().both(fork).user(first).user("b").both(join).end()
    drawing.path("s", fork, first).path(fork, "b", join, "e")
    return drawing.user(more).path(first, more, join) if more else drawing.path(first, join)


@pytest.mark.parametrize(("fork", "join"), [("f", "j2"), ("f2", "j"), ("f2", "j2")])
def test_a_gateway_that_was_drawn_anew_is_declared_the_same(engine: Engine, fork: str, join: str) -> None:
    move = between(engine, named_branches("f", "j"), named_branches(fork, join), "a")
    assert move.verdict == "decide"
    step = moved_to(engine, move, gone="to:j2", lost="to:f2")
    assert [task.element for task in step.open_tasks] == ["b"]
    assert to_the_end(engine, move.new.program, step).ended


def test_a_way_into_a_join_that_was_drawn_anew_is_one_that_a_branch_has_come_by(engine: Engine) -> None:
    move = between(engine, named_branches("f", "j"), named_branches("f", "j", "a2"), "a")
    asked = move.asked()
    assert (asked.kind, asked.name, asked.choices) == ("came", "a", ("by:a2", "anew:a2"))
    assert to_the_end(engine, move.new.program, move.go("by:a2")).ended
    step = move.go("anew:a2")
    assert [task.element for task in step.open_tasks] == ["a2", "b"]
    assert to_the_end(engine, move.new.program, step).ended


def test_a_branch_at_a_join_begins_anew_at_a_step_that_came_between(engine: Engine) -> None:
    move = between(engine, named_branches("f", "j"), named_branches("f", "j", more="more"), "a")
    assert move.asked().choices == ("by:more", "anew:more")
    step = move.go("anew:more")
    assert sorted(task.element for task in step.open_tasks) == ["b", "more"]
    assert to_the_end(engine, move.new.program, step).ended
    assert to_the_end(engine, move.new.program, move.go("by:more")).ended


def test_a_step_and_the_branch_that_has_left_it_are_drawn_anew_at_once(engine: Engine) -> None:
    """One token stands on the step, the other has come from it before."""

    def version(name: str) -> Drawing:
        drawing = Drawing("p").start().both("f").user(name).user("b").both("j").user("last").end()
        return drawing.path("s", "f", name, "j").path("f", "b", "j", "last", "e")

    move = between(engine, version("a"), version("a2"))
    assert to_the_end(engine, move.new.program, moved_to(engine, move, gone="to:a2")).ended


def test_a_wait_that_was_drawn_anew_keeps_its_time(engine: Engine) -> None:
    def version(name: str, hours: int) -> Drawing:
        drawing = Drawing("p").start().timer(name, "timeDuration", f"'PT{hours}H'").end()
        return drawing.path("s", name, "e")

    move = between(engine, version("w", 1), version("w2", 5))
    assert move.asked().choices == ("to:w2", "anew:w2")
    kept, anew = move.go("to:w2"), move.go("anew:w2")
    assert [timer.due for timer in kept.timers] == [NOON + timedelta(hours=1)]
    assert [timer.due for timer in anew.timers] == [NOON + timedelta(hours=5)]
    assert kept.timers[0].element == anew.timers[0].element == "w2"
    assert engine.advance(move.new.program, kept.snapshot, TimersDue(), NOON + timedelta(hours=2)).ended


def test_a_wait_for_something_else_begins_anew(engine: Engine) -> None:
    move = between(engine, waiting("timer"), waiting("message"))
    assert move.asked().choices[0] == "anew:w"
    step = move.go("anew:w")
    assert (step.timers, step.messages) == ((), ("paid",))
    step = engine.advance(move.new.program, step.snapshot, Message("paid"), NOON)
    assert [task.element for task in step.open_tasks] == ["t"]
    back = between(engine, waiting("message"), waiting("timer")).go("anew:w")
    assert [timer.due for timer in back.timers] == [NOON + timedelta(hours=1)]


def test_a_wait_that_would_be_over_at_once_is_not_begun(engine: Engine) -> None:
    new = Drawing("p").start().timer("w", "timeDate", "'2001-01-01'").user("t").end().path("s", "w", "t", "e")
    move = between(engine, waiting("message"), new)
    with pytest.raises(ScriptError, match="over as soon"):
        move.go("anew:w")
    assert move.walk.tell("paid")


def test_a_step_begun_anew_has_its_events_beside_it(engine: Engine) -> None:
    new = Drawing("p").start().user("t").end().path("s", "t", "e").on_timer("b", "t", "timeDuration", HOUR)
    move = between(engine, waiting("message"), new.end("e2").path("b", "e2"))
    step = move.go("anew:t")
    assert [timer.element for timer in step.timers] == ["b"]
    assert engine.advance(move.new.program, step.snapshot, TimersDue(), NOON + timedelta(hours=2)).ended


@pytest.mark.parametrize("kind", ["call", "repeated", "gate"])
def test_what_tokens_stand_within_was_drawn_anew(engine: Engine, kind: str) -> None:
    def version(name: str) -> list[Drawing]:
        if kind == "call":
            inner = Drawing("q").start("qs").user("t").end("qe").path("qs", "t", "qe")
            return [Drawing("p").start().call(name, "q").end().path("s", name, "e"), inner]
        if kind == "repeated":
            return [Drawing("p").start().user(name, each(count="2")).end().path("s", name, "e")]
        drawing = Drawing("p").start().first_event(name).catch("m1", "m").catch("n1", "n").end()
        return [drawing.path("s", name, "m1", "e").path(name, "n1", "e")]

    walk = Walk(engine, compiled(engine, *version("old")))
    move = Move(engine, walk, compiled(engine, *version("drawn_anew")))
    assert move.verdict == "decide"
    step = moved_to(engine, move, gone="to:drawn_anew")
    if kind == "gate":
        assert engine.advance(move.new.program, step.snapshot, Message("n"), NOON).ended
    else:
        assert to_the_end(engine, move.new.program, step).ended


def test_a_table_ahead_asks_for_the_names_that_it_reads(engine: Engine) -> None:
    new = Drawing("p").start().user("t").service("letter").end().path("s", "t", "letter", "e")
    walk = Walk(engine, compiled(engine, line()))
    move = Move(engine, walk, compiled(engine, new), Names(needs={"letter": frozenset({"risk"})}))
    asked = move.asked()
    assert (asked.kind, asked.element, asked.name) == ("name", "letter", "risk")
    assert move.go({"value": None}).data == {"risk": None}
