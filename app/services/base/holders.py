"""Who holds a task: whoever took it, was given it, or began to type. Each change is on record."""

from __future__ import annotations

from datetime import datetime

from app.services.base import history, trail
from app.services.base.actors import Actor
from app.services.base.permit import Setting
from app.states import Act, EntryKind, Side, Thing
from app.store import work
from app.store.models import Task


def hold(setting: Setting, actor: Actor, now: datetime) -> None:
    """Who begins to type into a free task of the staff has taken it. Inside a transaction."""
    task = setting.task
    if task.side == Side.OPERATOR == actor.side and task.assignee_id is None and actor.user_id is not None:
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
        act = Act.GIVEN_BACK if user is None else Act.ASSIGNED if user != actor.user_id else Act.TAKEN
        trail.note(
            now, actor, Act.TAKEN_OVER if before and act is Act.TAKEN else act,
            trail.about(Thing.TASK, row.id, f"{row.title}（{row.case_number}）", row.case_id),
            before={"person": before} if before else None, after={"person": name} if name else None,
        )  # fmt: skip
        row.assignee_id, row.held_since = user, now if user is not None else None
    return changed
