"""What is kept so that a decision can be taken back, and what has followed from one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.states import Act, Audience, EntryKind, JobState, LineState, TaskState
from app.store import inserting
from app.store.composed import Composed
from app.store.database import proxy
from app.store.models import BankLine, Comment, Document, Entry, Invoice, Job, Task, TrailEntry, Undo, Visit
from app.store.words import move


def keep(**values: Any) -> None:
    """Keep how the case stood: one row for each case, in place of what was kept before."""
    Undo.require(values)
    inserting.replace(Undo(**values))


def of_case(case: int) -> Undo | None:
    """How the case stood before its last step, if that may be taken back."""
    return Undo.get_or_none(Undo.case == case)


_of_task = Composed[Undo](
    lambda task_id: Undo.select().join(Task, on=(Task.case == Undo.case)).where(Task.id == task_id).limit(1)
)


def of_task(task_id: str) -> Undo | None:
    """The same of the case to which this task belongs."""
    return _of_task.one(task_id)


def forget(case: int) -> None:
    """Discard the undo record; called when the case moves on."""
    mark = proxy.obj.param
    proxy.obj.execute_sql(f"DELETE FROM undo WHERE case_id = {mark}", (case,))  # noqa: S608 - marks only


_jobs = Composed[Job](lambda ids: Job.select().where(Job.id.in_(ids)).order_by(Job.id))


def jobs(ids: Sequence[int]) -> list[Job]:
    """The jobs of these ids."""
    return _jobs.rows(list(ids)) if ids else []


def cancel_jobs(ids: Sequence[int], now: datetime) -> int:
    """Cancel those of which nothing has left the house; gives how many."""
    if not ids:
        return 0
    resting = Job.id.in_(list(ids)) & Job.state.in_([JobState.QUEUED, JobState.PARKED, JobState.INCIDENT]) & ~Job.handed
    return move(Job.state, JobState.CANCELLED, resting, finished_at=now)


def put_back_jobs(states: Mapping[str, str]) -> None:
    """Jobs that the step cancelled or let go wait again."""
    for job, state in states.items():
        changed = Job.state == JobState.CANCELLED
        if state == JobState.PARKED.value:
            changed = changed | (Job.state == JobState.QUEUED)
        move(Job.state, JobState(state), (Job.id == int(job)) & changed, finished_at=None)


def close_tasks(ids: Sequence[str], now: datetime) -> None:
    """Tasks that the step opened are not to be done."""
    for row in Task.select().where(Task.id.in_(list(ids)) & (Task.state == TaskState.OPEN)) if ids else []:
        row.state, row.closed_at = "cancelled", now
        row.save()


def uploads(prefix: str) -> int:
    """How many files lie with a draft."""
    return int(Document.select().where(Document.key.startswith(prefix)).count())


def replied_since(case: int, at: datetime) -> bool:
    """Whether a point was answered after that."""
    return bool(Comment.select().where((Comment.case == case) & (Comment.replied_at > at)).count())


def looked_since(case: int, at: datetime) -> bool:
    """Whether a file was taken after that. Who looks at a template with the case takes none."""
    taken = (TrailEntry.case_id == case) & (TrailEntry.at >= at) & (TrailEntry.act == Act.DOWNLOADED)
    return bool(TrailEntry.select().where(taken).count())


def free_bank_lines(case: int, at: datetime) -> None:
    """Receipts of the bank that the step settled wait again."""
    mine = Invoice.select(Invoice.id).where(Invoice.case == case)
    settled = (BankLine.state == LineState.CONFIRMED) & (BankLine.settled_at >= at) & BankLine.invoice.in_(mine)
    move(BankLine.state, LineState.NEW, settled, invoice=None, settled_at=None, settled_by="")


def unvisit(case: int, counts: Sequence[Sequence[Any]]) -> None:
    """Take the step's path off the diagram."""
    for element, process, entered, completed, cancelled in counts:
        place = (Visit.case == case) & (Visit.element == element) & (Visit.process == process)
        Visit.update(
            entered=Visit.entered - entered,
            completed=Visit.completed - completed,
            cancelled=Visit.cancelled - cancelled,
        ).where(place).execute()
    Visit.delete().where((Visit.case == case) & (Visit.entered <= 0) & (Visit.completed <= 0)).execute()


def hide_points(case: int, at: datetime) -> None:
    """Points that went out with the step are the staff's own again, in the timeline too."""
    said = (Entry.case == case) & (Entry.kind == EntryKind.COMMENT) & (Entry.at == at)
    Entry.update(audience=Audience.OPERATOR).where(said).execute()
