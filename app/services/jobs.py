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
from app.services import register, steps
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
    case_id: int
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
        return Leased(
            row.id,
            row.fence,
            row.key,
            row.operator,
            dict(row.params or {}),
            dict(row.data or {}),
            row.case_id,
            row.element,
            row.attempts,
            row.task_id,
        )


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
    return _record(portal, job, data)


def _held(job: Leased) -> Job | None:
    """The job's row, if this worker still holds it."""
    row = work.job(job.id, lock=True)
    return row if row is not None and row.state == "running" and row.fence == job.fence else None


def _record(portal: Portal, job: Leased, data: Any) -> str:
    now = portal.now()
    with database.transaction():
        case = cases.lock(job.case_id)
        row = _held(job)
        if row is None:
            return "late"
        row.state, row.finished_at, row.error = "done", now, ""
        if row.task_id:
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
        with database.transaction():
            case = cases.lock(case_id)
            steps.advance(portal, case, TimersDue(), now)
    if due:
        portal.poke()
    return len(due)


def next_due() -> datetime | None:
    """When the next job or timer is due."""
    with database.connection():
        return work.next_due()
