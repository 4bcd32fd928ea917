"""Tasks, drafts, answers, comments and jobs: what waits to be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from peewee import JOIN, fn

from app.states import CommentState, JobState, TaskState
from app.store import statements
from app.store.composed import Composed
from app.store.database import locked
from app.store.models import Answer, Case, Comment, Draft, Job, Member, Reminder, Task, TimerRow
from app.store.models.lists import DUE
from app.store.words import move

# Tasks


def task(task_id: str) -> Task | None:
    """The task of this id."""
    return statements.one(Task, "id = ?", task_id)


_with_case = Composed[Task](lambda task_id: Task.select(Task, Case).join(Case).where(Task.id == task_id))


_with_cases = Composed[Task](lambda ids: Task.select(Task, Case).join(Case).where(Task.id.in_(ids)))


def tasks_with_cases_ahead(ids: Sequence[str]) -> None:
    """Read these tasks at once; `task_with_case` will find each. Only within `reading_once`."""
    _with_case.ahead(_with_cases, 0, ids)


def task_with_case(task_id: str) -> Task | None:
    """The same with its case, which is read with it."""
    return _with_case.one(task_id)


def open_tasks(case: int) -> list[Task]:
    """The tasks of a case on which a token stands, in the order in which they opened."""
    return statements.rows(Task, "case_id = ? AND state = 'open'", case, order="opened_at, id")


def tasks_of(case: int) -> list[Task]:
    """Every task of a case, in the order in which they opened."""
    return list(Task.select().where(Task.case == case).order_by(Task.opened_at, Task.id))


_open_of = Composed[Task](
    lambda cases: Task.select().where(Task.case.in_(cases) & (Task.state == TaskState.OPEN)).order_by(Task.opened_at)
)


def open_tasks_of(cases: Sequence[int]) -> dict[int, list[Task]]:
    """The open tasks of several cases at once."""
    found: dict[int, list[Task]] = {}
    for row in _open_of.rows(list(cases)) if cases else ():
        found.setdefault(row.case_id, []).append(row)
    return found


_last_done = Composed[Task](
    lambda case, element: (
        Task.select()
        .where((Task.case == case) & (Task.element == element) & (Task.state == TaskState.DONE))
        .order_by(Task.closed_at.desc())
        .limit(1)
    )
)


def last_done(case: int, element: str) -> Task | None:
    """The task of this element that was finished last."""
    return _last_done.one(case, element)


def last_closed(case: int) -> Task | None:
    """The task of the case that was finished last."""
    done = (Task.case == case) & (Task.state == TaskState.DONE)
    return Task.select().where(done).order_by(Task.closed_at.desc(), Task.opened_at.desc()).first()


def open_of_elements(elements: Sequence[str], side: str, limit: int = 200) -> list[Task]:
    """The open tasks of these elements, the one that is due first on top."""
    where, order = "state = 'open' AND side = ? AND element = ?", f"{DUE}, id LIMIT {limit:d}"  # as in the index
    found = [row for each in elements for row in statements.rows(Task, where, side, each, order=order)]
    return sorted(found, key=lambda row: (row.due_on or date.max, row.id))[:limit]


def open_presented(presentation: str, side: str, limit: int = 100) -> list[Task]:
    """The open tasks of one presentation, the one that is due first on top."""
    where = "state = 'open' AND side = ? AND presentation = ?"  # as in the index, which serves no value that is bound
    return statements.rows(Task, where, side, presentation, order=f"due_on IS NULL, due_on, id LIMIT {limit:d}")


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


_vendors = Composed[Task](
    lambda user: (
        Task.select()
        .join(Member, on=(Member.case == Task.case))
        .where((Member.user == user) & (Task.state == TaskState.OPEN) & (Task.side == "vendor"))
        .order_by(Task.due_on.is_null(), Task.due_on, Task.opened_at)
    )
)


def vendor_tasks(user: int) -> list[Task]:
    """The open vendor's tasks of every case that the person belongs to."""
    return _vendors.rows(user)


def tasks_due(first: date | None, last: date, after: Task | None, limit: int) -> list[Task]:
    """Open tasks that are due in this period, by their days; so many, from behind the one that was the last before."""
    query = Task.select().where((Task.state == TaskState.OPEN) & (Task.due_on <= last))
    if first is not None:
        query = query.where(Task.due_on >= first)
    if after is not None:
        query = query.where((Task.due_on > after.due_on) | ((Task.due_on == after.due_on) & (Task.id > after.id)))
    return list(query.order_by(Task.due_on, Task.id).limit(limit))


def reminders(tasks: Sequence[str]) -> dict[str, frozenset[str]]:
    """The kinds of reminders that went out for these tasks."""
    found: dict[str, set[str]] = {}
    for start in range(0, len(tasks), 500):
        part = list(tasks[start : start + 500])
        for row in Reminder.select(Reminder.task, Reminder.kind).where(Reminder.task.in_(part)):
            found.setdefault(row.task_id, set()).add(row.kind)
    return {task: frozenset(kinds) for task, kinds in found.items()}


def reminded(task_id: str, kind: str, at: datetime) -> bool:
    """Note that this reminder goes out; false when it went already."""
    return bool(Reminder.insert(task=task_id, kind=kind, sent_at=at).on_conflict_ignore().as_rowcount().execute())


# Drafts and answers


def draft(task_id: str) -> Draft | None:
    """What is typed and not sent."""
    return statements.one(Draft, "task_id = ?", task_id)


def answers(case: int, element: str) -> list[Answer]:
    """The element's answers in this case, newest first."""
    return answers_by_element(case).get(element, [])


def latest_answers(case: int) -> dict[str, Answer]:
    """The newest answer of each element."""
    return {row.element: row for row in statements.rows(Answer, "case_id = ?", case, order="at, id")}


def answers_by_element(case: int) -> dict[str, list[Answer]]:
    """All answers of a case by their element, each element's newest first."""
    found: dict[str, list[Answer]] = {}
    for row in reversed(statements.rows(Answer, "case_id = ?", case, order="at, id")):
        found.setdefault(row.element, []).append(row)
    return found


def latest_answers_of(cases: Sequence[int], elements: Sequence[str]) -> dict[int, dict[str, Answer]]:
    """The newest answer of each of these elements, in several cases at once."""
    found: dict[int, dict[str, Answer]] = {}
    if cases and elements:
        asked = Answer.case.in_(list(cases)) & Answer.element.in_(list(elements))
        for row in Answer.select().where(asked).order_by(Answer.at, Answer.id):
            found.setdefault(row.case_id, {})[row.element] = row
    return found


# Comments (補正)


def comments(case: int, *states: CommentState, review_task: str = "") -> list[Comment]:
    """The points of a case, oldest first."""
    return [
        row
        for row in statements.rows(Comment, "case_id = ?", case, order="id")
        if (not states or row.state in states) and (not review_task or row.review_task == review_task)
    ]


# Jobs

_TO_DO = frozenset({"queued", "running", "parked", "incident"})
IS_TO_DO = "case_id = ? AND state IN ('queued', 'running', 'parked', 'incident')"


def job_known(key: str) -> bool:
    """Whether there is a job of this key."""
    return bool(Job.select().where(Job.key == key).exists())


def add_job(**values: Any) -> bool:
    """Queue a job; false when one of the same key exists."""
    return bool(Job.insert(**values).on_conflict_ignore().as_rowcount().execute())


def lease(
    worker: str, now: datetime, until: datetime, operators: Sequence[str] = (), without: Sequence[str] = ()
) -> Job | None:
    """Take the next job that is due, or whose holder has gone; the fence grows with each lease. `operators`: of these
    alone, where some are named; `without`: of none of these."""
    waits, left = Job.state == JobState.QUEUED, Job.state == JobState.RUNNING
    ready = (waits & (Job.run_at <= now)) | (left & (Job.lease_until < now))
    query = Job.select().where(ready)
    if operators:
        query = query.where(Job.operator.in_(list(operators)))
    if without:
        query = query.where(Job.operator.not_in(list(without)))
    job: Job | None = locked(query.order_by(Job.run_at, Job.id).limit(1), skip=True).first()
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


_failed = Composed[Job](
    lambda cases: Job.select(Job.case).where(
        Job.case.in_(cases) & (Job.state == JobState.INCIDENT) & (Job.task_id != "")
    )
)


def failed_among(cases: Sequence[int]) -> frozenset[int]:
    """Those of the cases in which a token waits for a job that failed for good."""
    return frozenset(row.case_id for row in _failed.rows(list(cases)) if row.case_id) if cases else frozenset()


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
        rows = statements.rows(Job, IS_TO_DO, case, order="id")
        return [row for row in rows if row.state in states]
    query = Job.select().where(Job.case == case)
    if states:
        query = query.where(Job.state.in_(list(states)))
    return list(query.order_by(Job.id))


def under_way(case: int) -> set[str]:
    """The engine's task ids of the case's jobs that are to be done, or failed for good."""
    where = "case_id = ? AND state IN ('queued', 'running', 'incident') AND task_id <> ''"
    return {row.task_id for row in statements.rows(Job, where, case)}


def parked(case: int) -> list[Job]:
    """The case's jobs that wait for an element to be completed."""
    return statements.rows(Job, "case_id = ? AND state = 'parked'", case, order="id")


def waiting_jobs(case: int, after: int) -> list[int]:
    """The row ids of the case's jobs that nobody does just now and that came after this one, oldest first."""
    where = "case_id = ? AND id > ? AND state IN ('queued', 'parked', 'incident')"
    return [row.id for row in statements.rows(Job, where, case, after, order="id")]


def oldest_due(now: datetime, without: Sequence[str] = ()) -> datetime | None:
    """Since when the job waits that waits longest for somebody to do it, of these operators apart; none when nothing
    is due."""
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


# Timers


def replace_timers(case: int, rows: Sequence[tuple[str, str, datetime]]) -> None:
    """The case's waiting timers are now these (task id, element, due)."""
    TimerRow.delete().where(TimerRow.case == case).execute()
    for task_id, element, due in rows:
        TimerRow.create(case=case, task_id=task_id, element=element, due_at=due)


def timers(case: int) -> list[TimerRow]:
    """The case's waiting timers, next due first."""
    return list(TimerRow.select().where(TimerRow.case == case).order_by(TimerRow.due_at))


def put_off_timers(case: int, now: datetime, until: datetime) -> None:
    """The case's due timers wait until then."""
    TimerRow.update(due_at=until).where((TimerRow.case == case) & (TimerRow.due_at <= now)).execute()


def cases_with_timers_due(now: datetime, limit: int = 50) -> list[int]:
    """Cases to wake."""
    rows = TimerRow.select(TimerRow.case).where(TimerRow.due_at <= now).order_by(TimerRow.due_at).limit(limit)
    return list(dict.fromkeys(row.case_id for row in rows))


def case_ids(tasks: Sequence[Task]) -> list[int]:
    """The cases that these tasks belong to."""
    return list(dict.fromkeys(row.case_id for row in tasks))


_by_ids = Composed[Task](lambda ids: Task.select().where(Task.id.in_(ids)))


def tasks_by_ids(ids: Sequence[str]) -> list[Task]:
    """The tasks of these ids, in this order."""
    rows = {row.id: row for row in _by_ids.rows(list(ids))} if ids else {}
    return [rows[i] for i in ids if i in rows]


def reassign(ids: Sequence[str], user: int | None) -> int:
    """Give open tasks to a person, or back to the group."""
    if not ids:
        return 0
    return int(Task.update(assignee=user).where(Task.id.in_(list(ids)) & (Task.state == TaskState.OPEN)).execute())


def assigned_to(user: int) -> list[Task]:
    """The open tasks of a person, oldest first."""
    return list(
        Task.select().where((Task.assignee == user) & (Task.state == TaskState.OPEN)).order_by(Task.opened_at, Task.id)
    )
