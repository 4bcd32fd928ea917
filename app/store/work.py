"""Tasks, drafts, answers, comments and timers: what waits for people or for its time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from peewee import JOIN, fn

from app.states import CommentState, Side, TaskState
from app.store import statements
from app.store.composed import Composed
from app.store.models import Answer, Case, Comment, Company, Draft, Member, Reminder, Task
from app.store.models.lists import DUE

# Tasks


def task(task_id: str) -> Task | None:
    """The task of this id."""
    return statements.one(Task, "id = ?", task_id)


def _whole() -> Any:
    return Task.select(Task, Case, Company).join(Case).join(Company, JOIN.LEFT_OUTER)


_with_case = Composed[Task](lambda task_id: _whole().where(Task.id == task_id))


_with_cases = Composed[Task](lambda ids: _whole().where(Task.id.in_(ids)))


def tasks_with_cases_ahead(ids: Sequence[str]) -> None:
    """Read these tasks at once; `task_with_case` will find each. Only within `reading_once`."""
    _with_case.ahead(_with_cases, 0, ids)


def task_with_case(task_id: str) -> Task | None:
    """The same with its case and its company, which are read with it."""
    return _with_case.one(task_id)


_OPEN, _IN_TURN = "case_id = ? AND state = 'open'", "opened_at, id"


def open_tasks(case: int) -> list[Task]:
    """The tasks of a case on which a token stands, in the order in which they opened."""
    return statements.rows(Task, _OPEN, case, order=_IN_TURN)


def open_tasks_stand(case: int) -> bool:
    """Whether no task has been written since `open_tasks` was asked for in this transaction."""
    return statements.is_known(Task, _OPEN, case, order=_IN_TURN)


def tasks_of(case: int) -> list[Task]:
    """Every task of a case, in the order in which they opened."""
    return statements.rows(Task, "case_id = ?", case, order="opened_at, id")


def newest_tasks(case: int, limit: int, sides: Sequence[Side]) -> list[Task]:
    """The tasks of these sides that opened last, in the order in which they opened; none that was cancelled."""
    marks = ", ".join("?" * len(sides))
    where = f"case_id = ? AND state IN ('open', 'done') AND side IN ({marks})"
    order = f"opened_at DESC, id DESC LIMIT {limit:d}"
    return statements.rows(Task, where, case, *(side.value for side in sides), order=order)[::-1]


_counted = Composed[Task](
    lambda case, sides: Task.select(fn.COUNT(Task.id)).where(
        (Task.case == case) & Task.state.in_([TaskState.OPEN, TaskState.DONE]) & Task.side.in_(sides)
    )
)


def count_tasks(case: int, sides: Sequence[Side]) -> int:
    """How many tasks of these sides a case has and had, those left out that were cancelled."""
    return int(_counted.value(case, list(sides)) or 0)


_settling = Composed[Task](
    lambda case, elements: (
        Task.select()
        .where((Task.case == case) & Task.element.in_(elements) & Task.closed_at.is_null(False))
        .order_by(Task.closed_at.desc())
        .limit(1)
    )
)


def last_closed_of(case: int, elements: Sequence[str]) -> Task | None:
    """The task of one of these elements that was closed last."""
    return _settling.one(case, list(elements)) if elements else None


_done_since = Composed[Task](
    lambda case, since: Task.select().where(
        (Task.case == case) & (Task.state == TaskState.DONE) & (Task.opened_at >= since)
    )
)


def done_since(case: int, since: datetime) -> set[str]:
    """The elements of which a task opened since then and is done."""
    return {row.element for row in _done_since.rows(case, since)}


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


_last_done_of = Composed[Task](
    lambda cases, elements: (
        Task.select()
        .where(Task.case.in_(cases) & Task.element.in_(elements) & (Task.state == TaskState.DONE))
        .order_by(Task.closed_at.desc())
    )
)


def last_done_ahead(asked: Collection[tuple[int, str]]) -> None:
    """Read at once, within `reading_once`, who finished these elements of these cases last: `last_done` finds each."""
    if not asked:
        return
    names = [field.name for field in Task._meta.sorted_fields]
    found: dict[tuple[int, str], list[Any]] = {each: [] for each in asked}
    of_cases, of_elements = (sorted(set(each)) for each in zip(*asked, strict=True))
    for row in _last_done_of.run(of_cases, of_elements).fetchall():
        found.setdefault((row[names.index("case")], row[names.index("element")]), []).append(row)
    for each in asked:
        _last_done.know(found[each][:1], *each)


def open_tasks_ahead(cases: Sequence[int]) -> None:
    """Read the open tasks of these cases at once; `open_tasks` will find each case's. Only within `reading_once`."""
    statements.ahead(Task, _OPEN, "case_id", cases, _IN_TURN)


def last_closed(case: int) -> Task | None:
    """The task of the case that was finished last."""
    done = (Task.case == case) & (Task.state == TaskState.DONE)
    return Task.select().where(done).order_by(Task.closed_at.desc(), Task.opened_at.desc()).first()


def open_of_elements(elements: Sequence[str], side: Side, limit: int = 200) -> list[Task]:
    """The open tasks of these elements, the one that is due first on top."""
    where, order = "state = 'open' AND side = ? AND element = ?", f"{DUE}, id LIMIT {limit:d}"  # as in the index
    found = [row for each in elements for row in statements.rows(Task, where, side.value, each, order=order)]
    return sorted(found, key=lambda row: (row.due_on or date.max, row.id))[:limit]


def open_presented(presentation: str, side: Side, limit: int = 100) -> list[Task]:
    """The open tasks of one presentation, the one that is due first on top."""
    # As in the index, which serves no value that is bound.
    where = "state = 'open' AND presentation <> '' AND side = ? AND presentation = ?"
    return statements.rows(Task, where, side.value, presentation, order=f"{DUE}, id LIMIT {limit:d}")


_vendors = Composed[Task](
    lambda user: (
        Task.select()
        .join(Member, on=(Member.case == Task.case))
        .where((Member.user == user) & (Task.state == TaskState.OPEN) & (Task.side == Side.VENDOR))
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


def forget_reminders(task_id: str) -> None:
    """The task is due on a later day: what reminded of the earlier one counts no more."""
    Reminder.delete().where(Reminder.task == task_id).execute()


# Drafts and answers


def draft(task_id: str) -> Draft | None:
    """What is typed and not sent."""
    return statements.one(Draft, "task_id = ?", task_id)


_no_draft = Composed[Draft](lambda task_id: Draft.delete().where(Draft.task == task_id))


def drop_draft(row: Draft) -> None:
    """Remove the draft, whose task was sent."""
    _no_draft.run(row.task_id)


def answers(case: int, element: str) -> list[Answer]:
    """The element's answers in this case, newest first."""
    return answers_by_element(case).get(element, [])


def latest_answers(case: int) -> dict[str, Answer]:
    """The newest answer of each element."""
    return {row.element: row for row in statements.rows(Answer, "case_id = ?", case, order="at, id")}


_answered = Composed[Answer](
    lambda case: Answer.select(Answer.element, Answer.side).where(Answer.case == case).distinct()
)


def answered(case: int) -> list[tuple[str, Side]]:
    """(element, side) of what was answered in a case."""
    return [(str(element), Side(side)) for element, side in _answered.run(case).fetchall()]


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


def rename_tasks(case: int, company: str, system: str) -> None:
    """The open tasks of the case say these names in lists."""
    Task.update(company_name=company, system_name=system).where(
        (Task.case == case) & (Task.state == TaskState.OPEN)
    ).execute()


# Timers


def case_ids(tasks: Sequence[Task]) -> list[int]:
    """The cases that these tasks belong to."""
    return list(dict.fromkeys(row.case_id for row in tasks))


_by_ids = Composed[Task](lambda ids: Task.select().where(Task.id.in_(ids)))


def tasks_by_ids(ids: Sequence[str]) -> list[Task]:
    """The tasks of these ids, in this order."""
    rows = {row.id: row for row in _by_ids.rows(list(ids))} if ids else {}
    return [rows[i] for i in ids if i in rows]


_given = Composed[Task](
    lambda user, since, ids: Task.update(assignee=user, held_since=since).where(
        Task.id.in_(ids) & (Task.state == TaskState.OPEN)
    )
)


def reassign(ids: Sequence[str], user: int | None, now: datetime) -> int:
    """Give open tasks to a person, or back to the group."""
    if not ids:
        return 0
    return int(_given.run(user, now if user is not None else None, list(ids)).rowcount)


ASSIGNED = "side = 'operator' AND assignee_id = ? AND state = 'open'"  # as in the index worklist_person


def assigned_to(user: int) -> list[Task]:
    """The open tasks of a person of the staff, oldest first."""
    return statements.rows(Task, ASSIGNED, user, order="opened_at, id")
