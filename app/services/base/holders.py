"""Who holds a task: whoever took it, was given it, or began to type. Each change is on record."""

from __future__ import annotations

from datetime import datetime

from app.services.base import history
from app.services.base.actors import Actor
from app.services.base.permit import Setting
from app.states import EntryKind
from app.store import work
from app.store.models import Task


def hold(setting: Setting, actor: Actor, now: datetime) -> None:
    """Who begins to type into a free task of the staff has taken it. Inside a transaction."""
    task = setting.task
    if task.side == "operator" == actor.side and task.assignee_id is None and actor.user_id is not None:
        put([task], actor.user_id, actor.name, actor, now)


def put(rows: list[Task], user: int | None, name: str, actor: Actor, now: datetime) -> int:
    """Give open tasks to somebody, or (None) back to their groups; gives how many. Inside a transaction."""
    changed = work.reassign([row.id for row in rows], user, now)
    for row in rows:
        before = row.assignee.name if row.assignee is not None and row.assignee_id != user else ""
        history.note(
            row.case_id, now, EntryKind.ASSIGNED, by=actor, title=row.title, text=name, element=row.element, staff=True,
            data={"from": before, "what": "taken_over"} if before and user == actor.user_id else {"from": before},
        )  # fmt: skip
        row.assignee_id, row.held_since = user, now if user is not None else None
    return changed
