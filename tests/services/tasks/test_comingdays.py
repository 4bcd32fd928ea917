"""A settled day that comes near, and one that goes by: said to both sides, and somebody decides."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from app.catalogue import scenarios
from app.services import upkeep
from app.services.base import businessdays
from app.services.demo.walker import Walker
from app.services.pages import attention
from app.services.pages import case as casepage
from app.services.tasks import movingdays
from app.states import BookingState
from app.store import bookings, database
from app.store.models import Booking
from tests.services.conftest import Bench
from tests.services.steps import actor, case_of, go, opened, staff, task


def day_of(walker: Walker) -> Booking:
    with database.connection():
        row = bookings.latest(case_of(walker).id)
    assert row is not None
    return row


def on(walker: Walker, bench: Bench, day: date) -> None:
    """A morning of that day."""
    walker.clock.moment = datetime.combine(day, time(9, 5), businessdays.JAPAN).astimezone(walker.clock.moment.tzinfo)
    upkeep.tick(walker.portal)
    upkeep.tick(walker.portal)
    bench.drain(walker.portal)


def test_both_sides_are_reminded_of_a_settled_day_before_it_comes(bench: Bench) -> None:
    walker = go(bench, "submit_exam_materials")
    row = day_of(walker)
    counts = walker.portal.releases.current("ccus_api_certification").package.reminders.day_bd
    assert len(counts) == 2
    day = businessdays.today(walker.clock.moment)
    while day <= row.day:
        on(walker, bench, day)
        day += timedelta(days=1)
    for mail in ("date-near", "date-near-staff"):
        said = bench.mailbox.of(mail)
        assert len(said) == len(counts), mail
        assert all(f"{row.day.year}年{row.day.month}月{row.day.day}日" in each.text for each in said)


def test_a_day_that_goes_by_undone_is_said_to_both_and_somebody_of_the_body_decides(bench: Bench) -> None:
    walker = go(bench, "check_exam_materials")
    row, who = day_of(walker), staff(walker)
    on(walker, bench, businessdays.add_business_days(row.day, 1))
    assert day_of(walker).state == BookingState.CONFIRMED, "what took place may still be recorded"
    on(walker, bench, businessdays.add_business_days(row.day, 2))
    assert day_of(walker).state == BookingState.MISSED
    assert [bench.mailbox.ids.count(mail) for mail in ("date-passed", "date-passed-staff")] == [1, 1]
    lines = [each for each in attention.board(walker.portal, who).of_cases if each.kind == "day"]
    assert [each.case for each in lines] == [walker.number]
    head = casepage.page(walker.portal, walker.number, actor(walker)).head
    assert not head.hindered, "the case itself goes on"
    found = movingdays.movable(walker.portal, walker.number, who)
    movingdays.move(walker.portal, walker.number, found[0].id, found[0].free[0], "台風のため", who)
    assert not [each for each in attention.board(walker.portal, who).of_cases if each.kind == "day"]
    moved = day_of(walker)
    assert (moved.state, moved.day) == (BookingState.CONFIRMED, found[0].free[0])
    on(walker, bench, businessdays.add_business_days(businessdays.today(walker.clock.moment), 1))
    assert not [each for each in attention.board(walker.portal, who).of_cases if each.kind == "day"]


def test_a_day_on_which_it_took_place_is_done_and_nobody_is_told_of_it_as_overdue_before(bench: Bench) -> None:
    walker = go(bench, "exam__vendor")
    row = day_of(walker)
    assert "exam__operator" in opened(walker)
    assert task(walker, "exam__operator").due_on == businessdays.add_business_days(row.day, 1)
    before = bench.mailbox.ids.count("reminder")
    on(walker, bench, businessdays.add_business_days(row.day, -1))
    late = [each.text for each in bench.mailbox.of("reminder")[before:]]
    assert not any("過ぎています" in text for text in late)
    walker.clock.moment = datetime.combine(row.day, time(17), businessdays.JAPAN)
    package = walker.portal.releases.current("ccus_api_certification").package
    for step in scenarios.steps(package.files, "happy_path"):
        if step.get("complete") in {"exam__vendor", "exam__operator"}:
            walker.take(step)
    on(walker, bench, businessdays.add_business_days(row.day, 3))
    with database.connection():
        states = {each.day: each.state for each in bookings.of_case(case_of(walker).id)}
    assert states[row.day] == BookingState.DONE
    assert "date-passed" not in bench.mailbox.ids
