"""How a case stood before it was moved or mended: kept with what was done, and put in place again when that is taken
back, while nothing has followed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.services.base import rowcopies
from app.services.base.portal import Portal
from app.services.tasks import recallstate as state
from app.states import JobState
from app.store import cases, database, jobrows, moves, statements, timerrows, undo, work
from app.store.models import Booking, Case, Clock, Invoice, Opening, Payment, Secret, Surplus, TimerRow

WHILE = timedelta(hours=24)  # for which a whole move can be taken back
FACTS = rowcopies.FACTS
_TASK = (
    "element", "process", "title", "side", "grp", "presentation", "due_on", "state", "closed_at", "assignee_id",
    "held_since", "data",
)  # fmt: skip
MOVED: tuple[type[Any], ...] = (Clock,)  # what a move changes of the case's other rows
MENDED: tuple[type[Any], ...] = (Clock, Booking, Invoice, Payment, Surplus, Opening, Secret)  # … and what a step may


def before(case: Case, models: tuple[type[Any], ...]) -> dict[str, Any]:
    """The rows of a case as they are, in plain JSON. Inside the transaction, before it changes."""
    tasks = work.open_tasks(case.id)
    return {
        "case": {name: rowcopies.plain(getattr(case, name)) for name in FACTS},
        "tasks": {task.id: {name: rowcopies.plain(task.__data__[_column(name)]) for name in _TASK} for task in tasks},
        "checked": moves.checked([task.id for task in tasks]),
        "rows": {model.__name__: [rowcopies.plain_row(each) for each in state.rows(model, case)] for model in models},
        "timers": [rowcopies.plain_row(each) for each in statements.rows(TimerRow, "case_id = ?", case.id)]
        if case.timer_count
        else [],
        "jobs": {str(each.id): each.state.value for each in _waiting(case)} if models is MENDED else {},
    }


def made(case: Case, stood: Mapping[str, Any], visits: list[list[Any]] | None = None) -> dict[str, Any]:
    """What has come since: tasks, jobs, the path. Inside the same transaction, afterwards."""
    tasks = [task.id for task in work.open_tasks(case.id) if task.id not in stood["tasks"]]
    if visits is None:
        return {"tasks": tasks, "jobs": [], "visits": []}  # a move asks for no job
    jobs = [each.id for each in _waiting(case) if str(each.id) not in stood["jobs"]]
    return {"tasks": tasks, "jobs": jobs, "visits": visits}


def put_back(
    case: Case, stood: Mapping[str, Any], came: Mapping[str, Any], blob: bytes, token: str, now: datetime
) -> bool:
    """All of it as it was; False, with nothing changed, where something has left the house meanwhile.

    The case is locked, and nothing has followed (its revision says so).
    """
    if moves.drafted(came["tasks"]) or undo.cancel_jobs(came["jobs"], now) != len(came["jobs"]):
        return False
    undo.put_back_jobs(stood["jobs"])
    moves.drop_tasks(came["tasks"], now)
    for task_id, row in stood["tasks"].items():
        moves.put_task(task_id, {name: rowcopies.rich(value) for name, value in row.items()})
    moves.check(stood["checked"])
    for model in MENDED:
        if model.__name__ in stood["rows"]:
            state.restore(model, case, stood["rows"][model.__name__])
    timers = [(each["task_id"], each["element"], rowcopies.rich(each["due_at"])) for each in stood["timers"]]
    timerrows.replace_timers(case.id, timers)
    undo.unvisit(case.id, came["visits"])
    undo.forget(case.id)
    cases.save_state(case.id, blob, token)
    for name, value in stood["case"].items():
        setattr(case, name, rowcopies.rich(value))
    case.revision += 1  # pages that were drawn meanwhile are out of date
    case.changed_at = now
    statements.save(case)
    return True


def thin(portal: Portal) -> int:
    """Forget how cases stood before what cannot be taken back any more; what was done, by whom and why stays on record.
    Gives how many were forgotten."""
    with database.transaction():
        return moves.thin(portal.now() - WHILE)


def _column(name: str) -> str:
    return "assignee" if name == "assignee_id" else name


def _waiting(case: Case) -> list[Any]:
    return jobrows.jobs_of(case.id, JobState.QUEUED, JobState.PARKED, JobState.INCIDENT)
