"""The body moves a settled day: both sides are told, the calendar file follows, what was paid stays paid."""

from __future__ import annotations

import pytest

from app.errors import Forbidden, Refused
from app.services.days import attendance
from app.services.demo.walker import Walker
from app.services.tasks import daterequests, datesasked, movingdays
from app.store import bookings, database, invoices, records
from app.store.models import Booking, User
from tests.services.conftest import STAFF, Bench
from tests.services.steps import actor, case_of, go, staff


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


def test_a_day_is_moved_with_a_reason_and_both_sides_are_told(bench: Bench, settled: Walker) -> None:
    sato, suzuki, before = staff(settled), staff(settled, 1), booking(settled)
    attendance.assign(settled.portal, before.id, "別館", [suzuki.user_id or 0], sato)
    (offered,) = movingdays.movable(settled.portal, settled.number, sato)
    assert (offered.id, offered.people) == (before.id, [suzuki.name])
    day = offered.free[3]
    movingdays.move(settled.portal, settled.number, before.id, day, "試験官の急病のため", sato)
    bench.drain(settled.portal)
    after = booking(settled)
    assert (after.day, after.state, after.place, after.sequence) == (day, "confirmed", "別館", before.sequence + 1)
    with database.connection():
        assert [row.state for row in invoices.of_case(case_of(settled).id) if row.fee == "exam_fee"] == ["paid"]
        told = next(row for row in records.mails(case_of(settled).id) if row.mail_id == "date-changed")
    assert "試験官の急病のため" in told.text
    assert any(str(each).endswith(".ics") or ".ics" in str(each) for each in told.attachments)
    assert [each.to for each in bench.mailbox.letters if each.mail_id == "day-moved"] == [(STAFF[1],)]


def test_moving_it_answers_what_the_vendor_had_asked(settled: Walker) -> None:
    seen = datesasked.standing(settled.portal, settled.number, actor(settled))
    assert seen is not None
    daterequests.ask(settled.portal, settled.number, "change", [seen.free[0].isoformat()], "都合", actor(settled))
    movingdays.move(settled.portal, settled.number, booking(settled).id, seen.free[2], "台風のため", staff(settled))
    assert datesasked.waiting(settled.portal, staff(settled)) == []


def test_a_day_is_not_moved_without_day_or_reason_nor_by_another_group(settled: Walker) -> None:
    row, sato = booking(settled), staff(settled)
    (offered,) = movingdays.movable(settled.portal, settled.number, sato)
    for day, reason in ((None, "台風"), (offered.free[0], " "), (row.day, "台風")):
        with pytest.raises(Refused):
            movingdays.move(settled.portal, settled.number, row.id, day, reason, sato)
    with database.transaction():
        User.update(groups="accounting").where(User.email == STAFF[2]).execute()
    with pytest.raises(Forbidden):
        movingdays.move(settled.portal, settled.number, row.id, offered.free[0], "台風", staff(settled, 2))
    with pytest.raises(Forbidden):
        movingdays.movable(settled.portal, settled.number, actor(settled))
    assert booking(settled).id == row.id
