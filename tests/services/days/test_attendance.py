"""担当と場所: who is there, where, and what clashes."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import Refused
from app.services.days import attendance
from app.services.demo.walker import Walker
from app.services.people import accounts
from app.services.tasks import forms
from app.store import bookings, database
from app.store.models import Absence, Booking, User
from tests.services.conftest import STAFF, Bench
from tests.services.steps import case_of, go, staff, task
from tests.services.tasks.test_recall import send


@pytest.fixture
def settled(bench: Bench) -> Walker:
    walker = go(bench, "exam_date_received")
    bench.drain(walker.portal)
    return walker


def first(walker: Walker) -> attendance.Upcoming:
    return attendance.upcoming(walker.portal, staff(walker))[0]


def messages(walker: Walker) -> set[str]:
    return {each.message for each in first(walker).clashes}


def test_people_and_place_are_kept_with_the_date(settled: Walker) -> None:
    who = staff(settled)
    attendance.assign(settled.portal, first(settled).id, "別館 2階", [who.user_id or 0], who)
    seen = first(settled)
    assert (seen.booking.place, [each.id for each in seen.people]) == ("別館 2階", [who.user_id])
    assert attendance.of_case(settled.portal, settled.number, who) == [who.name]


def test_the_same_examiner_and_room_at_the_same_time_clash(settled: Walker) -> None:
    who, mine = staff(settled), first(settled)
    with database.transaction():
        other = Booking.create(
            case=_other(settled), calendar="audit", day=mine.booking.date, start="10:00", end="14:00",
            place="別館", state="confirmed", at=settled.portal.now(),
        )  # fmt: skip
        bookings.set_people(other.id, [who.user_id or 0])
    found = attendance.assign(settled.portal, mine.id, "別館", [who.user_id or 0], who)
    texts = {each.message for each in found}
    assert "%(name)s is with case %(other)s at that time" in texts
    assert "%(place)s is taken by case %(other)s at that time" in texts
    with database.transaction():
        other.start, other.end = "08:00", "09:00"
        other.save()
    assert not messages(settled) & texts, "another time of the day is no clash"


def _other(walker: Walker) -> int:
    from app.store.models import Case

    row = case_of(walker)
    values = {key: value for key, value in row.__data__.items() if key not in {"id", "number", "apply_key"}}
    return int(Case.create(number="2026-9999", **values).id)


def test_an_examiner_who_is_away_is_named(settled: Walker) -> None:
    who, mine = staff(settled), first(settled)
    with database.transaction():
        Absence.create(
            user=who.user_id, delegate=staff(settled, 1).user_id, first_day=mine.booking.date,
            last_day=mine.booking.date,
        )  # fmt: skip
    found = attendance.assign(settled.portal, mine.id, "本館", [who.user_id or 0], who)
    assert {"name": who.name} in [each.params for each in found]


def test_cards_that_lack_are_said(settled: Walker) -> None:
    assert "%(count)s cards are needed and %(stock)s are in stock" in messages(settled)


def test_a_day_needs_a_place_and_real_examiners(settled: Walker) -> None:
    who, mine = staff(settled), first(settled)
    with pytest.raises(Refused):
        attendance.assign(settled.portal, mine.id, " ", [], who)
    with pytest.raises(Refused):
        attendance.assign(settled.portal, mine.id, "本館", [99_999], who)


def test_the_group_of_examiners_is_offered_when_it_has_members(bench: Bench) -> None:
    with database.connection():
        assert len(attendance.examiners(bench.portal.releases.groups())) == len(STAFF)
        User.update(groups="exam,office").where(User.email == STAFF[1]).execute()
        assert [each.name for each in attendance.examiners(bench.portal.releases.groups())] == ["担当 2"]
    accounts.add_staff(bench.portal, "twin@example.jp", "担当 2", ["operator"], "a password for tests", "exam")
    with database.connection():
        assert len({each.name for each in attendance.examiners(bench.portal.releases.groups())}) == 2


def test_who_settles_a_day_chooses_place_and_people_and_hears_of_clashes_first(bench: Bench) -> None:
    walker = go(bench, "settle_exam_date")
    who, row = staff(walker), task(walker, "settle_exam_date")
    offered = forms.choices_of(walker.portal, row.id, who)
    day = offered["wishes"][0][0]
    with database.transaction():
        away = date.fromisoformat(day)
        Absence.create(user=who.user_id, delegate=staff(walker, 1).user_id, first_day=away, last_day=away)
    assert who.name in [each.value for each in offered["examiners"]]
    values = {"outcome": "accepted", "date": day, "place": "別館", "examiners": [who.name]}
    forms.save_draft(walker.portal, row.id, values, who)
    cleaned, warned, _ = forms.check(walker.portal, row.id, who)
    assert cleaned.ok
    assert "%(name)s is away on that day" in {each.message for each in warned}
    send(walker, row.element, who, **values)
    with database.connection():
        booking = bookings.latest(case_of(walker).id)
        assert booking is not None and booking.place == "別館"
        assert [user.id for user in bookings.people([booking.id])[booking.id]] == [who.user_id]
