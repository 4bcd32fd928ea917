"""A job in one worker's hands: leased for a while, fenced, its lease made longer while the work goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.errors import NotFound
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.states import JobState
from app.store import cases, database, jobrows
from app.store.models import Case, Job

LEASE_SECONDS = 120


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
    request: str = ""  # which request asked for it


def held(job_id: int, fence: int, worker: str) -> Leased | None:
    """The job as its holder under this fence may report on it; none when it is not theirs any more."""
    row = jobrows.job(job_id)
    if row is None or (row.state, row.fence, row.worker) != (JobState.RUNNING, fence, worker):
        return None
    return leased(row)


def leased(row: Job) -> Leased:
    """The row as its holder sees it."""
    params, data = dict(row.params or {}), dict(row.data or {})
    return Leased(
        id=row.id,
        fence=row.fence,
        key=row.key,
        operator=row.operator,
        params=params,
        data=data,
        case_id=row.case_id or 0,
        element=row.element,
        attempts=row.attempts,
        task_id=row.task_id,
        request=row.request,
    )


def extend(portal: Portal, job: Leased) -> bool:
    """Heartbeat: keep a lease that is still ours."""
    until = portal.now() + timedelta(seconds=LEASE_SECONDS)
    with database.transaction():
        changed = (
            Job.update(lease_until=until)
            .where((Job.id == job.id) & (Job.fence == job.fence) & (Job.state == JobState.RUNNING))
            .execute()
        )
    return bool(changed)


def case_of(portal: Portal, job: Leased) -> tuple[Case, Loaded]:
    """The case for which a job works, and its release. Raises NotFound."""
    case = cases.by_id(job.case_id)
    if case is None:
        raise NotFound("There is no such case")
    return case, portal.releases.loaded(case.release_id)
