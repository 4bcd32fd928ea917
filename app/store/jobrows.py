"""Jobs: what the world outside has to notice, until it is done. A worker leases them by their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from peewee import JOIN, fn

from app.states import JobState
from app.store import inserting, statements
from app.store.composed import Composed
from app.store.database import locked
from app.store.models import Case, Job, TimerRow
from app.store.words import move
from config import logs


def jobs_like(operator: str, states: Iterable[JobState]) -> list[Job]:
    """The jobs of an operator in these states."""
    mine = (Job.operator == operator) & Job.state.in_(list(states))
    return list(Job.select(Job, Case).join(Case, JOIN.LEFT_OUTER).where(mine).order_by(Job.id))


def open_marks(operators: Sequence[str]) -> list[tuple[int, JobState, int, int]]:
    """(id, state, fence, attempts) of these operators' jobs that are not done: they change when a job moves on."""
    query = Job.select(Job.id, Job.state, Job.fence, Job.attempts).where(
        Job.operator.in_(list(operators)) & Job.state.in_([JobState.QUEUED, JobState.RUNNING, JobState.INCIDENT])
    )
    return [(row.id, row.state, row.fence, row.attempts) for row in query.order_by(Job.id)]


_TO_DO = frozenset({"queued", "running", "parked", "incident"})


IS_TO_DO = "case_id = ? AND state IN ('queued', 'running', 'parked', 'incident')"


def job_failed(key: str) -> bool:
    """Whether the job of this key has failed for good."""
    return bool(Job.select(Job.id).where((Job.key == key) & (Job.state == JobState.INCIDENT)).exists())


def job_known(key: str) -> bool:
    """Whether there is a job of this key."""
    return bool(Job.select().where(Job.key == key).exists())


def add_job(**values: Any) -> bool:
    """Queue a job; false when one of the same key exists. It remembers the request that asked for it."""
    Job.require(values)
    return inserting.insert_once(Job(**{"request": logs.value("request"), **values}))


@cache
def _next(named: bool, others: bool) -> Composed[Job]:
    """The next job that is due, or whose holder has gone: (now, now, of these operators, of none of these)."""

    def query(now: Any, again: Any, operators: Any, without: Any) -> Any:
        waits, left = Job.state == JobState.QUEUED, Job.state == JobState.RUNNING
        found = Job.select().where((waits & (Job.run_at <= now)) | (left & (Job.lease_until < again)))
        if named:
            found = found.where(Job.operator.in_(operators))
        if others:
            found = found.where(Job.operator.not_in(without))
        return locked(found.order_by(Job.run_at, Job.id).limit(1), skip=True)

    return Composed(query)


def lease(
    worker: str, now: datetime, until: datetime, operators: Sequence[str] = (), without: Sequence[str] = ()
) -> Job | None:
    """Take the next job that is due, or whose holder has gone; the fence grows with each lease. `operators`: of these
    alone, where some are named; `without`: of none of these."""
    job = _next(bool(operators), bool(without)).one(now, now, list(operators), list(without))
    if job is None:
        return None
    # What a holder did who is gone, nobody knows.
    handed = job.handed or job.state == JobState.RUNNING
    return _leased(job.id, worker=worker, lease_until=until, handed=handed)


def take(job_id: int, worker: str, until: datetime) -> Job:
    """Give the job to this holder, whoever had it: the fence grows, so that the other's word counts no more."""
    return _leased(job_id, worker=worker, lease_until=until)


def _leased(job_id: int, **values: Any) -> Job:
    values |= {"fence": Job.fence + 1, "attempts": Job.attempts + 1}
    move(Job.state, JobState.RUNNING, Job.id == job_id, **values)
    return Job.get_by_id(job_id)


def hold(operator: str, why: str) -> int:
    """What waits to be done by this operator waits for a person; gives how many jobs these are."""
    waiting = (Job.operator == operator) & Job.state.in_([JobState.QUEUED, JobState.RUNNING])
    return move(Job.state, JobState.INCIDENT, waiting, error=why, lease_until=None)


def job(job_id: int, *, lock: bool = False) -> Job | None:
    """The job of this row id."""
    query = Job.select().where(Job.id == job_id)
    return (locked(query) if lock else query).first()


def set_going(job_id: int, now: datetime) -> None:
    """A job that waits for a person, or for its time, is done anew and at once."""
    anew: dict[str, Any] = {"attempts": 0, "tried_since": None, "run_at": now, "error": "", "said": {}}
    move(Job.state, JobState.QUEUED, Job.id == job_id, **anew)


def unpark(job_id: int) -> None:
    """What the job waited for has been completed."""
    move(Job.state, JobState.QUEUED, (Job.id == job_id) & (Job.state == JobState.PARKED))


def count_jobs(operator: str, states: Iterable[JobState]) -> int:
    """How many jobs of an operator (empty: of any) are in these states."""
    query = Job.select().where(Job.state.in_(list(states)))
    return int((query.where(Job.operator == operator) if operator else query).count())


def of_cases(cases: Any) -> Any:
    """The query of those of the cases in which a token waits for a job that failed for good."""
    return Job.select(Job.case).where(Job.case.in_(cases) & (Job.state == JobState.INCIDENT) & (Job.task_id != ""))


def failed_cases() -> frozenset[int]:
    """Every case in which a token waits for a job that failed for good."""
    mine = (Job.state == JobState.INCIDENT) & (Job.task_id != "") & Job.case.is_null(False)
    return frozenset(row.case_id for row in Job.select(Job.case).where(mine) if row.case_id)


def due_from(now: datetime, operator: str) -> int:
    """Jobs of this operator that were due wait since now: what kept them is over. Gives how many."""
    due = (Job.operator == operator) & (Job.state == JobState.QUEUED) & (Job.run_at < now)
    return int(Job.update(run_at=now).where(due).execute())


def jobs_in(*states: JobState) -> list[Job]:
    """All jobs in these states."""
    return list(Job.select().where(Job.state.in_(list(states))).order_by(Job.id))


def jobs_of(case: int, *states: JobState) -> list[Job]:
    """The case's jobs in these states."""
    if states and _TO_DO.issuperset(states):  # asked of several sides in one step: in the same words
        rows = statements.rows(Job, IS_TO_DO, case)
        return sorted((row for row in rows if row.state in states), key=lambda row: row.id)  # here it is quicker
    if not states:
        return statements.rows(Job, "case_id = ?", case, order="id")
    one_of = ", ".join("?" * len(states))
    asked = (state.value for state in states)
    return statements.rows(Job, f"case_id = ? AND state IN ({one_of})", case, *asked, order="id")


def made_at(case: int, at: datetime) -> list[Job]:
    """The case's jobs that a step of this very moment asked for."""
    return statements.rows(Job, "case_id = ? AND created_at = ?", case, Job.created_at.db_value(at), order="id")


_by_keys = Composed[Job](lambda case, keys: Job.select().where((Job.case == case) & Job.key.in_(keys)))


def by_keys(case: int, keys: Sequence[str]) -> list[Job]:
    """Those jobs of a case that have one of these keys."""
    return _by_keys.rows(case, list(keys)) if keys else []


def under_way(case: int) -> set[str]:
    """The engine's task ids of the case's jobs that are to be done, or failed for good."""
    rows = jobs_of(case, JobState.QUEUED, JobState.RUNNING, JobState.INCIDENT)
    return {row.task_id for row in rows if row.task_id}


def parked(case: int) -> list[Job]:
    """The case's jobs that wait for an element to be completed."""
    return jobs_of(case, JobState.PARKED)


def waiting_jobs(case: int, after: int) -> list[int]:
    """The row ids of the case's jobs that nobody does just now and that came after this one, oldest first."""
    rows = jobs_of(case, JobState.QUEUED, JobState.PARKED, JobState.INCIDENT)
    return [row.id for row in rows if row.id > after]


def oldest_due(now: datetime, without: Sequence[str] = ()) -> datetime | None:
    """Since when the job waits that waits longest for somebody to do it, of these operators apart; none
    when nothing is due."""
    due = (Job.state == JobState.QUEUED) & (Job.run_at <= now)
    due = due & Job.operator.not_in(list(without)) if without else due
    waiting = Job.select(fn.MIN(Job.run_at)).where(due).scalar()
    left = Job.select(fn.MIN(Job.lease_until)).where((Job.state == JobState.RUNNING) & (Job.lease_until < now)).scalar()
    return min((moment for moment in (waiting, left) if isinstance(moment, datetime)), default=None)


def next_due() -> datetime | None:
    """When the next job or timer is due."""
    job_at = Job.select(fn.MIN(Job.run_at)).where(Job.state == JobState.QUEUED).scalar()
    timer_at = TimerRow.select(fn.MIN(TimerRow.due_at)).scalar()
    found = [moment for moment in (job_at, timer_at) if isinstance(moment, datetime)]
    return min(found) if found else None
