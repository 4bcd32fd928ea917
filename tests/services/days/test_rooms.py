"""No two bookings have one room at one time; single days hold more or fewer cases than others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.errors import Refused
from app.services.base.actors import SYSTEM
from app.services.days import attendance, bookings
from app.states import Account
from app.store import cases, database
from app.store.models import Booking, Case
from tests.services.conftest import Bench
from tests.services.settings.asking import PACKAGE, given, person
from tests.services.steps import case_of, go

OTHER = {"company_name": "大空株式会社", "email": "sora@example.com", "system_name": "そらゲート"}
ROOMS = "試験室A\n試験室B"
DAY = date(2026, 6, 2)


@pytest.fixture
def two(bench: Bench) -> list[Case]:
    """Two cases, and two rooms for two exams a day."""
    given(bench.portal, "calendars:exam:rooms", ROOMS)
    given(bench.portal, "calendars:exam:capacity", "3")
    first = case_of(go(bench, until="company_profile"))
    second = case_of(go(bench, until="company_profile", application=OTHER))
    return [first, second]


def book(bench: Bench, case: Case, place: str = "", start: str = "", day: date = DAY) -> Booking:
    loaded = bench.portal.releases.loaded(case.release_id)
    said = {"date": day.isoformat(), "place": place, "start": start}
    with database.transaction():
        locked = cases.lock(case.id)
        bookings.book(bench.portal, locked, loaded, "exam", said, SYSTEM, bench.portal.now())
        row = Booking.select().where(Booking.case == case.id).order_by(Booking.id.desc()).first()
    assert row is not None
    return row


def test_a_booking_without_a_place_takes_the_first_room_that_is_free(bench: Bench, two: list[Case]) -> None:
    assert [book(bench, each).place for each in two] == ["試験室A", "試験室B"]


def test_a_room_that_another_case_has_at_that_time_is_refused_however_it_is_typed(
    bench: Bench, two: list[Case]
) -> None:
    book(bench, two[0], "試験室A")
    with pytest.raises(Refused) as told:
        book(bench, two[1], "試験室 Ａ")
    assert two[0].number in str(told.value.params.values())
    assert book(bench, two[1], "試験室A", "17:00").start == "17:00"  # the first is over by then


def test_a_place_that_is_no_room_is_taken_by_as_many_as_like(bench: Bench, two: list[Case]) -> None:
    assert [book(bench, each, "会議室（本館）").place for each in two] == ["会議室（本館）"] * 2


def test_a_single_day_may_hold_none(bench: Bench, two: list[Case]) -> None:
    given(bench.portal, "calendars:exam:capacity_on", f"{DAY.isoformat()} 0")
    with pytest.raises(Refused):
        book(bench, two[0])
    assert book(bench, two[0], day=DAY + timedelta(days=1)).day == DAY + timedelta(days=1)
    spec = bench.portal.releases.current(PACKAGE).package.calendars["exam"]
    assert (spec.fits(DAY), spec.fits(DAY + timedelta(days=1))) == (0, 3)


def test_a_case_that_is_arranged_into_a_taken_room_is_refused(bench: Bench, two: list[Case]) -> None:
    book(bench, two[0], "試験室A")
    row = book(bench, two[1], "試験室B")
    admin = person("管理 一", Account.ADMINISTRATOR)
    with pytest.raises(Refused):
        attendance.assign(bench.portal, row.id, "試験室A", [], admin)
    found = attendance.assign(bench.portal, row.id, "試験室B", [], admin)
    assert not any("place" in each.params for each in found)
