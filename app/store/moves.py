"""Moves of running cases to another release, and cases mended by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from peewee import fn

from app.states import JobState, MovedState, MoveState, TaskState
from app.store import statements
from app.store.models import (
    Answer,
    Booking,
    Case,
    Clock,
    Comment,
    Document,
    Draft,
    Incident,
    Invoice,
    Job,
    Mend,
    Move,
    MoveCase,
    Release,
    Task,
    Visit,
)
from app.store.models.cases import UNDER_WAY
from app.store.words import move as set_state


def running(package_id: str, target: int) -> list[Case]:
    """The cases of a package that have not ended and run on another release, by number."""
    query = Case.select().where((Case.package_id == package_id) & UNDER_WAY & (Case.release != target))
    return list(query.order_by(Case.number))


def busy(cases: Sequence[int]) -> set[int]:
    """Of these cases those of which a job is at work at this moment, or an incident is open."""
    if not cases:
        return set()
    states = [JobState.RUNNING, JobState.INCIDENT]
    jobs = Job.select(Job.case).where(Job.case.in_(cases) & Job.state.in_(states))
    open_ones = Incident.select(Incident.case).where(Incident.case.in_(cases) & Incident.over_at.is_null())
    return {case for (case,) in (jobs | open_ones).tuples()}


def create(**values: Any) -> Move:
    """A new move; its cases are added to it."""
    return Move.create(**values)


def add_cases(move: Move, cases: Iterable[int]) -> None:
    """The cases that are to be moved with it."""
    for case in cases:
        MoveCase.create(move=move, case=case)


def get(move_id: int) -> Move | None:
    """The move of this row."""
    return Move.get_or_none(Move.id == move_id)


def lock(move_id: int) -> Move | None:
    """The same, locked until the transaction ends."""
    return statements.one(Move, "id = ?", move_id, lock=True)


def recent(package_id: str, limit: int = 20) -> list[Move]:
    """The moves of a package, the newest first, each with its release's number."""
    query = Move.select(Move, Release.id, Release.number).join(Release).where(Move.package_id == package_id)
    return list(query.order_by(Move.id.desc()).limit(limit))


def under_way() -> Move | None:
    """The oldest move that is being done or taken back."""
    wanted = [MoveState.RUNNING, MoveState.UNDOING]
    return Move.select().where(Move.state.in_(wanted)).order_by(Move.id).first()


def cases_in(move: int, state: MovedState, limit: int) -> list[int]:
    """Cases of a move that stand so, in their order."""
    query = MoveCase.select(MoveCase.case).where((MoveCase.move == move) & (MoveCase.state == state))
    return [row.case_id for row in query.order_by(MoveCase.id).limit(limit)]


def case_of(move: int, case: int) -> MoveCase | None:
    """One case of a move."""
    return MoveCase.get_or_none((MoveCase.move == move) & (MoveCase.case == case))


def rows(move: int) -> list[MoveCase]:
    """All cases of a move with their numbers, without the states that are kept."""
    fields = (MoveCase.id, MoveCase.case, MoveCase.state, MoveCase.findings, MoveCase.at, Case.id, Case.number)
    query = MoveCase.select(*fields, Case.company_name).join(Case).where(MoveCase.move == move)
    return list(query.order_by(Case.number))


def counts(move: int) -> Counter[MovedState]:
    """How many cases of a move stand how."""
    query = MoveCase.select(MoveCase.state, fn.COUNT(MoveCase.id)).where(MoveCase.move == move)
    return Counter({MovedState(state): int(count) for state, count in query.group_by(MoveCase.state).tuples()})


def end(move: Move, state: MoveState, at: datetime) -> None:
    """Nothing of it is left to do."""
    set_state(Move.state, state, Move.id == move.id, ended_at=at)


def uncheck(tasks: Sequence[str]) -> None:
    """What was typed has to be looked through once more: the form may be another."""
    if tasks:
        Draft.update(checked=False).where(Draft.task.in_(list(tasks))).execute()


def checked(tasks: Sequence[str]) -> list[str]:
    """Of these tasks those whose draft has passed its form's checks."""
    if not tasks:
        return []
    return [row.task_id for row in Draft.select(Draft.task).where(Draft.task.in_(list(tasks)) & Draft.checked)]


def check(tasks: Sequence[str]) -> None:
    """The forms are as they were: what was checked is."""
    if tasks:
        Draft.update(checked=True).where(Draft.task.in_(list(tasks))).execute()


def drafted(tasks: Sequence[str]) -> bool:
    """Whether somebody has begun one of these tasks."""
    if not tasks:
        return False
    begun = Draft.select().where(Draft.task.in_(list(tasks))).exists()
    taken = Task.select().where(Task.id.in_(list(tasks)) & Task.assignee.is_null(False)).exists()
    return bool(begun or taken)


def put_task(task_id: str, values: Mapping[str, Any]) -> None:
    """A task's row as it was."""
    Task.update(**values).where(Task.id == task_id).execute()


def drop_tasks(ids: Sequence[str], at: datetime) -> None:
    """Tasks that are not to be done after all."""
    if ids:
        set_state(Task.state, TaskState.CANCELLED, Task.id.in_(list(ids)), closed_at=at)


_CALLED = (  # rows of a case that say at which element something happened
    (Answer, Answer.element), (Task, Task.element), (Visit, Visit.element), (Comment, Comment.element),
    (Comment, Comment.review_element),
)  # fmt: skip


def call(case: int, names: Mapping[str, str]) -> dict[str, Any]:
    """What happened at these elements (old id to new id) is found under the new id from now on; open tasks are not
    touched. Gives which rows of what were called otherwise."""
    found: dict[str, Any] = {}
    for old, new in names.items():
        for model, field in _CALLED:
            mine = (model.case == case) & (field == old)
            if model is Task:
                mine &= Task.state != TaskState.OPEN
            key: Any = model._meta.primary_key
            ids = [row for (row,) in model.select(key).where(mine).tuples()]
            if ids:
                model.update({field: new}).where(key.in_(ids)).execute()
                found.setdefault(f"{model.__name__}.{field.name}", {}).update(dict.fromkeys(map(str, ids), old))
        for row in Document.select().where((Document.case == case) & Document.key.startswith(f"{old}.")):
            found.setdefault("Document.key", {})[row.id] = row.key
            row.key = f"{new}.{row.key.partition('.')[2]}"
            row.save()
    return found


def call_back(called: Mapping[str, Mapping[str, str]]) -> None:
    """All of it as it was called before."""
    fields = {f"{model.__name__}.{field.name}": (model, field) for model, field in (*_CALLED, (Document, Document.key))}
    for name, ids in called.items():
        model, field = fields[name]
        for row, old in ids.items():
            model.update({field: old}).where(model._meta.primary_key == row).execute()


def thin(before: datetime) -> int:
    """Forget how cases stood before what cannot be taken back any more: moves that ended before then, and what was done
    by hand before something else followed. Gives in how many rows."""
    over = Move.select(Move.id).where(Move.ended_at.is_null(False) & (Move.ended_at < before))
    told = MoveCase.blob.is_null(False) & MoveCase.move.in_(over)
    count = int(MoveCase.update(blob=None, before={}).where(told).execute())
    later = Case.select(Case.id).where((Case.id == Mend.case) & (Case.revision != Mend.revision))
    done = Mend.undone_at.is_null(False) | fn.EXISTS(later)
    return count + int(Mend.update(blob=None, before={}, made={}).where(Mend.blob.is_null(False) & done).execute())


def parked(case: int) -> list[Job]:
    """What waits for another step of the case."""
    return list(Job.select().where((Job.case == case) & (Job.state == JobState.PARKED)))


def held_calendars(case: int) -> set[str]:
    """The calendars on which a day is held or settled for the case."""
    query = Booking.select(Booking.calendar, Booking.state).where(Booking.case == case)
    return {row.calendar for row in query if row.state.value in ("held", "confirmed")}


def open_fees(case: int) -> set[str]:
    """The fees of invoices that wait for their payment."""
    return {row.fee for row in Invoice.select().where(Invoice.case == case) if row.state.value == "open"}


def clock(row: Clock, **values: Any) -> None:
    """Change a running clock."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    statements.save(row)


def mend(**values: Any) -> Mend:
    """Put on record what was done to a case by hand."""
    return Mend.create(**values)


def last_mend(case: int) -> Mend | None:
    """The last that was done and not taken back."""
    query = Mend.select().where((Mend.case == case) & Mend.undone_at.is_null())
    return query.order_by(Mend.id.desc()).first()


def planned(case: int) -> bool:
    """Whether the case is in a move that a second person has approved."""
    query = MoveCase.select().join(Move).where((MoveCase.case == case) & Move.approved_by.is_null(False))
    return bool(query.exists())
