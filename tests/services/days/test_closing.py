"""Days on which the office is closed: whose work they are, and what becomes of dates that lie on one afterwards."""

from __future__ import annotations

import pytest

from app.errors import Forbidden
from app.services import upkeep
from app.services.days import attendance, month
from app.services.demo.walker import Walker
from app.services.pages import attention
from app.services.tasks import movingdays
from app.store import bookings, closings, database
from app.store.models import Booking, User
from tests.services.conftest import STAFF, Bench
from tests.services.steps import case_of, go, staff


@pytest.fixture
def settled(bench: Bench) -> Walker:
    """A case whose exam day is settled and paid."""
    walker = go(bench, "exam_date_received")
    bench.drain(walker.portal)
    return walker


def booking(walker: Walker) -> Booking:
    with database.connection():
        row = bookings.latest(case_of(walker).id)
    assert row is not None
    return row


def lines(walker: Walker) -> list[str]:
    """What needs attention because of a day, after a round of upkeep."""
    upkeep.tick(walker.portal)
    board = attention.board(walker.portal, staff(walker))
    return [each.error.message for each in board.of_cases if each.kind == "day"]


def test_closing_days_are_the_work_of_the_groups_that_settle_days(settled: Walker) -> None:
    day = booking(settled).day
    with database.transaction():
        User.update(groups="accounting").where(User.email == STAFF[2]).execute()
    cashier = staff(settled, 2)
    with pytest.raises(Forbidden):
        month.close(settled.portal, day, "臨時休業", cashier)
    month.close(settled.portal, day, "臨時休業", staff(settled))
    for change in (
        lambda: month.reopen(settled.portal, day, cashier),
        lambda: month.rename(settled.portal, day, "別の理由", cashier),
    ):
        with pytest.raises(Forbidden):
            change()
    with database.connection():
        assert closings.titles() == {day: "臨時休業"}
    assert month.month(settled.portal, day.year, day.month, cashier).why_not is not None
    assert month.month(settled.portal, day.year, day.month, staff(settled)).why_not is None


def test_a_day_that_is_closed_afterwards_is_said_until_it_is_moved(settled: Walker) -> None:
    who, row = staff(settled), booking(settled)
    assert month.close(settled.portal, row.day, "臨時休業", who) == 1
    (date,) = attendance.upcoming(settled.portal, who)
    assert date.clashes[0].message == month.CLOSED
    assert len(lines(settled)) == len(lines(settled)) == 1
    (offered,) = movingdays.movable(settled.portal, settled.number, who)
    assert row.day not in offered.free
    movingdays.move(settled.portal, settled.number, row.id, offered.free[0], "臨時休業のため", who)
    assert lines(settled) == []
    (date,) = attendance.upcoming(settled.portal, who)
    assert month.CLOSED not in {each.message for each in date.clashes}


def test_a_closing_day_that_is_taken_back_leaves_nothing_to_do(settled: Walker) -> None:
    who, row = staff(settled), booking(settled)
    month.close(settled.portal, row.day, "臨時休業", who)
    assert len(lines(settled)) == 1
    month.reopen(settled.portal, row.day, who)
    assert lines(settled) == []
