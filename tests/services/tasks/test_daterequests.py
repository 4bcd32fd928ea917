"""日程の変更: a settled day is changed or given up in time, and an operator answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.errors import Forbidden, NotFound, Refused
from app.services import upkeep
from app.services.base import businessdays
from app.services.days import bookings as dates
from app.services.demo.walker import Walker
from app.services.pages import feed
from app.services.people import accounts
from app.services.tasks import daterequests, datesasked
from app.store import bookings, database, records
from app.store.models import Booking, User
from tests.services.conftest import Bench
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


def free(walker: Walker) -> list[date]:
    seen = datesasked.standing(walker.portal, walker.number, actor(walker))
    assert seen is not None and seen.refusal is None
    return seen.free


def test_an_accepted_change_moves_the_date_and_writes_to_the_vendor(bench: Bench, settled: Walker) -> None:
    before, days = booking(settled), free(settled)
    asked = daterequests.ask(
        settled.portal, settled.number, "change", [days[1].isoformat()], "会場の停電", actor(settled)
    )
    waiting = datesasked.waiting(settled.portal, staff(settled))
    assert [each.request.id for each in waiting] == [asked]
    assert waiting[0].free[0] == days[1], "the wishes come first"

    daterequests.accept(settled.portal, asked, days[1], "承知しました", staff(settled))
    bench.drain(settled.portal)

    after = booking(settled)
    assert (after.day, after.state, after.sequence) == (days[1], "confirmed", before.sequence + 1)
    assert (after.attempt, after.place) == (before.attempt, before.place)
    with database.connection():
        newest = records.mails(case_of(settled).id)[0]
        assert newest.mail_id == "date-changed" and newest.attachments[0]["filename"].endswith(".ics")
        taken = bookings.taken("exam", before.day, before.day)
    assert taken == {}, "the old day is free again"
    assert datesasked.waiting(settled.portal, staff(settled)) == []


def test_a_refusal_leaves_the_day_and_says_why(bench: Bench, settled: Walker) -> None:
    before = booking(settled)
    asked = daterequests.ask(
        settled.portal, settled.number, "change", [free(settled)[0].isoformat()], "担当者の都合", actor(settled)
    )
    with pytest.raises(Refused):
        daterequests.refuse(settled.portal, asked, " ", staff(settled))
    daterequests.refuse(settled.portal, asked, "試験官の手配が済んでいます", staff(settled))
    bench.drain(settled.portal)
    assert booking(settled).id == before.id
    with database.connection():
        newest = records.mails(case_of(settled).id)[0]
    assert newest.mail_id == "date-refused" and "試験官の手配が済んでいます" in newest.text
    seen = datesasked.standing(settled.portal, settled.number, actor(settled))
    assert seen is not None and seen.request is not None and seen.request.state == "refused"


def test_a_day_given_up_is_free_at_once_and_another_is_settled_the_same_way(bench: Bench, settled: Walker) -> None:
    before = booking(settled)
    asked = daterequests.ask(settled.portal, settled.number, "cancel", [], "開発の遅れ", actor(settled))
    bench.drain(settled.portal)
    with database.connection():
        assert bookings.taken("exam", before.day, before.day) == {}
        assert records.mails(case_of(settled).id)[0].mail_id == "date-asked"
        user = User.select().where(User.email == actor(settled).email).get()
        user.feed_token = "a" * 40
        user.save()
    assert b"BEGIN:VEVENT" not in feed.calendar_of(settled.portal, "a" * 40, "x")
    with pytest.raises(Refused):
        daterequests.refuse(settled.portal, asked, "いいえ", staff(settled))
    waiting = datesasked.waiting(settled.portal, staff(settled))[0]
    daterequests.accept(settled.portal, asked, waiting.free[2], "", staff(settled))
    bench.drain(settled.portal)
    after = booking(settled)
    assert (after.day, after.state, after.sequence) == (waiting.free[2], "confirmed", before.sequence + 1)
    assert b"BEGIN:VEVENT" in feed.calendar_of(settled.portal, "a" * 40, "x")


def test_after_the_deadline_nothing_is_asked(settled: Walker) -> None:
    row = booking(settled)
    last = businessdays.add_business_days(row.day, -5)
    settled.clock.moment = datetime(last.year, last.month, last.day, 3, tzinfo=UTC)
    assert datesasked.standing(settled.portal, settled.number, actor(settled)).refusal is None  # type: ignore[union-attr]
    settled.clock.moment += timedelta(days=1)
    seen = datesasked.standing(settled.portal, settled.number, actor(settled))
    assert seen is not None and isinstance(seen.refusal, Refused)
    with pytest.raises(Refused):
        daterequests.ask(settled.portal, settled.number, "cancel", [], "遅れ", actor(settled))


def test_a_request_needs_a_reason_and_a_free_day_and_is_made_once(settled: Walker) -> None:
    who, day = actor(settled), free(settled)[0].isoformat()
    for kind, wishes, reason in (
        ("change", [day], " "), ("change", [], "x"), ("change", ["1999-01-01"], "x"), ("other", [day], "x"),
    ):  # fmt: skip
        with pytest.raises(Refused):
            daterequests.ask(settled.portal, settled.number, kind, wishes, reason, who)
    daterequests.ask(settled.portal, settled.number, "change", [day], "x", who)
    with pytest.raises(Refused):
        daterequests.ask(settled.portal, settled.number, "change", [day], "x", who)
    with pytest.raises(Forbidden):
        daterequests.ask(settled.portal, settled.number, "change", [day], "x", staff(settled))


def test_strangers_know_nothing_of_it(bench: Bench, settled: Walker) -> None:
    accounts.add_staff(bench.portal, "nobody@example.jp", "だれか", ["analyst"], "a password for tests")
    with pytest.raises(NotFound):
        daterequests.accept(settled.portal, 999, date(2026, 1, 1), "", staff(settled))


def test_a_request_whose_day_has_come_lapses(settled: Walker) -> None:
    daterequests.ask(settled.portal, settled.number, "change", [free(settled)[0].isoformat()], "都合", actor(settled))
    row = booking(settled)
    settled.clock.moment = datetime(row.day.year, row.day.month, row.day.day, 3, tzinfo=UTC)
    upkeep.tick(settled.portal)
    assert datesasked.waiting(settled.portal, staff(settled)) == []
    assert datesasked.of_case(settled.portal, settled.number, actor(settled))[0].state == "lapsed"


def test_a_day_that_another_case_has_is_not_given(bench: Bench, settled: Walker) -> None:
    asked = daterequests.ask(
        settled.portal, settled.number, "change", [free(settled)[0].isoformat()], "都合", actor(settled)
    )
    day = datesasked.waiting(settled.portal, staff(settled))[0].free[0]
    with database.transaction():
        Booking.create(case=case_of(settled), calendar="exam", day=day, state="held", at=settled.portal.now())
        loaded = settled.portal.releases.loaded(case_of(settled).release_id)
        assert day not in dates.free_instead(settled.portal, case_of(settled), loaded, "exam")
    with pytest.raises(Refused):
        daterequests.accept(settled.portal, asked, day, "", staff(settled))
