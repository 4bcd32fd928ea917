"""What time brings by itself: reminders, once for each step, also after a worker was away."""

from __future__ import annotations

import tempfile
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from app.connectors import scratch
from app.connectors.scratch import Scratch
from app.errors import ScriptError
from app.services import upkeep
from app.services.base import businessdays
from app.services.base.portal import Portal
from app.services.days import bookings as bookings_of_days
from app.services.process import timers
from app.services.tasks import daterequests
from app.states import BookingState, Side
from app.store import bookings, cases, database, incidents, records, timerrows
from app.store.models import Task, User
from tests.services.conftest import Bench
from tests.services.process.test_jobs import locked
from tests.services.settings.asking import given
from tests.services.steps import case_of, go, opened, task


def tick_until(portal: Portal, walker, days: int, bench: Bench) -> int:
    """Gives the number of rounds: where a day's first did something, a second does not do it again."""
    rounds = 0
    for _ in range(days):
        walker.clock.moment += timedelta(days=1)
        rounds += 1
        if upkeep.tick(portal):
            upkeep.tick(portal)
            rounds += 1
    bench.drain(portal)
    return rounds


def test_the_vendor_is_reminded_before_and_after_the_due_date_once_each(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    tick_until(walker.portal, walker, 40, bench)
    steps = walker.portal.releases.current("ccus_api_certification").package.reminders
    assert bench.mailbox.ids.count("reminder") == len(steps.before_bd) + len(steps.after_bd)
    assert {letter.to for letter in bench.mailbox.of("reminder")} == {("ichiro.rei@example.com",)}


def test_tasks_are_reminded_of_page_by_page_none_twice_and_none_left_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker = go(bench, until="submit_documents")
    with database.transaction():
        first = dict(task(walker, "submit_documents").__data__)
        for number in range(2):
            Task.create(**{**first, "id": f"another-{number}"})
    monkeypatch.setattr(upkeep, "PAGE", 1)
    tick_until(walker.portal, walker, 40, bench)
    steps = walker.portal.releases.current("ccus_api_certification").package.reminders
    assert bench.mailbox.ids.count("reminder") == 3 * (len(steps.before_bd) + len(steps.after_bd))


def test_a_worker_that_was_away_sends_only_the_last_reminder(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    walker.clock.moment += timedelta(days=60)
    while not upkeep.tick(walker.portal):
        walker.clock.moment += timedelta(days=1)
    upkeep.tick(walker.portal)
    bench.drain(walker.portal)
    assert bench.mailbox.ids.count("reminder") == 1


def test_nobody_is_written_to_at_night(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    due = task(walker, "submit_documents").due_on
    assert due is not None
    after = businessdays.add_business_days(due, 1)
    walker.clock.moment = datetime.combine(after, time(0, 1), businessdays.JAPAN)
    assert upkeep.tick(walker.portal) == 0
    walker.clock.moment = datetime.combine(after, time(8, 0), businessdays.JAPAN)
    assert upkeep.tick(walker.portal) == 1


def test_staff_are_reminded_of_their_own_tasks(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    tick_until(walker.portal, walker, 30, bench)
    assert "reminder-operator" in bench.mailbox.ids
    assert "reminder" not in bench.mailbox.ids


def test_who_is_reminded_of_what_staff_are_late_with_is_a_setting(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    row = task(walker, "first_review")
    with database.transaction():
        Task.update(assignee=None).where(Task.id == row.id).execute()
        inside, outside = list(User.select().where(User.side == Side.OPERATOR).order_by(User.id))[:2]
        User.update(groups="accounting").where(User.side == Side.OPERATOR).execute()
        User.update(groups=row.grp).where(User.id == inside.id).execute()
    given(bench.portal, "reminders:group_only", "true")
    given(bench.portal, "reminders:copies", "chief@example.jp")
    given(bench.portal, "reminders:overdue_copies", "head@example.jp\nchief@example.jp")
    tick_until(walker.portal, walker, 30, bench)
    told = [address for letter in bench.mailbox.of("reminder-operator") for address in letter.to]
    assert set(told) == {inside.email, "chief@example.jp", "head@example.jp"}
    late = [letter for letter in bench.mailbox.of("reminder-operator") if "head@example.jp" in letter.to]
    assert 0 < len(late) < told.count("chief@example.jp"), "only of what is overdue"
    assert outside.email not in told
    assert told.count("chief@example.jp") == told.count(inside.email) > 1


def test_who_asks_for_it_gets_the_days_work_once_in_the_morning_and_only_where_there_is_some(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    row = task(walker, "first_review")
    with database.transaction():
        asks, colleague = list(User.select().where(User.side == Side.OPERATOR).order_by(User.id))[:2]
        User.update(daily=True, language="en").where(User.id == asks.id).execute()
        Task.update(assignee=asks.id).where(Task.id == row.id).execute()
    tick_until(walker.portal, walker, 30, bench)
    told = bench.mailbox.of("daily")
    assert {letter.to for letter in told} == {(asks.email,)} != {(colleague.email,)}
    days = {letter.subject for letter in told}
    assert any("1 of your own, 0 overdue" in each for each in days)
    assert any("1 of your own, 1 overdue" in each for each in days)
    assert row.case_number in told[0].text and "Document review (first)" in told[0].text, told[0].text
    assert 15 < len(told) < 25, "one for each business day"
    with database.transaction():
        Task.update(assignee=None, grp="cards").where(Task.id == row.id).execute()
        User.update(groups="review").where(User.id == asks.id).execute()
    tick_until(walker.portal, walker, 10, bench)
    assert len(bench.mailbox.of("daily")) == len(told), "there was nothing to do"


def test_a_task_that_is_finished_is_not_reminded(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    walker.take(
        {
            "complete": "submit_documents",
            "by": "vendor",
            "answer": {"registry_certificate": "a.pdf", "financial_statements": ["b.pdf"]},
        }
    )
    tick_until(walker.portal, walker, 30, bench)
    assert "reminder" not in bench.mailbox.ids


def test_a_button_is_never_due(bench: Bench) -> None:
    walker = go(bench, until="request_exam_date")
    row = task(walker, "request_exam_date")
    tick_until(walker.portal, walker, 60, bench)
    with database.connection():
        reminded = [entry for entry in cases.timeline(case_of(walker).id, internal=True) if entry.kind == "reminder"]
    assert row.due_on is None
    assert reminded == []


def test_one_case_whose_timer_fails_does_not_hold_up_another(bench: Bench, monkeypatch) -> None:
    first = go(bench, until="certificate_received")
    second = go(bench, until="certificate_received", application={"email": "b@example.com", "system_name": "別"})
    broken = case_of(first).id
    advance = bench.portal.engine.advance
    with database.connection():
        token = cases.state(broken)[1]

    def failing(program, snapshot, event, now):
        if snapshot.token == token:
            raise ScriptError("The process cannot go on: %(reason)s", reason="a defect of the diagram")
        return advance(program, snapshot, event, now)

    monkeypatch.setattr(bench.portal.engine, "advance", failing)
    second.clock.moment += timedelta(days=31)
    timers.wake(second.portal)
    bench.drain(second.portal)
    assert opened(second) == []  # certificate_received waited for thirty days
    assert opened(first) == ["certificate_received"]
    with database.connection():
        said = [row.text for row in cases.timeline(broken, internal=True) if row.kind == "incident"]
        assert records.certificate_of(broken) is not None
        assert timerrows.cases_with_timers_due(second.portal.now()) == []
    assert said == ["The process cannot go on: a defect of the diagram"]


# Nets


def open_incidents() -> list[tuple[str, str, int | None]]:
    with database.connection():
        return [(row.kind, row.element, row.case_id) for row in incidents.opened()]


def test_a_part_that_fails_skips_no_other_and_is_one_incident_until_it_goes_well(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    walker = go(bench, until="submit_documents")

    def broken(_portal: Portal) -> int:
        raise KeyError("dates")

    with monkeypatch.context() as patch:
        patch.setattr(daterequests, "lapse", broken)
        rounds = tick_until(walker.portal, walker, 40, bench)
    steps = walker.portal.releases.current("ccus_api_certification").package.reminders
    assert bench.mailbox.ids.count("reminder") == len(steps.before_bd) + len(steps.after_bd)
    assert open_incidents() == [("upkeep", "dates", None)]
    with database.connection():
        [row] = incidents.opened()
    assert row.count == rounds > 40
    assert caplog.text.count("Traceback") == 1
    upkeep.tick(walker.portal)
    assert open_incidents() == []


def test_a_case_that_cannot_be_reminded_keeps_no_other_from_being(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = go(bench, until="submit_documents")
    second = go(bench, until="submit_documents", application={"email": "b@example.com", "system_name": "別"})
    remind, number = upkeep.remind_one, case_of(first).id

    def broken(portal: Portal, row: Task, kind: str) -> int:
        if row.case_id == number:
            raise TypeError("a defect")
        return remind(portal, row, kind)

    with monkeypatch.context() as patch:
        patch.setattr(upkeep, "remind_one", broken)
        tick_until(second.portal, second, 40, bench)
    assert {letter.to for letter in bench.mailbox.of("reminder")} == {("b@example.com",)}
    assert open_incidents() == [("upkeep", "reminders", number)]


def test_a_busy_database_is_left_to_the_next_round(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_portal: Portal) -> int:
        raise locked()

    monkeypatch.setattr(daterequests, "lapse", busy)
    upkeep.tick(bench.portal)
    assert open_incidents() == []


# What killed processes leave


def test_upkeep_removes_what_killed_processes_left_behind(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    mine, theirs = Scratch("pdf"), Scratch("pdf")
    kept = bench.portal.settings.data_dir / scratch.FOLDER
    running = Scratch("backup", kept)
    lost = [theirs.path.with_name("pdf-of-one-who-was-killed"), kept / "backup-of-one-who-was-killed"]
    for each in lost:
        each.mkdir()
        (each / "half").write_text("half")
    upkeep.tick(bench.portal)
    assert mine.path.is_dir() and theirs.path.is_dir() and running.path.is_dir()
    assert not any(each.exists() for each in lost)
    assert open_incidents() == []


def test_a_held_day_that_was_paid_for_in_time_does_not_lapse_while_the_body_confirms(bench: Bench) -> None:
    walker = go(bench, until="confirm_exam_payment")
    walker.clock.moment += timedelta(days=60)
    upkeep.tick(walker.portal)
    with database.connection():
        row = bookings.latest(case_of(walker).id, "exam")
    assert row is not None and row.state == BookingState.HELD
    assert "date-lapsed" not in bench.mailbox.ids


def test_the_request_of_the_yearly_audit_has_a_last_day_and_reminders_and_offers_no_day_beyond(bench: Bench) -> None:
    walker = go(bench, until="request_audit_date", scenario="annual_audit")
    row = task(walker, "request_audit_date")
    with database.connection():
        certificate = records.certificate_of(case_of(walker).id)
        loaded = walker.portal.releases.loaded(case_of(walker).release_id)
        free = bookings_of_days.free_for(
            walker.portal, case_of(walker), loaded, loaded.element("request_audit_date"), case_of(walker).data
        )
    assert certificate is not None and row.due_on is not None
    earliest = loaded.package.calendars["audit"].earliest_bd
    assert row.due_on == businessdays.add_business_days(businessdays.on_or_before(certificate.valid_until), -earliest)
    assert free and free[-1] <= certificate.valid_until
    walker.clock.moment += timedelta(days=(row.due_on - businessdays.today(walker.clock.moment)).days - 7)
    tick_until(walker.portal, walker, 21, bench)
    said = [letter.text for letter in bench.mailbox.of("reminder")]
    assert len(said) == 3 and all(f"{row.due_on.month}月{row.due_on.day}日" in text for text in said)
