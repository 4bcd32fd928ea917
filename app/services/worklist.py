"""The operator's worklist: what is mine, my group's, everybody's; and what can be done to many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.errors import NinteiError, Refused
from app.services import clocks, desk, effects, tasks
from app.services.actors import Actor
from app.services.portal import Portal
from app.store import accounts, cases, database, work
from app.store.models import Task

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows; every field comes from the address, so a view can be kept and sent."""

    scope: str = "group"  # mine | group | all
    text: str = ""
    element: str = ""
    group: str = ""
    due: str = ""  # overdue | today | week
    order: str = "due"
    page: int = 1


@dataclass(frozen=True)
class Worklist:
    """One page of the list, with counts that are right at this moment."""

    rows: list[tasks.TaskView]
    total: int
    counts: dict[str, int]  # by scope
    elements: list[tuple[str, str, int]]  # (element, title, open tasks), for the filter
    page: int
    pages: int


def page(portal: Portal, actor: Actor, wanted: Filter) -> Worklist:
    """The worklist."""
    today, closing = portal.today(), portal.closing()
    limit = {"overdue": today - timedelta(days=1), "today": today, "week": today + timedelta(days=7)}.get(wanted.due)
    with database.connection():
        base: dict[str, Any] = {"side": "operator", "user": actor.user_id or 0, "groups": actor.groups}
        query = work.worklist(
            scope=wanted.scope,
            text=wanted.text,
            element=wanted.element,
            group=wanted.group,
            due_before=limit,
            **base,
        )
        total = query.count()
        pages = max(1, -(-total // PAGE))
        number = min(max(1, wanted.page), pages)
        rows = work.page(query, wanted.order, PAGE, (number - 1) * PAGE)
        running = cases.clocks_of(work.case_ids(rows))
        names = {user.id: user.name for user in accounts.staff()}
        views = []
        for row in rows:
            shown = [
                each for each in clocks.views(running.get(row.case_id, []), today, closing) if each.side == row.side
            ]
            views.append(tasks.view(row, today, closing, shown[-1] if shown else None, names))
        counts = {scope: work.worklist(scope=scope, **base).count() for scope in ("mine", "group", "all")}
        return Worklist(views, total, counts, work.element_counts("operator"), number, pages)


def neighbours(portal: Portal, actor: Actor, wanted: Filter, after: str) -> str:
    """The next task of the list after this one was finished; empty when the list is done."""
    found = page(portal, actor, wanted)
    ids = [row.id for row in found.rows if row.id != after]
    return ids[0] if ids else ""


def claim(portal: Portal, ids: Sequence[str], actor: Actor) -> int:
    """Take the tasks; those that somebody else has stay theirs."""
    actor.require("operator", "administrator")
    with database.transaction():
        rows = [row for row in _checked(ids) if row.assignee_id is None]
        for row in rows:
            cases.log(
                row.case_id,
                portal.now(),
                "assigned",
                title=row.title,
                text=actor.name,
                element=row.element,
                actor=actor.user_id,
                actor_name=actor.name,
                actor_side=actor.side,
                audience="operator",
            )
        return work.reassign([row.id for row in rows], actor.user_id)


def assign(portal: Portal, ids: Sequence[str], user_id: int | None, actor: Actor) -> int:
    """Give exactly these tasks to a colleague, or (None) back to the group."""
    actor.require("operator", "administrator")
    with database.transaction():
        name = ""
        if user_id is not None:
            colleague = accounts.user(user_id)
            if colleague is None or colleague.side != "operator" or not colleague.active:
                raise Refused("Choose a colleague of the operating body")
            name = colleague.name
        rows = _checked(ids)
        changed = work.reassign([row.id for row in rows], user_id)
        for row in rows:
            cases.log(
                row.case_id,
                portal.now(),
                "assigned",
                title=row.title,
                text=name,
                element=row.element,
                actor=actor.user_id,
                actor_name=actor.name,
                actor_side=actor.side,
                audience="operator",
            )
        return changed


def _checked(ids: Sequence[str]) -> list[Task]:
    """The open tasks of these ids that are the body's."""
    return [row for row in work.tasks_by_ids(ids) if row.state == "open" and row.side == "operator"]


def remind(portal: Portal, ids: Sequence[str], actor: Actor) -> int:
    """催促: remind whoever has these tasks, at most once a day each; gives how many mails go out."""
    actor.require("operator", "administrator")
    now, sent = portal.now(), 0
    with database.transaction():
        for row in work.tasks_by_ids(ids):
            if row.state != "open":
                continue
            case = cases.by_id(row.case_id)
            if case is None:
                continue
            sent += remind_one(portal, row, f"hand:{portal.today():%Y%m%d}")
            cases.log(
                case.id,
                now,
                "reminder",
                title=row.title,
                element=row.element,
                actor=actor.user_id,
                actor_name=actor.name,
                actor_side=actor.side,
            )
    portal.poke()
    return sent


def remind_one(portal: Portal, row: Task, kind: str) -> int:
    """Queue the reminder for a task's side, once for each kind. Inside a transaction."""
    case = cases.by_id(row.case_id)
    if case is None:
        return 0
    package = portal.releases.loaded(case.release_id).package
    mail = package.reminders.vendor_mail if row.side == "vendor" else package.reminders.operator_mail
    if not mail or not work.reminded(row.id, kind, portal.now()):
        return 0
    to = {"to_side": f"user:{row.assignee_id}"} if row.side == "operator" and row.assignee_id else {}
    effects.queue(case, "mail", {"mail": mail, **to}, row.element, f"{row.id}:{kind}", portal.now())
    return 1


def may_take(portal: Portal, task_id: str, actor: Actor) -> str:
    """Why the actor may not do the task (a sentence's message id); empty when they may."""
    with database.connection():
        try:
            desk.may_do(desk.find(portal, task_id, actor), actor)
        except NinteiError as error:
            return error.message
    return ""
