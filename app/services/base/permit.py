"""What every use case on a task asks first: the task, its case and release, and whether this person may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import Forbidden, NotFound, Refused, Stale
from app.services.base import groups
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.states import Right, Rights, Side, TaskState
from app.store import cases, database, work
from app.store.models import Case, Member, Task
from config import logs


class Held(Refused):
    """A colleague holds the task: whoever wants to go on with it takes it over first."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A task with its case and release; with its case locked, all open tasks of the case, itself among them."""

    task: Task
    case: Case
    loaded: Loaded
    element: Any
    open_tasks: Sequence[Task] | None = None


def of(task: Task, case: Case, loaded: Loaded) -> Setting:
    """The task with its element; NotFound when its release has none of that name. Asks for no right."""
    return Setting(task, case, loaded, loaded.element(task.element))


def find(portal: Portal, task_id: str, actor: Actor, *, lock: bool = False) -> Setting:
    """The task, if the actor may know of it; NotFound for others' (which must look like no task at all).

    With `lock` its case is locked until the transaction ends, and the task is as it is now. Without, it is looked up
    once for a page that is asked for, whoever asks for it there.
    """
    if lock:
        return _find(portal, task_id, actor, lock=True)
    return database.once(("task", task_id, actor), lambda: _find(portal, task_id, actor))


def _find(portal: Portal, task_id: str, actor: Actor, *, lock: bool = False) -> Setting:
    locked = cases.lock_of_task(task_id) if lock else None  # before the task is read: it is as it is then
    rows = work.open_tasks(locked.id) if locked is not None else None
    task = work.task_with_case(task_id) if rows is None else _among(rows, task_id)
    if task is None:
        raise NotFound("There is no such task")
    try:
        case = visible_case(locked or task.case, actor)
    except NotFound:  # what is said must not tell that there is one
        raise NotFound("There is no such task") from None
    logs.note(case=case.number)
    if actor.side == Side.VENDOR and task.side != Side.VENDOR:
        raise NotFound("There is no such task")
    loaded = portal.releases.loaded(case.release_id)
    return Setting(task, case, loaded, loaded.element(task.element), rows)


def _among(rows: Sequence[Task], task_id: str) -> Task | None:
    """The task, which mostly is one of its case's open ones: the step that it takes asks for all of them."""
    return next((row for row in rows if row.id == task_id), None) or work.task(task_id)


def visible_case(case: Case | None, actor: Actor) -> Case:
    """The case, if the actor may know of it."""
    if case is None:
        raise NotFound("There is no such case")
    actor.require(Right.SEE_CASES)
    if actor.side == Side.OPERATOR:
        return case
    if actor.user_id is None or cases.member(case.id, actor.user_id) is None:
        raise NotFound("There is no such case")
    return case


def acting(case: Case, actor: Actor, *, binds: bool = False) -> Member:
    """The vendor's person as one who may act on the case; `binds`: on what binds the company, as contracts and
    payments do. Raises Forbidden."""
    actor.require(Right.ANSWER, Right.ACT_ON_CASES)
    member = cases.member(case.id, actor.user_id or 0)
    if member is None or member.rights == Rights.READ:
        raise Forbidden("You may read this case but not act on it; ask a colleague who may")
    if binds and member.rights != Rights.FULL:
        raise Forbidden(
            "This binds the company (a contract, a payment or closing the case), so only its own people can do it"
        )
    return member


def ahead(settings: Sequence[Setting]) -> None:
    """Read at once what `may_do` asks of each of these tasks. Only within `reading_once`."""
    work.last_done_ahead({(each.case.id, other) for each in settings for other in each.element.listed("not_same_as")})
    work.open_tasks_ahead([each.case.id for each in settings if each.element.listed("after")])


def may_do(setting: Setting, actor: Actor) -> str:
    """On whose behalf the actor may do the task now: empty for their own, a name for 代理. Raises why not; Held when
    a colleague holds it. Asked once for a page, as `find`."""
    return database.once(("may do", id(setting), actor), lambda: (setting, _may_do(setting, actor)))[1]


def _may_do(setting: Setting, actor: Actor) -> str:
    lent = may_take(setting, actor)
    task = setting.task
    if actor.side != Side.OPERATOR or task.assignee_id in {None, actor.user_id} or task.state != TaskState.OPEN:
        return lent
    behind = next((name for user, name in actor.standing_in_for if user == task.assignee_id), "")
    if not behind:
        name = task.assignee.name if task.assignee is not None else ""
        raise Held("“%(title)s” is assigned to %(name)s: take it over before you continue", title=task.title, name=name)
    return behind


def may_take(setting: Setting, actor: Actor) -> str:
    """The same, whoever holds it: whether it could be the actor's. Raises why not."""
    if setting.task.side != actor.side:
        raise Forbidden("This task belongs to the other side")
    awaited(setting)
    if actor.side == Side.VENDOR:
        member = acting(setting.case, actor, binds=setting.element.flag("binds"))
        return setting.case.company_name if member.mandate_id else ""
    actor.require(Right.WORK)
    lent = groups.right(setting.loaded.package.groups, (setting.task.grp,), actor)
    for element in setting.element.listed("not_same_as"):
        last = work.last_done(setting.case.id, element)
        if last is None or last.closed_by_id is None:
            continue
        if last.closed_by_id in {actor.user_id, *(user for user, _ in actor.standing_in_for)}:
            raise Refused(
                "“%(other)s” was done by %(name)s, so somebody else has to do this one",
                other=last.title,
                name=last.closed_by_name,
            )
    return lent


def may_work(portal: Portal, actor: Actor, *what: str) -> str:
    """The same for work that is no task of one case: that of the groups whose steps have one of these properties
    (`releases.WORKS`). Raises Forbidden. In a connection."""
    actor.require(Right.WORK)
    said = portal.releases.spoken()
    wanted = frozenset[str]().union(*(said.works.get(each, frozenset()) for each in what))
    return groups.right(said.groups, sorted(wanted), actor)


def awaited(setting: Setting) -> None:
    """Raises Refused while a task is open that comes before this one (property `after`)."""
    first = setting.element.listed("after")
    row = next((row for row in work.open_tasks(setting.case.id) if row.element in first), None) if first else None
    if row is not None and setting.task.state == TaskState.OPEN:
        raise Refused("This can be answered once “%(title)s” has been answered", title=row.title)


def still_open(task: Task) -> None:
    """Raise Stale when the task has been finished."""
    if task.state != TaskState.OPEN:
        raise Stale("“%(title)s” has already been completed", title=task.title)
