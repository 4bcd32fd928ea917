"""A task in short: its facts for lists, headings and mails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.services.base import businessdays, clocks, permit, trail, ways, within
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.states import Side, TaskKind, TaskState, Thing
from app.store import cases, database, work
from app.store.models import Task


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task for lists and headings."""

    id: str
    element: str
    title: str
    side: Side
    group: str
    kind: TaskKind
    presentation: str
    state: TaskState
    opened_at: datetime
    due_on: date | None
    days_left: int | None  # business days; negative: overdue
    assignee: str
    assignee_id: int | None
    closed_at: datetime | None
    closed_by: str
    case_id: int
    case_number: str
    company_name: str
    system_name: str
    clock: clocks.ClockView | None = None


def view(
    row: Task,
    today: date,
    closing: frozenset[date],
    clock: clocks.ClockView | None = None,
    names: Mapping[int, str] | None = None,
) -> TaskView:
    """The task's facts as of today."""
    left = (
        businessdays.business_days_between(today, row.due_on, closing)
        if row.due_on and row.state == TaskState.OPEN
        else None
    )
    assignee = (names or {}).get(row.assignee_id, "") if row.assignee_id else ""
    if names is None and row.assignee:
        assignee = row.assignee.name
    return TaskView(
        id=row.id,
        element=row.element,
        title=row.title,
        side=row.side,
        group=row.grp,
        kind=row.kind,
        presentation=row.presentation,
        state=row.state,
        opened_at=row.opened_at,
        due_on=row.due_on,
        days_left=left,
        assignee=assignee,
        assignee_id=row.assignee_id,
        closed_at=row.closed_at,
        closed_by=row.closed_by_name,
        case_id=row.case_id,
        case_number=row.case_number,
        company_name=row.company_name,
        system_name=row.system_name,
        clock=clock,
    )


def look(portal: Portal, task_id: str, actor: Actor, *, noted: bool = True) -> TaskView:
    """The task's facts alone. That somebody of the body looked is put on record (`seen`), unless the caller does so."""
    with database.connection():
        row = permit.find(portal, task_id, actor).task
        found = view(row, portal.today(), portal.closing(), None, named(row, actor))
        if noted:
            seen(portal, found, actor)
        return found


def seen(portal: Portal, what: TaskView, actor: Actor) -> None:
    """Somebody of the body looks at the task, as they may: on record. Best after its page was made: a transaction ends
    what was read once for the page."""
    label = f"{what.title}（{what.case_number}）"
    with database.connection():
        trail.viewed(portal, actor, trail.about(Thing.TASK, what.id, label, what.case_id))


def named(row: Task, actor: Actor) -> dict[int, str] | None:
    """The name of who has the task, where it is the actor's own: it need not be asked for."""
    return {actor.user_id: actor.name} if actor.user_id and row.assignee_id == actor.user_id else None


def sent_by(portal: Portal, task_id: str, actor: Actor) -> bool:
    """Whether the actor has finished the task themselves."""
    with database.connection():
        row = permit.find(portal, task_id, actor).task
        return bool(row.state == TaskState.DONE and row.closed_by_id is not None and row.closed_by_id == actor.user_id)


def open_task_of(portal: Portal, number: str, element: str, actor: Actor) -> tuple[str, str, bool]:
    """(id of the element's open task or "", the element's title, whether it was done before): mails name it so."""
    with database.connection():
        case = permit.visible_case(cases.get(number), actor)
        loaded = portal.releases.loaded(case.release_id)
        title, package = loaded.element(element).title, loaded.package
        for row in work.open_tasks(case.id):
            if row.element == element and (actor.side == Side.OPERATOR or row.side == Side.VENDOR):
                return row.id, row.title, False
        for row in work.open_tasks(case.id):  # what was sent is acknowledged before it is answered
            if row.side != Side.VENDOR:
                continue
            following = ways.next_user_task(package, row.element, Side.VENDOR, row.data or {}, within.standing(case.id))
            if following is not None and following.id == element:
                return row.id, row.title, False
        done, begun = work.last_done(case.id, element), within.begun(case.id, package, element)
        return "", title, done is not None and (begun is None or (done.closed_at or begun) >= begun)
