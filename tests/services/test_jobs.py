"""Jobs: done once, retried when it may help, an incident when it does not, and never believed too late."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from app.errors import Permanent, Refused, Temporary
from app.services import jobs, lifecycle
from app.store import cases, database, records, work
from app.store.models import Job
from tests.services.conftest import Bench, StillClock
from tests.services.steps import go, opened, staff

REVIEW = {"complete": "second_review", "by": "operator", "answer": {"outcome": "passed"}, "person": "2"}


def mail_job(number: str, mail: str) -> Job:
    with database.connection():
        case = cases.get(number)
        assert case is not None
        return next(job for job in work.jobs_of(case.id) if job.params.get("mail") == mail)


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


def test_after_many_failures_a_job_is_an_incident(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    bench.mailbox.fail_with = [Temporary("busy")] * 20
    walker.take(REVIEW)
    for _ in range(jobs.MOST_ATTEMPTS):
        walker.clock.moment += timedelta(hours=1)
        bench.drain(walker.portal)
    assert mail_job(walker.number, "review-3").state == "incident"


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
    walker.clock.moment += timedelta(seconds=jobs.LEASE_SECONDS + 1)
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
    walker.clock.moment += timedelta(seconds=jobs.LEASE_SECONDS - 5)
    assert jobs.extend(walker.portal, held)
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
