"""Jobs: done once, retried when it may help, an incident when it does not, and never believed too late."""

from __future__ import annotations

import errno
import sqlite3
import threading
from datetime import timedelta

import peewee
import psycopg
import pytest

from app.errors import Permanent, Refused, Temporary
from app.services.base import leases
from app.services.cases import lifecycle
from app.services.process import jobs
from app.store import cases, database, jobrows, records
from app.store.models import Job
from tests.services.conftest import Bench, StillClock
from tests.services.steps import go, opened, staff

REVIEW = {"complete": "second_review", "by": "operator", "answer": {"outcome": "passed"}, "person": "2"}


def mail_job(number: str, mail: str) -> Job:
    with database.connection():
        case = cases.get(number)
        assert case is not None
        return next(job for job in jobrows.jobs_of(case.id) if job.params.get("mail") == mail)


def test_the_token_stands_on_the_mail_until_the_server_took_it(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    bench.mailbox.fail_with = [Temporary("busy")]
    walker.take(REVIEW)
    assert opened(walker) == []
    assert mail_job(walker.number, "review-3").state == "queued"


def test_a_temporary_failure_is_tried_again_later_with_the_same_message(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    bench.mailbox.fail_with = [Temporary("busy"), Temporary("busy")]
    walker.take(REVIEW)
    with database.connection():
        first = records.mail_of_job(mail_job(walker.number, "review-3").key)
    walker.clock.moment += timedelta(hours=1)
    bench.drain(walker.portal)
    walker.clock.moment += timedelta(hours=1)
    bench.drain(walker.portal)
    assert opened(walker) == ["review_result"]
    assert first is not None
    assert [letter.message_id for letter in bench.mailbox.of("review-3")] == [first.message_id]


def test_a_permanent_failure_becomes_an_incident_that_staff_can_mend(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    bench.mailbox.fail_with = [Permanent("no such mailbox")]
    walker.take(REVIEW)
    job = mail_job(walker.number, "review-3")
    assert job.state == "incident"
    assert "no such mailbox" in job.error
    lifecycle.retry(walker.portal, job.id, staff(walker))
    bench.drain(walker.portal)
    assert opened(walker) == ["review_result"]


def test_a_letter_that_is_put_off_is_tried_for_days_by_time_and_then_is_an_incident(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    bench.mailbox.fail_with = [Temporary("busy", code=450, reply="greylisted", handed=False)] * 2000
    walker.take(REVIEW)
    begun = walker.clock.moment
    for _ in range(5 * 24 - 1):
        walker.clock.moment += timedelta(hours=1)
        bench.drain(walker.portal)
        assert mail_job(walker.number, "review-3").state == "queued"
    assert bench.mailbox.tried > 100
    walker.clock.moment = begun + timedelta(days=5, hours=1)
    bench.drain(walker.portal)
    job = mail_job(walker.number, "review-3")
    assert job.state == "incident"
    lifecycle.retry(walker.portal, job.id, staff(walker))  # and by hand it has days again
    bench.drain(walker.portal)
    assert mail_job(walker.number, "review-3").state == "queued"


def test_greylisting_of_half_an_hour_needs_nobody(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    bench.mailbox.fail_with = [Temporary("busy", code=450, reply="greylisted", handed=False)] * 9
    walker.take(REVIEW)
    for _ in range(40):
        walker.clock.moment += timedelta(minutes=1)
        bench.drain(walker.portal)
    assert opened(walker) == ["review_result"]


def locked() -> peewee.OperationalError:
    """What SQLite says while another process writes."""
    said = sqlite3.OperationalError("database is locked")
    said.sqlite_errorcode = 5
    return peewee.OperationalError(said, "database is locked")


@pytest.mark.parametrize(
    "trouble",
    [
        locked(),
        peewee.OperationalError(psycopg.errors.DeadlockDetected("deadlock detected")),
        peewee.OperationalError(psycopg.OperationalError("the connection is closed")),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EMFILE, "Too many open files"),
    ],
    ids=["locked", "deadlock", "dropped", "full", "files"],
)
def test_trouble_of_our_own_ground_is_tried_again_however_long_it_lasts(bench: Bench, trouble: Exception) -> None:
    walker = go(bench, until="second_review")
    bench.mailbox.fail_with = [trouble] * 20  # type: ignore[list-item]
    walker.take(REVIEW)
    for _ in range(20):
        assert mail_job(walker.number, "review-3").state == "queued"
        walker.clock.moment += timedelta(days=1)
        bench.drain(walker.portal)
    assert opened(walker) == ["review_result"]
    assert len(bench.mailbox.of("review-3")) == 1


@pytest.mark.parametrize("trouble", [Temporary("All script workers are busy."), locked()])
def test_when_the_step_after_a_mail_has_to_wait_the_mail_is_not_sent_again(
    bench: Bench, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker = go(bench, until="second_review")
    walker.take_without_jobs(REVIEW)
    advance, troubles = bench.portal.engine.advance, [trouble] * 5

    def busy(*arguments):
        if troubles:
            raise troubles.pop()
        return advance(*arguments)

    monkeypatch.setattr(bench.portal.engine, "advance", busy)
    for _ in range(10):
        bench.drain(walker.portal)
        walker.clock.moment += timedelta(hours=2)
    assert opened(walker) == ["review_result"]
    assert len(bench.mailbox.of("review-3")) == 1


def test_when_the_step_after_a_mail_fails_it_is_an_incident_and_the_mail_is_not_sent_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    walker = go(bench, until="second_review")
    walker.take_without_jobs(REVIEW)

    def broken(*_arguments):
        raise KeyError("outcome")

    with monkeypatch.context() as patch:
        patch.setattr(bench.portal.engine, "advance", broken)
        bench.drain(walker.portal)
    job = mail_job(walker.number, "review-3")
    assert (job.state, job.error) == ("incident", "KeyError: 'outcome'")
    assert "incident: job" in caplog.text and "KeyError" in caplog.text and "Traceback" in caplog.text
    lifecycle.retry(walker.portal, job.id, staff(walker))
    bench.drain(walker.portal)
    assert opened(walker) == ["review_result"]
    assert len(bench.mailbox.of("review-3")) == 1


def test_a_defect_of_ours_is_an_incident_and_not_a_silent_loop(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    bench.mailbox.fail_with = [RuntimeError("boom")]  # type: ignore[list-item]
    walker.take(REVIEW)
    assert mail_job(walker.number, "review-3").state == "incident"


def test_a_worker_that_died_loses_its_lease_and_its_word(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    walker.take_without_jobs(REVIEW)
    dead = jobs.lease(walker.portal, "dead")
    assert dead is not None
    other = jobs.lease(walker.portal, "other")
    assert other is None or other.id != dead.id
    walker.clock.moment += timedelta(seconds=leases.LEASE_SECONDS + 1)
    bench.drain(walker.portal)
    assert opened(walker) == ["review_result"]
    assert jobs.perform(walker.portal, bench.hands(walker.portal), dead) == "late"
    assert opened(walker) == ["review_result"]
    assert [letter.mail_id for letter in bench.mailbox.letters].count("review-3") == 1


def test_a_heartbeat_keeps_a_lease(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    walker.take_without_jobs(REVIEW)
    held = jobs.lease(walker.portal, "slow")
    assert held is not None
    walker.clock.moment += timedelta(seconds=leases.LEASE_SECONDS - 5)
    assert leases.extend(walker.portal, held)
    walker.clock.moment += timedelta(seconds=30)
    other = jobs.lease(walker.portal, "other")
    assert other is None or other.id != held.id


def test_only_a_waiting_job_is_retried_by_hand(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    walker.take(REVIEW)
    with pytest.raises(Refused):
        lifecycle.retry(walker.portal, mail_job(walker.number, "review-3").id, staff(walker))


def test_many_workers_do_each_job_once(bench: Bench) -> None:
    """Eight threads over the same queue; each letter goes out once."""
    clock = StillClock()
    numbers = []
    for n in range(6):
        walker = bench.walker(application={"email": f"v{n}@example.com", "system_name": f"システム{n}"})
        walker.take_application()
        numbers.append(walker.number)
        clock.moment = max(clock.moment, walker.clock.moment)
    portal = bench.walker().portal
    errors: list[BaseException] = []

    def work_on() -> None:
        try:
            bench.drain(portal)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work_on) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len([1 for letter in bench.mailbox.letters if letter.mail_id == "review-1"]) == 6
    assert len({letter.message_id for letter in bench.mailbox.letters}) == len(bench.mailbox.letters)
