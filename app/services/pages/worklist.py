"""The operator's worklist: what is mine, my group's, everybody's; and what can be done to many rows at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from app.errors import NinteiError, Refused
from app.services.base import businessdays, clocks, history, jobqueue, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.pages import attention
from app.services.people import accounts as people
from app.services.tasks import holding, view
from app.states import EntryKind, Right, Side, TaskState
from app.store import accounts, cases, clockrows, database, work
from app.store import worklist as lists
from app.store.models import Task

PAGE = 50
SCOPES = ("mine", "group", "all")


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows; every field comes from the address, so a view can be kept and sent."""

    scope: str = "group"  # mine | group | all
    text: str = ""
    element: str = ""
    group: str = ""
    person: int | None = None  # who has it; 0: nobody has. Where everything is listed
    due: str = ""  # overdue | today | week
    trouble: bool = False  # of cases alone that cannot go on before somebody has looked
    order: str = "due"
    page: int = 1


@dataclass(frozen=True)
class Worklist:
    """One page of the list, with counts that are right at this moment."""

    rows: list[view.TaskView]
    total: int
    more: bool  # a search found more than `total`
    counts: dict[str, int]  # by scope
    elements: list[tuple[str, str, int]]  # (element, title, tasks of the scope), for the filter
    groups: list[str]  # that have tasks in the scope
    page: int
    pages: int
    waiting: Mapping[str, int]  # task id → business days since it opened
    refusals: Mapping[str, NinteiError]  # task id → why the reader may not do it (separation of duties)
    confirms: frozenset[str]  # ids of the tasks that confirm a payment
    hindered: frozenset[str]  # ids of the tasks whose case cannot go on before somebody has looked


@dataclass(frozen=True, slots=True)
class Left:
    """A ticked row with which nothing was done, and why."""

    title: str
    company: str
    error: NinteiError


@dataclass(frozen=True)
class Bulk:
    """What came of an action on ticked rows."""

    done: int = 0
    left: list[Left] = field(default_factory=list)


def page(portal: Portal, actor: Actor, wanted: Filter) -> Worklist:
    """The page of the worklist that the filter asks for."""
    today, closing = portal.today(), portal.closing()
    limit = {"overdue": today - timedelta(days=1), "today": today, "week": today + timedelta(days=7)}.get(wanted.due)
    with database.reading_once():
        listed = lists.find(
            lists.Wanted(
                side=Side.OPERATOR,
                scope=wanted.scope,
                users=tuple(user for user in (actor.user_id, *(user for user, _ in actor.standing_in_for)) if user),
                groups=actor.groups,
                words=tuple(wanted.text.split()),
                element=wanted.element,
                group=wanted.group,
                person=wanted.person if wanted.scope == "all" else None,
                due_before=limit,
                order=wanted.order,
                english=portal.releases.english(),
                cases=tuple(sorted(attention.all_hindered())) if wanted.trouble else None,
            )
        )
        pages = max(1, -(-listed.total // PAGE))
        number = min(max(1, wanted.page), pages)
        rows = work.tasks_by_ids(lists.page(listed, PAGE, (number - 1) * PAGE))
        hindered = attention.hindered(work.case_ids(rows))
        running = clockrows.clocks_of(work.case_ids(rows))
        names = {user.id: user.name for user in accounts.staff()}
        views, waiting = [], {}
        settings = _settings(portal, rows)
        for row, setting in zip(rows, settings, strict=True):
            measured = clocks.views(running.get(row.case_id, []), today, closing)
            clock = clocks.of_step(measured, setting.loaded.package, row.element)
            views.append(view.view(row, today, closing, clock, names))
            waiting[row.id] = businessdays.business_days_between(businessdays.today(row.opened_at), today, closing)
        return Worklist(
            rows=views,
            total=listed.total,
            more=listed.more,
            counts=listed.counts,
            elements=listed.elements,
            groups=listed.groups,
            page=number,
            pages=pages,
            waiting=waiting,
            refusals=_refusals(settings, actor),
            confirms=frozenset(each.task.id for each in settings if each.element.properties.get("confirms")),
            hindered=frozenset(row.id for row in rows if row.case_id in hindered),
        )


def _settings(portal: Portal, rows: Sequence[Task]) -> list[permit.Setting]:
    """The tasks with their cases and releases."""
    known = cases.by_ids(work.case_ids(rows))
    found = []
    for row in rows:
        case = known[row.case_id]
        loaded = portal.releases.loaded(case.release_id)
        found.append(permit.of(row, case, loaded))
    return found


def _refusals(settings: Sequence[permit.Setting], actor: Actor) -> dict[str, NinteiError]:
    """Which of the tasks the actor may not do although their role would let them."""
    if not actor.has(Right.WORK):
        return {}
    permit.ahead(settings)
    found: dict[str, NinteiError] = {}
    for setting in settings:
        error = _refusal(setting, actor)
        if error is not None:
            found[setting.task.id] = error
    return found


def _refusal(setting: permit.Setting, actor: Actor) -> NinteiError | None:
    try:
        permit.may_take(setting, actor)
    except NinteiError as error:
        return error
    return None


def neighbours(portal: Portal, actor: Actor, wanted: Filter, after: str) -> str:
    """The next task of the list after this one was finished; empty when the list is done."""
    found = page(portal, actor, wanted)
    mine = {None, actor.user_id, *(user for user, _ in actor.standing_in_for)}
    ids = [row.id for row in found.rows if row.id != after and row.id not in found.refusals and row.assignee_id in mine]
    return ids[0] if ids else ""


def claim(portal: Portal, ids: Sequence[str], actor: Actor) -> Bulk:
    """Take the tasks; those that somebody else has stay theirs, those that one may not do stay where they are."""
    actor.require(Right.WORK)
    with database.transaction():
        free, left = [], []
        for setting in _settings(portal, _open(ids)):
            row = setting.task
            error = _refusal(setting, actor)
            if row.assignee_id != actor.user_id and row.assignee is not None:
                error = Refused("%(name)s already has this task", name=row.assignee.name)
            if error is None:
                free.append(row)
            else:
                left.append(Left(row.title, row.company_name, error))
        return Bulk(holding.pass_on(portal, free, actor.user_id, actor.name, actor), left)


def assign(portal: Portal, ids: Sequence[str], user_id: int | None, actor: Actor) -> Bulk:
    """Give exactly these tasks to a colleague, or (None) back to the group; who had them is told.

    A task that the colleague may not do (another group's, separation of duties) stays where it is.
    """
    actor.require(Right.WORK)
    colleague = None
    if user_id is not None:
        with database.connection():
            known = accounts.user(user_id)
            if known is None or known.side != Side.OPERATOR or not known.active:
                raise Refused("Choose a colleague from the certifying body")
            colleague = people.actor_of(portal, user_id)
            if not colleague.has(Right.WORK):
                raise Refused("Choose a colleague from the certifying body")
    with database.transaction():
        free: list[Task] = []
        left = []
        for setting in _settings(portal, _open(ids)):
            error = _refusal(setting, colleague) if colleague else None
            if error is None:
                free.append(setting.task)
            else:
                left.append(Left(setting.task.title, setting.task.company_name, error))
        changed = holding.pass_on(portal, free, user_id, colleague.name if colleague else "", actor)
        return Bulk(changed, left)


def _open(ids: Sequence[str]) -> list[Task]:
    """The open tasks of these ids that are the body's."""
    return [row for row in work.tasks_by_ids(ids) if row.state == TaskState.OPEN and row.side == Side.OPERATOR]


def remind(portal: Portal, ids: Sequence[str], actor: Actor) -> int:
    """催促: remind whoever has these tasks, at most once a day each; gives how many mails go out."""
    actor.require(Right.WORK)
    now, sent = portal.now(), 0
    with database.transaction():
        for row in work.tasks_by_ids(ids):
            if row.state != TaskState.OPEN:
                continue
            if not remind_one(portal, row, f"hand:{portal.today():%Y%m%d}"):
                continue
            sent += 1
            history.note(row.case_id, now, EntryKind.REMINDER, by=actor, title=row.title, element=row.element)
    portal.poke()
    return sent


def remind_one(portal: Portal, row: Task, kind: str) -> int:
    """Queue the reminder for a task's side, once for each kind. Inside a transaction."""
    case = cases.by_id(row.case_id)
    if case is None:
        return 0
    if row.side == Side.VENDOR and case.undelivered and not kind.startswith("hand:"):
        return 0  # whom no mail reaches, no reminder does; what was asked has not arrived either
    package = portal.releases.loaded(case.release_id).package
    mail = package.reminders.vendor_mail if row.side == Side.VENDOR else package.reminders.operator_mail
    if not mail or not work.reminded(row.id, kind, portal.now()):
        return 0
    to: dict[str, str] = {}
    copies: tuple[str, ...] = ()
    if row.side == Side.OPERATOR:
        own = f"group:{row.grp}" if row.grp and package.reminders.group_only else ""
        side = f"user:{row.assignee_id}" if row.assignee_id else own
        to = {"to_side": side} if side else {}
        late = package.reminders.overdue_copies if kind.startswith("after:") else ()
        copies = tuple(dict.fromkeys((*package.reminders.copies, *late)))
    jobqueue.queue(case, "mail", {"mail": mail, **to}, row.element, f"{row.id}:{kind}", portal.now())
    for number, each in enumerate(copies, 1):
        key = f"{row.id}:{kind}:copy-{number}"
        jobqueue.queue(case, "mail", {"mail": mail, "to": each}, row.element, key, portal.now())
    return 1
