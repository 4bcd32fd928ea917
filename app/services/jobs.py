"""Jobs: leased, done by a connector outside any transaction, and recorded under the lease's fence.

A result counts only if the lease still holds and the token still stands on the service task; else it "came too
late": it is recorded, and nothing is resurrected.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.connectors.registry import CONNECTORS, Where
from app.engine import JobDone, TimersDue, TooLate
from app.errors import NinteiError, Permanent, Temporary
from app.services import cardmaking, register, steps
from app.services.outside import Outside
from app.services.portal import Portal
from app.store import cases, database, work
from app.store.models import Job

LEASE_SECONDS = 120
MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Leased:
    """A job that this worker holds."""

    id: int
    fence: int
    key: str
    operator: str
    params: Mapping[str, Any]
    data: Mapping[str, Any]
    case_id: int  # 0: of none
    element: str
    attempts: int
    task_id: str = ""  # the engine task that waits for it


def lease(portal: Portal, worker: str, operators: tuple[str, ...] = ()) -> Leased | None:
    """Take the next job; none when nothing is due."""
    now = portal.now()
    with database.transaction():
        row = work.lease(worker, now, now + timedelta(seconds=LEASE_SECONDS), operators)
        if row is None:
            return None
        return leased(row)


def worker_operators(portal: Portal) -> tuple[str, ...]:
    """What the worker takes: everything, or everything but cards where desks with an agent make them."""
    if portal.settings.card_reader != cardmaking.AGENT:
        return ()
    return tuple(name for name in CONNECTORS if name != "card")


def held(job_id: int, fence: int, worker: str) -> Leased | None:
    """The job as its holder under this fence may report on it; none when it is not theirs any more."""
    row = work.job(job_id)
    if row is None or (row.state, row.fence, row.worker) != ("running", fence, worker):
        return None
    return leased(row)


def leased(row: Job) -> Leased:
    """The row as its holder sees it."""
    params, data = dict(row.params or {}), dict(row.data or {})
    return Leased(
        row.id, row.fence, row.key, row.operator, params, data, row.case_id or 0, row.element, row.attempts, row.task_id
    )


def done(portal: Portal, job: Leased, data: Any = None) -> str:
    """It is done: recorded under the fence; gives the job's state afterwards."""
    return _record(portal, job, data)


def failed(portal: Portal, job: Leased, error: NinteiError, *, retry: bool) -> str:
    """It failed: tried again later, or an incident; recorded under the fence."""
    return _failed(portal, job, error, retry=retry)


def put_back(portal: Portal, job: Leased, error: NinteiError) -> str:
    """Nobody's fault (a card was pulled): it waits for whoever comes next, and the try does not count."""
    now = portal.now()
    with database.transaction():
        row = _held(job)
        if row is None:
            return "late"
        row.state, row.run_at, row.lease_until = "queued", now, None
        row.attempts, row.error = max(0, row.attempts - 1), str(error)[:2000]
        row.save()
    return "queued"


def perform(portal: Portal, outside: Outside, job: Leased) -> str:
    """Do a leased job and record what came of it; gives the job's state afterwards."""
    connector = CONNECTORS.get(job.operator)
    try:
        if connector is None:
            raise Permanent("There is no connector %(operator)s", operator=job.operator)
        if connector.where is Where.RECORD:
            return _record_operation(portal, job)
        data = outside.do(job)
    except Temporary as error:
        return _failed(portal, job, error, retry=True)
    except NinteiError as error:
        return _failed(portal, job, error, retry=False)
    except Exception as error:  # a defect of ours must become an incident that staff see, not a silent loop
        return _failed(
            portal,
            job,
            Permanent("%(kind)s: %(text)s", kind=type(error).__name__, text=str(error)[:500]),
            retry=False,
        )
    try:
        return _record(portal, job, data)
    except NinteiError as error:  # what follows in the process fails: the work itself is done and is not done again
        return _failed(portal, job, error, retry=False)


def _held(job: Leased) -> Job | None:
    """The job's row, if this worker still holds it."""
    row = work.job(job.id, lock=True)
    return row if row is not None and row.state == "running" and row.fence == job.fence else None


def _record(portal: Portal, job: Leased, data: Any) -> str:
    now = portal.now()
    with database.transaction():
        case = cases.lock(job.case_id) if job.case_id else None  # a mail of the portal itself has none
        row = _held(job)
        if row is None:
            return "late"
        row.state, row.finished_at, row.error = "done", now, ""
        if row.task_id and case is not None:
            try:
                steps.advance(portal, case, JobDone(row.task_id, data), now)
            except TooLate:
                row.state = "late"
                cases.log(
                    case.id,
                    now,
                    "late",
                    title=row.element,
                    data={"operator": row.operator},
                    audience="operator",
                )
        row.save()
    portal.poke()
    return str(row.state)


def _record_operation(portal: Portal, job: Leased) -> str:
    """A RECORD operator: its work and the step that follows are one transaction."""
    now = portal.now()
    with database.transaction():
        case = cases.lock(job.case_id)
        row = _held(job)
        if row is None:
            return "late"
        if row.task_id and row.task_id not in case.running:
            row.state, row.finished_at = "late", now
            row.save()
            return "late"
        loaded = portal.releases.loaded(case.release_id)
        data = register.OPERATIONS[job.operator](portal, case, loaded, job.params, now)
        case.save()
        row.state, row.finished_at, row.error = "done", now, ""
        row.save()
        if row.task_id:
            steps.advance(portal, case, JobDone(row.task_id, data), now)
    portal.poke()
    return "done"


def _failed(portal: Portal, job: Leased, error: NinteiError, *, retry: bool) -> str:
    now = portal.now()
    with database.transaction():
        row = _held(job)
        if row is None:
            return "late"
        row.error = str(error)[:2000]
        if retry and row.attempts < MOST_ATTEMPTS:
            row.state, row.run_at = "queued", now + timedelta(seconds=backoff(row.attempts))
        else:
            row.state = "incident"
            if row.case_id:
                cases.log(
                    row.case_id,
                    now,
                    "incident",
                    element=row.element,
                    title=row.element or row.operator,
                    text=row.error,
                    audience="operator",
                )
        row.lease_until = None
        row.save()
        return str(row.state)


def backoff(attempts: int) -> float:
    """Seconds until the next try: 2, 4, 8 … at most 15 minutes, with full jitter upon the half."""
    base = min(900.0, 2.0**attempts)
    return base / 2 + random.uniform(0, base / 2)  # noqa: S311 - spreads load, guards nothing


def extend(portal: Portal, job: Leased) -> bool:
    """Heartbeat: keep a lease that is still ours."""
    until = portal.now() + timedelta(seconds=LEASE_SECONDS)
    with database.transaction():
        changed = (
            Job.update(lease_until=until)
            .where((Job.id == job.id) & (Job.fence == job.fence) & (Job.state == "running"))
            .execute()
        )
    return bool(changed)


def wake(portal: Portal) -> int:
    """Fire the timers that are due; gives how many cases were woken."""
    now = portal.now()
    with database.connection():
        due = work.cases_with_timers_due(now)
    for case_id in due:
        try:
            with database.transaction():
                steps.advance(portal, cases.lock(case_id), TimersDue(), now)
        except NinteiError as error:  # one case whose diagram fails must not hold up the others
            _put_off(portal, case_id, error)
    if due:
        portal.poke()
    return len(due)


def _put_off(portal: Portal, case_id: int, error: NinteiError) -> None:
    """A timer could not fire: staff see it, and it is tried again in an hour."""
    now = portal.now()
    with database.transaction():
        work.put_off_timers(case_id, now, now + timedelta(hours=1))
        cases.log(case_id, now, "incident", title="timer", text=str(error)[:2000], audience="operator")


def next_due() -> datetime | None:
    """When the next job or timer is due."""
    with database.connection():
        return work.next_due()
