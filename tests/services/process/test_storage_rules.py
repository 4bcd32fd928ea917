"""The rules on which everything stored rests, on both databases. Each test ends a mutant of tests/mutants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.connectors.letter import Letter
from app.engine import Engine, TimersDue
from app.errors import Permanent, Stale
from app.services.base import leases
from app.services.base.actors import Actor
from app.services.cases import applications, lifecycle
from app.services.people import accounts as people
from app.services.process import jobs, steps, timers
from app.services.tasks import forms, send
from app.store import accounts, cases, database, jobrows, work
from app.store.models import Answer, Case, Job, Task, Visit
from app.worker import Worker
from tests.services.conftest import PACKAGES, STAFF, Bench, open_bench
from tests.support.network import wait_until

REQUEST = {
    "company_name": "みほん小学校", "contact_name": "例 一郎", "email": "school@example.com", "reader_kind": "school",
    "books": "12",
}  # fmt: skip
TABLES = ("case", "case_snapshot", "task", "answer", "job", "timer", "entry", "visit", "entry_link", "draft")


class Cut(BaseException):
    """The power fails."""


@pytest.fixture
def bench(tmp_path: Path, engine: Engine, either: str) -> Bench:
    """The three-step package over each kind of database."""
    return open_bench(tmp_path, either, engine, PACKAGES)


def apply(bench: Bench, name: str = "") -> str:
    """A new case; gives its number."""
    raw = {**REQUEST, "company_name": name or REQUEST["company_name"]}
    return applications.apply(bench.portal, "library_card", raw).number


def case_of(number: str) -> Case:
    with database.connection():
        case = cases.get(number)
    assert case is not None
    return case


def staff(bench: Bench) -> Actor:
    with database.connection():
        user = accounts.by_email(STAFF[0])
    assert user is not None
    return people.actor_of(bench.portal, user.id)


def task(number: str, element: str) -> Task:
    case = case_of(number)
    with database.connection():
        return next(row for row in work.open_tasks(case.id) if row.element == element)


def at_approval(bench: Bench, name: str = "") -> tuple[str, str]:
    """(case, task) of an application that waits for its approval, which is filled in."""
    number = apply(bench, name)
    bench.drain()
    waiting = task(number, "approve")
    forms.save_draft(bench.portal, waiting.id, {"outcome": "approved"}, staff(bench))
    return number, waiting.id


def stored() -> dict[str, list[Any]]:
    """Everything that a step writes."""
    with database.connection():
        return {
            name: sorted(map(repr, database.proxy.obj.execute_sql(f'SELECT * FROM "{name}"').fetchall()))
            for name in TABLES
        }


@contextmanager
def power_fails_before(statement: int) -> Iterator[None]:
    """Before the nth statement from here on."""
    bound, left = database.proxy.obj, [statement]
    execute = bound.execute_sql

    def counted(*args: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise Cut
        return execute(*args, **more)

    bound.execute_sql = counted
    try:
        yield
    finally:
        del bound.execute_sql


def in_thread(run: Callable[[], Any], found: list[Any]) -> threading.Thread:
    def one() -> None:
        try:
            found.append(run())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=one, daemon=True)
    thread.start()
    return thread


def until_it_waits(thread: threading.Thread) -> None:
    """Until the other one is over, or stands before a lock of ours. PostgreSQL says so; who waits for SQLite's one
    writer is seen by nobody, and given a moment."""
    if not database.is_postgres():
        thread.join(0.7)
        return
    waits = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted"
    wait_until(
        lambda: not thread.is_alive() or database.proxy.obj.execute_sql(waits).fetchone()[0] > 0, 60, "a lock's wait"
    )


def at_once(count: int, run: Callable[[int], Any]) -> list[Any]:
    """`run(n)` in as many threads, which begin together; what each gave, or its error."""
    gate, found = threading.Barrier(count), []

    def one(n: int) -> Any:
        gate.wait(60)
        return run(n)

    threads = [in_thread(lambda n=n: one(n), found) for n in range(count)]  # type: ignore[misc]
    for each in threads:
        each.join(120)
    assert len(found) == count
    return found


# One step is one transaction


@pytest.mark.parametrize("step", ["application", "approval"])
def test_wherever_the_power_fails_a_step_is_stored_with_its_jobs_or_not_at_all(bench: Bench, step: str) -> None:
    if step == "application":
        press: Callable[[], Any] = lambda: apply(bench)  # noqa: E731
    else:
        _, waiting = at_approval(bench)
        press = lambda: send.send(bench.portal, waiting, staff(bench))  # noqa: E731
    before, cuts = stored(), 0
    while True:
        cuts += 1
        try:
            with power_fails_before(cuts):
                press()
            break
        except Cut:
            assert stored() == before, f"something was left by a cut before statement {cuts}"
    assert cuts > 10
    after = stored()
    assert len(after["task"]) >= len(before["task"])
    if step == "application":
        assert len(after["job"]) == len(before["job"]) + 1


# Who holds a job


def leased_twice(bench: Bench) -> tuple[leases.Leased, leases.Leased]:
    """One job, held by a worker that is taken for dead and by its successor."""
    apply(bench)
    first = jobs.lease(bench.portal, "frozen")
    bench.portal.clock.moment += timedelta(seconds=leases.LEASE_SECONDS + 1)  # type: ignore[attr-defined]
    second = jobs.lease(bench.portal, "successor")
    assert first is not None
    assert second is not None
    assert (first.id, first.fence + 1) == (second.id, second.fence)
    return first, second


def test_who_has_lost_the_lease_is_not_believed_while_another_holds_the_job(bench: Bench) -> None:
    frozen, successor = leased_twice(bench)
    assert jobs.done(bench.portal, frozen) == "late"
    assert jobs.failed(bench.portal, frozen, Permanent("no"), retry=False) == "late"
    assert jobs.put_back(bench.portal, frozen, Permanent("no")) == "late"
    assert not leases.extend(bench.portal, frozen)
    with database.connection():
        row = jobrows.job(frozen.id)
        assert row is not None
        assert (row.state, row.worker, row.fence) == ("running", "successor", successor.fence)
    assert jobs.done(bench.portal, successor) == "done"


def test_a_worker_keeps_its_lease_for_as_long_as_its_connector_takes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail server that is slow: the lease is longer after each beat, and nobody else does the job."""
    for room in (jobs, leases):
        monkeypatch.setattr(room, "LEASE_SECONDS", 1.5)
    number = apply(bench)
    sending, go_on, stop = threading.Event(), threading.Event(), threading.Event()

    take = bench.mailbox.send

    def slowly(letter: Letter, *args: Any, **more: Any) -> Any:
        sending.set()
        go_on.wait(60)
        return take(letter, *args, **more)

    monkeypatch.setattr(bench.mailbox, "send", slowly)

    class Bell:
        def wait(self, _seconds: float) -> None:
            stop.set()

    worker = Worker(bench.portal, bench.hands(bench.portal), Bell(), stop)  # type: ignore[arg-type]
    thread = threading.Thread(target=worker.once, args=(0.0,))
    thread.start()
    try:
        assert sending.wait(60)
        job = jobs_of(number)[0]
        assert job.state == "running"
        bench.portal.clock.moment += timedelta(seconds=5)  # type: ignore[attr-defined]  # it would have run out
        wait_until(lambda: jobs_of(number)[0].lease_until > bench.portal.now(), 60, "a beat")
        assert jobs.lease(bench.portal, "other") is None
    finally:
        go_on.set()
        thread.join(60)
    assert jobs_of(number)[0].state == "done"


def jobs_of(number: str) -> list[Job]:
    case = case_of(number)
    with database.connection():
        return jobrows.jobs_of(case.id)


# Rows are locked


def test_whoever_steps_a_case_waits_until_the_other_step_is_stored(bench: Bench) -> None:
    case, order, found = case_of(apply(bench)), [], []

    def other() -> None:
        with database.transaction():
            cases.lock(case.id)
            order.append("other")

    with database.transaction():
        cases.lock(case.id)
        thread = in_thread(other, found)
        until_it_waits(thread)
        order.append("first")
    thread.join(60)
    assert order == ["first", "other"]


def test_a_job_that_is_being_leased_is_passed_over(bench: Bench) -> None:
    apply(bench, "一")
    apply(bench, "二")
    now, found = bench.portal.now(), []
    with database.transaction():
        mine = jobrows.lease("me", now, now + timedelta(seconds=60))
        thread = in_thread(lambda: jobs.lease(bench.portal, "you"), found)
        until_it_waits(thread)
    thread.join(60)
    assert mine is not None
    assert found[0].id != mine.id


@pytest.mark.parametrize("act", ["done", "failed", "retried"])
def test_who_changes_a_job_waits_for_its_case_with_nothing_in_hand(bench: Bench, act: str) -> None:
    """Case, then job, everywhere: whoever had the job first would wait for one who has the case and wants the job."""
    case, found = case_of(apply(bench)), []
    held = jobs.lease(bench.portal, "worker")
    assert held is not None
    if act == "retried":
        assert jobs.failed(bench.portal, held, Permanent("no such mailbox"), retry=False) == "incident"
    acts: dict[str, Callable[[], Any]] = {
        "done": lambda: jobs.done(bench.portal, held),
        "failed": lambda: jobs.failed(bench.portal, held, Permanent("no such mailbox"), retry=False),
        "retried": lambda: lifecycle.retry(bench.portal, held.id, staff(bench)),
    }
    with database.transaction():
        cases.lock(case.id)
        thread = in_thread(acts[act], found)
        until_it_waits(thread)
        assert jobrows.job(held.id, lock=True) is not None  # the server would end one of two that wait for each other
    thread.join(60)
    assert len(found) == 1 and not isinstance(found[0], Exception), found


def test_a_timer_fires_after_the_step_that_is_under_way_not_into_it(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    number, waiting = at_approval(bench)
    send.send(bench.portal, waiting, staff(bench))
    bench.portal.clock.moment += timedelta(days=2)  # type: ignore[attr-defined]
    case, found = case_of(number), []
    with database.transaction():
        locked = cases.lock(case.id)
        thread = in_thread(lambda: wake(bench), found)
        until_it_waits(thread)
        steps.advance(bench.portal, locked, TimersDue(), bench.portal.now())
    thread.join(60)
    assert not isinstance(found[0], Exception), found
    assert "the timers of case" not in caplog.text  # no deadlock, of which the server let the timer go
    with database.connection():
        assert [row.element for row in work.open_tasks(case.id)] == ["collect"]
        [visit] = Visit.select().where((Visit.case == case.id) & (Visit.element == "collect"))
        assert visit.entered == 1


def wake(bench: Bench) -> int:
    return timers.wake(bench.portal)


# Many at once


def test_many_who_send_one_task_are_one_who_did_and_others_who_were_slower(bench: Bench) -> None:
    number, waiting = at_approval(bench)
    who = staff(bench)
    found = at_once(8, lambda _n: database.again(lambda: send.send(bench.portal, waiting, who)))
    assert found.count(None) == 1, found
    assert len([each for each in found if isinstance(each, Stale)]) == 7, found
    with database.connection():
        case = cases.get(number)
        assert case is not None
        assert Answer.select().where((Answer.case == case.id) & (Answer.element == "approve")).count() == 1


def test_one_application_sent_by_many_at_once_is_one_case(bench: Bench) -> None:
    numbers = at_once(8, lambda _n: apply(bench))
    assert len(set(numbers)) == 1
    with database.connection():
        assert Case.select().count() == 1


def test_many_workers_do_each_of_many_jobs_once(bench: Bench) -> None:
    for n in range(8):
        apply(bench, f"学校{n}")
    found = at_once(6, lambda _n: bench.drain())
    assert not [each for each in found if isinstance(each, Exception)], found
    assert sorted(state for each in found for state in each) == ["done"] * 8
    assert len({letter.message_id for letter in bench.mailbox.letters}) == len(bench.mailbox.letters) == 8
