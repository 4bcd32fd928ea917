"""Numbers of what is stored, for whoever watches the portal: counts alone, of nobody in particular."""

from __future__ import annotations

from typing import Any

from peewee import fn

from app.states import JobState, Side
from app.store import tally
from app.store.incidents import OPEN
from app.store.models import Case, Incident, Job, Mail, Outage, WorkerSign
from app.store.workers import now

TO_DO = (JobState.QUEUED, JobState.RUNNING, JobState.PARKED, JobState.INCIDENT)
_Counts = list[tuple[tuple[str, ...], int]]


def cases() -> _Counts:
    """(state, stage) and how many cases."""
    return _counted(Case, Case.state, Case.stage)


def open_tasks() -> _Counts:
    """(side,) and how many tasks wait for it."""
    waiting = ((side, sum(lane.n for lane in tally.lanes(side))) for side in Side)
    return sorted(((side.value,), count) for side, count in waiting if count)


def jobs() -> _Counts:
    """(operator, state) and how many jobs are not done."""
    return _counted(Job, Job.operator, Job.state, where=Job.state.in_(list(TO_DO)))


def incidents() -> _Counts:
    """(kind,) and how many incidents are open."""
    return _counted(Incident, Incident.kind, where=OPEN)


def mails() -> _Counts:
    """(state,) and how many mails of cases."""
    return _counted(Mail, Mail.state)


def outages() -> int:
    """How many servers are away."""
    return int(Outage.select().count())


def workers() -> list[float]:
    """Seconds since the last sign of each worker."""
    here = now()
    return sorted(abs((here - row.seen_at).total_seconds()) for row in WorkerSign.select())


def _counted(model: Any, *by: Any, where: Any = None) -> _Counts:
    query = model.select(*by, fn.COUNT(model.id)).group_by(*by).order_by(*by)
    rows = (query.where(where) if where is not None else query).tuples()
    return [(tuple(str(each) for each in row[:-1]), int(row[-1])) for row in rows]
