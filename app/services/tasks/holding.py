"""引き継ぎ: a task of the staff passes from one person to another; on record, and whoever had it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import N_, Refused
from app.services.base import history, holders, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.mails import portalmails
from app.services.mails.portalmails import Wording
from app.services.tasks import drafts
from app.states import EntryKind, Side, TaskState
from app.store import database, work
from app.store.models import Task

SUBJECT = N_("“%(title)s” of case %(number)s is now with %(name)s")
TEXT = N_(
    "%(actor)s has changed who does “%(title)s” of case %(number)s (%(company)s). It was with you, and is now with "
    "%(name)s.\n\nWhat you had typed is kept. If you want to go on with it, agree with %(actor)s and take the task "
    "over:\n\n%%(url)s"
)
NOBODY = N_("the group")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a task, since when; `mine`: the reader, or somebody for whom they stand in."""

    name: str
    since: datetime | None
    mine: bool


def holder(task: Task, actor: Actor) -> Holder | None:
    """Who has the task; none for a free one, and for what vendors see."""
    if (
        actor.side != Side.OPERATOR
        or task.side != Side.OPERATOR
        or task.assignee_id is None
        or task.state != TaskState.OPEN
    ):
        return None
    if task.assignee_id == actor.user_id:
        return Holder(actor.name, task.held_since, mine=True)
    if task.assignee is None:
        return None
    mine = task.assignee_id in {actor.user_id, *(user for user, _ in actor.standing_in_for)}
    return Holder(task.assignee.name or task.assignee.email, task.held_since, mine)


def take_over(portal: Portal, task_id: str, actor: Actor) -> None:
    """The task is the actor's from now on; whoever had it is told. Nothing happens when it is theirs already.

    Raises Refused, Forbidden (it could not be theirs), Stale (finished), NotFound.
    """
    with database.transaction():
        setting = permit.find(portal, task_id, actor, lock=True)
        permit.still_open(setting.task)
        if setting.task.side != Side.OPERATOR:
            raise Refused("Only tasks of the certifying body are taken over")
        permit.may_take(setting, actor)
        if setting.task.assignee_id != actor.user_id:
            pass_on(portal, [setting.task], actor.user_id, actor.name, actor)
    portal.poke()


def pass_on(portal: Portal, rows: Sequence[Task], user: int | None, name: str, actor: Actor) -> int:
    """These open tasks are somebody's (None: their groups') from now on; who had them is told. Inside a transaction.
    Gives how many changed hands."""
    now = portal.now()
    moved = [row for row in rows if row.assignee_id != user]
    had = [(row, row.assignee) for row in moved if row.assignee is not None and row.assignee_id != actor.user_id]
    changed = holders.put(moved, user, name, actor, now)
    for row, who in had:
        say = portal.say(who.language)
        facts = {
            "title": row.title, "number": row.case_number, "company": row.company_name, "actor": actor.name,
            "name": name or say(NOBODY),
        }  # fmt: skip
        key = f"task-passed:{row.id}:{who.id}:{now:%Y%m%d%H%M%S%f}"
        wording = Wording(say(SUBJECT) % facts, say(TEXT) % facts)
        portalmails.queue(portal, key, "task-passed", who.email, wording, {"page": f"/tasks/{row.id}"})
    return changed


def adopt(portal: Portal, task_id: str, actor: Actor) -> None:
    """Go on with what a colleague had typed into the task. Raises Held, Refused, Forbidden, Stale, NotFound."""
    with database.transaction():
        setting = permit.find(portal, task_id, actor, lock=True)
        permit.still_open(setting.task)
        permit.may_do(setting, actor)
        holders.hold(setting, actor, portal.now())
        row = work.draft(task_id)
        if row is None:
            raise Refused("The colleague's draft no longer exists")
        name = drafts.adopt(row, setting.task, actor, portal.now())
        history.note(
            setting.case.id, portal.now(), EntryKind.ASSIGNED, by=actor, title=setting.task.title, text=name,
            element=setting.task.element, staff=True, data={"what": "adopted"},
        )  # fmt: skip
