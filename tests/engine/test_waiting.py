"""Messages, timers and events on borders, against a clock that the test holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.engine import Engine, Evaluator, JobDone, Message, TaskKind, TimersDue, TooLate, clock
from app.errors import ScriptError
from tests.engine.drawing import Drawing
from tests.engine.walking import NOON, Walk, compiled


def withdrawable() -> list[Drawing]:
    body = Drawing("body").start("bs").user("fill").service("mail").both("f").user("l").user("r").both("j").end("be")
    body.path("bs", "fill", "mail", "f", "l", "j").path("f", "r", "j", "be")
    wrapper = Drawing("p").start().call("run", "body").on_message("withdrawn", "run", "withdraw").user("settle")
    wrapper.end().end("e2").path("s", "run", "e").path("withdrawn", "settle", "e2")
    return [wrapper, body]


def test_a_receive_task_is_open_until_its_message_comes(engine: Engine) -> None:
    drawing = Drawing("p").start().receive("wait", "followed").end().path("s", "wait", "e")
    walk = Walk(engine, compiled(engine, drawing))
    (task,) = walk.step.open_tasks
    assert (task.kind, task.message, walk.step.messages) == (TaskKind.RECEIVE, "followed", ("followed",))
    with pytest.raises(TooLate):
        walk.do("wait")
    assert walk.tell("followed", by="vendor").data == {"by": "vendor"}
    assert walk.step.ended


def test_a_withdrawal_cancels_everything_below_and_goes_its_own_way(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *withdrawable()), {"k": 1})
    walk.do("fill", answer=1)
    walk.done("mail")
    assert walk.step.messages == ("withdraw",)
    walk.tell("withdraw", withdrawal_by="vendor")
    assert walk.open() == ["settle"]
    assert walk.step.messages == ()
    assert walk.log() == ["withdrawn entered", "withdrawn completed", "l cancelled", "r cancelled", "run cancelled",
                          "settle entered"]  # fmt: skip
    # What the body did is not seen out here: the case's record has it.
    assert walk.task("settle").data == {"k": 1, "withdrawal_by": "vendor"}
    assert walk.do("settle").ended


def test_a_job_in_flight_at_a_withdrawal_came_too_late_and_resurrects_nothing(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *withdrawable()))
    job = walk.do("fill").running_jobs[0]
    walk.tell("withdraw", withdrawal_by="operator")
    assert walk.step.running_jobs == ()
    assert "mail cancelled" in walk.log()
    for snapshot_is_restored in (False, True):
        if snapshot_is_restored:
            engine.close()
        with pytest.raises(TooLate):
            walk.send(JobDone(job, {"late": True}))
        assert walk.open() == ["settle"]
    assert walk.do("settle").ended


def test_a_second_case_is_untouched_by_the_first_ones_withdrawal(engine: Engine) -> None:
    program = compiled(engine, *withdrawable())
    first = Walk(engine, program)
    first.do("fill")
    first.tell("withdraw")
    second = Walk(engine, program)
    assert second.open() == ["fill"]
    second.do("fill")
    second.done("mail")
    second.do("l")
    second.do("r")
    assert second.step.ended
    assert first.open() == ["settle"]


def test_the_withdrawal_is_disarmed_when_the_body_is_done(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *withdrawable()))
    walk.do("fill")
    walk.done("mail")
    walk.do("l")
    walk.do("r")
    assert (walk.step.ended, walk.step.messages) == (True, ())


def test_a_timer_fires_when_it_is_due_and_not_before(engine: Engine) -> None:
    drawing = Drawing("p").start().timer("until", "timeDuration", "'P1M'").user("then").end()
    walk = Walk(engine, compiled(engine, drawing.path("s", "until", "then", "e")))
    (timer,) = walk.step.timers
    assert (timer.element, timer.due) == ("until", datetime(2026, 5, 1, 3, tzinfo=UTC))
    assert walk.wait(days=29).timers == (timer,)
    assert walk.wait(days=1).timers == ()
    assert walk.open() == ["then"]
    assert walk.log() == ["until completed", "then entered"]


def test_a_date_comes_from_the_data_and_without_an_offset_is_local(evaluator: Evaluator) -> None:
    engine = Engine(evaluator, zone=ZoneInfo("Asia/Tokyo"))
    drawing = Drawing("p").start().timer("until", "timeDate", "certificate['opens']").user("then").end()
    program = compiled(engine, drawing.path("s", "until", "then", "e"))
    for written in ("2026-04-10", "2026-04-10T00:00:00", "2026-04-09T15:00:00+00:00", "2026-04-10T00:00+09:00"):
        walk = Walk(engine, program, {"certificate": {"opens": written}})
        assert walk.step.timers[0].due == datetime(2026, 4, 9, 15, tzinfo=UTC)
    assert Walk(engine, program, {"certificate": {"opens": "2026-03-01"}}).open() == ["then"]  # it has passed


@pytest.mark.parametrize("value", [None, 3, "tomorrow", "P1D", "9999-99-99"])
def test_a_date_that_is_none_names_its_element(engine: Engine, value: object) -> None:
    drawing = Drawing("p").start().timer("until", "timeDate", "when").end().path("s", "until", "e")
    with pytest.raises(ScriptError) as caught:
        Walk(engine, compiled(engine, drawing), {"when": value})
    assert caught.value.params["element"] == "until"


def test_a_timer_on_a_border_interrupts_and_its_twin_is_disarmed(engine: Engine) -> None:
    drawing = Drawing("p").start().user("answer").on_timer("late", "answer", "timeDuration", "'P10D'")
    drawing.on_timer("later", "answer", "timeDuration", "'P20D'").user("chase").end().end("e2").end("e3")
    drawing.path("s", "answer", "e").path("late", "chase", "e2").path("later", "e3")
    program = compiled(engine, drawing)
    walk = Walk(engine, program)
    assert [timer.element for timer in walk.step.timers] == ["late", "later"]
    walk.wait(days=11)
    assert (walk.open(), walk.step.timers) == (["chase"], ())
    assert "answer cancelled" in walk.log()
    assert not any(line.startswith("later") for line in walk.log())
    in_time = Walk(engine, program)
    assert in_time.do("answer").ended
    assert in_time.step.timers == ()


def test_of_several_due_timers_the_earliest_fires_first_whatever_the_drawing_says(engine: Engine) -> None:
    drawing = Drawing("p").start().user("a").on_timer("second", "a", "timeDuration", "'P20D'")
    drawing.on_timer("first", "a", "timeDuration", "'P10D'").user("x").user("y").end().end("e2").end("e3")
    walk = Walk(
        engine, compiled(engine, drawing.path("s", "a", "e").path("first", "x", "e2").path("second", "y", "e3"))
    )
    assert walk.wait(days=30).open_tasks[0].element == "x"


def test_an_event_that_does_not_interrupt_runs_beside_and_outlives_its_host(engine: Engine) -> None:
    drawing = Drawing("p").start().user("work").on_message("nudge", "work", "nudged", interrupting=False)
    drawing.user("call").end().end("e2").path("s", "work", "e").path("nudge", "call", "e2")
    walk = Walk(engine, compiled(engine, drawing))
    walk.tell("nudged", n=1)
    assert sorted(walk.open()) == ["call", "work"]
    assert walk.step.messages == ("nudged",)  # it may come again
    walk.tell("nudged", m=1)
    assert sorted(walk.open()) == ["call", "call", "work"]
    walk.do("work", w=1)
    assert (walk.open(), walk.step.messages) == (["call", "call"], ())
    walk.do("call", d=1)
    assert walk.do("call", c=1).data == {"n": 1, "m": 1, "w": 1, "c": 1, "d": 1}
    assert walk.step.ended


def test_a_repeating_timer_reminds_so_many_times_and_stops_with_its_host(engine: Engine) -> None:
    drawing = (
        Drawing("p").start().user("answer").on_timer("remind", "answer", "timeCycle", "'R3/P7D'", interrupting=False)
    )
    drawing.service("mail").end().end("e2").path("s", "answer", "e").path("remind", "mail", "e2")
    program = compiled(engine, drawing)
    walk = Walk(engine, program)
    for expected in (1, 2, 3):
        engine.close()
        walk.wait(days=7)
        assert len(walk.step.running_jobs) == expected
    assert walk.step.timers == ()
    assert len(walk.wait(days=70).running_jobs) == 3
    walk.do("answer")
    for _ in range(3):
        walk.done("mail")
    assert walk.step.ended
    missed = Walk(engine, program)
    assert len(missed.wait(days=15).running_jobs) == 2  # nobody woke it in between
    missed.do("answer")
    assert (missed.step.timers, len(missed.step.running_jobs)) == ((), 2)


def test_a_message_wakes_one_receiver_the_one_that_has_waited_longest(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").user("first").receive("a", "go").receive("b", "go").both("j").end()
    walk = Walk(engine, compiled(engine, drawing.path("s", "f", "first", "a", "j").path("f", "b", "j", "e")))
    walk.do("first")
    assert walk.open() == ["a", "b"]
    engine.close()
    walk.tell("go")
    assert walk.open() == ["a"]
    assert walk.tell("go").ended


def test_a_message_may_say_which_task_it_is_for(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").receive("a", "go").receive("b", "go").both("j").end()
    walk = Walk(engine, compiled(engine, drawing.path("s", "f", "a", "j").path("f", "b", "j", "e")))
    second = walk.task("b").id
    walk.send(Message("go", {}, second))
    assert walk.open() == ["a"]
    with pytest.raises(TooLate):
        walk.send(Message("go", {}, second))


def test_a_late_answer_before_the_timer_was_woken_still_counts(engine: Engine) -> None:
    drawing = Drawing("p").start().user("answer").on_timer("late", "answer", "timeDuration", "'P10D'").end().end("e2")
    walk = Walk(engine, compiled(engine, drawing.path("s", "answer", "e").path("late", "e2")))
    walk.now += timedelta(days=30)
    walk.do("answer")
    assert "answer completed" in walk.log()
    assert walk.step.ended


@pytest.mark.parametrize(
    ("written", "expected"),
    [("P1M", "2026-02-28"), ("P1Y", "2027-01-31"), ("P2W", "2026-02-14"), ("P1DT12H", "2026-02-01T12:00"),
     ("PT0S", "2026-01-31"), ("P13M", "2027-02-28")],
)  # fmt: skip
def test_durations_follow_the_calendar(written: str, expected: str) -> None:
    start = datetime(2026, 1, 31, tzinfo=UTC)
    assert clock.duration(written).after(start, UTC) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "written", "expected"),
    [
        ("2027-03-01T08:30+09:00", "P1M", "2027-04-01T08:30+09:00"),  # in UTC it is February still
        ("2027-01-31T08:30+09:00", "P1M", "2027-02-28T08:30+09:00"),
        ("2028-02-29T08:30+09:00", "P1Y", "2029-02-28T08:30+09:00"),
        ("2027-03-01T10:30+09:00", "P1M", "2027-04-01T10:30+09:00"),
        ("2027-12-01T00:00+09:00", "P2M", "2028-02-01T00:00+09:00"),
        ("2027-03-31T23:59+09:00", "P1MT2M", "2027-05-01T00:01+09:00"),
        ("2027-03-01T08:30+09:00", "P30D", "2027-03-31T08:30+09:00"),
    ],
)
def test_months_and_days_of_a_timer_are_those_of_the_portal_s_zone(
    evaluator: Evaluator, start: str, written: str, expected: str
) -> None:
    engine = Engine(evaluator, zone=ZoneInfo("Asia/Tokyo"))
    drawing = Drawing("p").start().timer("wait", "timeDuration", f"'{written}'").end().path("s", "wait", "e")
    step = engine.start(compiled(engine, drawing), {}, datetime.fromisoformat(start))
    assert [timer.due for timer in step.timers] == [datetime.fromisoformat(expected)]


def test_a_month_of_a_repetition_is_one_of_the_portal_s_zone(evaluator: Evaluator) -> None:
    engine = Engine(evaluator, zone=ZoneInfo("Asia/Tokyo"))
    drawing = Drawing("p").start().user("a").on_timer("late", "a", "timeCycle", "'R2/P1M'", interrupting=False)
    drawing = drawing.script("note", "n = 1").end().end("e2").path("s", "a", "e").path("late", "note", "e2")
    program, start = compiled(engine, drawing), datetime.fromisoformat("2027-03-01T08:30+09:00")
    step = engine.start(program, {}, start)
    assert [timer.due for timer in step.timers] == [datetime.fromisoformat("2027-04-01T08:30+09:00")]
    step = engine.advance(program, step.snapshot, TimersDue(), step.timers[0].due)
    assert [timer.due for timer in step.timers] == [datetime.fromisoformat("2027-05-01T08:30+09:00")]


def test_hours_are_exact_where_a_day_is_not(evaluator: Evaluator) -> None:
    """Where clocks are put forward, a day is 23 hours long and 24 hours are 24."""
    zone, start = ZoneInfo("Europe/Berlin"), datetime.fromisoformat("2027-03-27T12:00+01:00")
    assert clock.duration("P1D").after(start, zone) == datetime.fromisoformat("2027-03-28T12:00+02:00")
    assert clock.duration("PT24H").after(start, zone) == datetime.fromisoformat("2027-03-28T13:00+02:00")


@pytest.mark.parametrize(
    "written", ["", "P", "PT", "1D", "P1", "-P1D", "P1.5D", "PT1D", "P9999999999Y", None, 3, "p1d"]
)
def test_what_is_no_duration_is_refused(written: object) -> None:
    with pytest.raises(ScriptError):
        clock.duration(written)


@pytest.mark.parametrize("written", ["R1000000/PT0S", "R/P1D", "R0/P1D", "R101/P1D", "R3/PT1S", "R3", "P1D", None])
def test_repetitions_that_would_flood_a_case_are_refused(written: object) -> None:
    with pytest.raises(ScriptError):
        clock.cycle(written)


def test_a_time_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(ScriptError):
        clock.duration("P999999999Y").after(NOON, UTC)
    with pytest.raises(ScriptError):
        clock.duration("P999999999D").after(NOON, UTC)
