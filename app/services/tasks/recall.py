"""引戻し: a member of the staff takes back their own last decision, while nothing has followed from it; a vendor what
was just sent (取り下げて直す), while nobody of the body reads it.

With either the engine's state before it is kept, and the rows that the step changes, as they were.
Whatever moves the case on clears that. Taking back puts all of it in place again, in one transaction; what has left the
house already (a mail, a card, a file that was downloaded) cannot come back, and then the whole is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import N_, Forbidden, NinteiError, NotFound, Refused
from app.services.base import finding, history, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.companies import proof
from app.services.mails import deliveries
from app.services.tasks import recallstate
from app.states import BookingState, EntryKind, JobState, Right, Side, TaskState
from app.store import bookings, cases, database, records, undo, work
from app.store.models import Case, Job, Opening, Secret, Undo

GONE_ON = N_("The case has gone on since, so this cannot be taken back any more")


@dataclass(frozen=True, slots=True)
class Offer:
    """A decision of the reader's own: `refusal` says why it cannot be taken back; `until`: when what it sends goes out,
    none where nothing lies still."""

    task_id: str
    title: str
    at: datetime
    refusal: NinteiError | None
    until: datetime | None = None


def offered(portal: Portal, number: str, actor: Actor, task_id: str = "") -> Offer | None:
    """The actor's own last decision on the case (or this very task); none when the last word was somebody else's."""
    if actor.user_id is None:
        return None
    with database.connection():
        case = permit.visible_case(cases.get(number), actor)
        row = undo.of_case(case.id)
        if actor.side == Side.VENDOR:
            return _vendors(portal, case, row, actor, task_id)
        if row is not None and row.by_id == actor.user_id and task_id in {"", row.task_id}:
            task = work.task(row.task_id)
            assert task is not None  # noqa: S101 - tasks are never deleted
            return Offer(task.id, task.title, row.at, hindrance(portal, row, case), _leaves(portal, row))
        last = work.task(task_id) if task_id else work.last_closed(case.id)
        if last is None or last.state != TaskState.DONE or last.closed_by_id != actor.user_id or last.closed_at is None:
            return None
        return Offer(last.id, last.title, last.closed_at, Refused(GONE_ON))


def _leaves(portal: Portal, row: Undo) -> datetime | None:
    waiting = [job.run_at for job in undo.jobs(row.made["jobs"]) if job.state == JobState.QUEUED]
    return min((at for at in waiting if at > portal.now()), default=None)


def _vendors(portal: Portal, case: Case, row: Undo | None, actor: Actor, task_id: str) -> Offer | None:
    """What the company sent last, whoever of its people did; none once it is read or the case has gone on."""
    task = work.task(row.task_id) if row is not None and task_id in {"", row.task_id} else None
    if row is None or task is None or task.side != Side.VENDOR or hindrance(portal, row, case) is not None:
        return None
    try:
        permit.acting(case, actor, binds=portal.releases.loaded(case.release_id).element(task.element).flag("binds"))
    except Forbidden:
        return None
    return Offer(task.id, task.title, row.at, None)


def opened(task_id: str, actor: Actor) -> None:
    """Somebody of the body who may decide has opened a task that an answer of the vendor has brought: from now on it is
    being read. Who only looks on changes nothing."""
    if actor.side != Side.OPERATOR or not actor.has(Right.WORK):
        return
    with database.connection():
        row = undo.of_task(task_id)
    if row is None or row.made.get("read") or not row.made.get("vendor") or task_id not in row.made["tasks"]:
        return
    with database.transaction():
        cases.lock(row.case_id)
        now = undo.of_case(row.case_id)
        if now is not None and now.task_id == row.task_id:
            now.made = {**now.made, "read": actor.name}
            now.save()


def take_back(portal: Portal, task_id: str, actor: Actor) -> None:
    """Put the case back before the actor's decision; its answer is the draft again.

    Raises Refused with what stands in the way, Forbidden for others' decisions, NotFound.
    """
    now = portal.now()
    with database.transaction():
        setting = permit.find(portal, task_id, actor, lock=True)
        case, task, row = setting.case, setting.task, undo.of_case(setting.case.id)
        if actor.side == Side.VENDOR:
            permit.acting(case, actor, binds=setting.element.flag("binds"))
        else:
            actor.require(Right.WORK)
            if task.side != Side.OPERATOR:
                raise NotFound("There is no such task")
            if task.closed_by_id is not None and task.closed_by_id != actor.user_id:
                raise Forbidden("Only the person who decided can take it back")
        if row is None or row.task_id != task_id or (actor.side == Side.OPERATOR and row.by_id != actor.user_id):
            raise Refused(GONE_ON)
        refusal = hindrance(portal, row, case)
        if refusal is not None:
            raise refusal
        recallstate.put_back(row, case, task, actor, now)
        deliveries.dropped(portal, case)
        finding.keep(case, portal.releases.loaded(case.release_id))
        proof.taken_back(portal, task_id, actor)
        history.note(
            case.id, now, EntryKind.RECALL, by=actor, title=task.title, element=task.element, data={"task": task.id},
            text="vendor" if actor.side == Side.VENDOR else "",
        )  # fmt: skip


# What stands in the way


def hindrance(portal: Portal, row: Undo, case: Case) -> NinteiError | None:
    """Why the step cannot be taken back; none when it can."""
    loaded = portal.releases.loaded(case.release_id)
    if row.revision != case.revision or row.before["case"]["release_id"] != case.release_id:
        return Refused(GONE_ON)
    if row.made.get("read"):
        return Refused("%(name)s has begun to read it; ask in a message to have it returned", name=row.made["read"])
    if row.made["cards"]:
        return Refused("Cards were lent or returned with it; that cannot be undone here")
    gone = next((job for job in undo.jobs(row.made["jobs"]) if not _at_rest(job)), None)
    if gone is not None:
        return _gone(gone, _title(loaded, gone.element))
    return _taken_up(row, case) or _seen(row, case) or _taken_day(row, loaded)


def _gone(job: Job, title: str) -> NinteiError:
    """What has left the house with the step."""
    if job.operator != "mail" or not title:
        return Refused("“%(title)s” has already been done", title=title or job.operator)
    if _sent(job):
        return Refused("A mail has already been sent: “%(title)s”", title=title)
    return Refused("A mail is being sent right now, or may already have been sent: “%(title)s”", title=title)


def _taken_up(row: Undo, case: Case) -> NinteiError | None:
    """That somebody works on what the step opened, or has answered what it asked."""
    for task in work.tasks_by_ids(row.made["tasks"]):
        if task.assignee is not None and task.assignee_id != row.by_id:
            return Refused("%(name)s has taken “%(title)s”", name=task.assignee.name, title=task.title)
        if work.draft(task.id) is not None or undo.uploads(f"draft.{task.id}."):
            return Refused("Somebody has started working on “%(title)s”", title=task.title)
    if undo.replied_since(case.id, row.at):
        return Refused("One of the points has already been answered")
    return None


def _seen(row: Undo, case: Case) -> NinteiError | None:
    """That somebody has seen what the step let them see."""
    known = {each["id"] for each in row.before["rows"]["Secret"]}
    if any(each.shown_at is not None for each in recallstate.rows(Secret, case) if each.id not in known):
        return Refused("The connection information has already been viewed")
    opened = {each["id"] for each in row.before["rows"]["Opening"]}
    if any(each.id not in opened for each in recallstate.rows(Opening, case)) and undo.looked_since(case.id, row.at):
        return Refused("Files it released have already been downloaded")
    return None


def _taken_day(row: Undo, loaded: Loaded) -> NinteiError | None:
    """A day that the step gave up and that another case has now."""
    standing = {each.id: each for each in bookings.of_case(row.case_id)}
    for each in row.before["rows"]["Booking"]:
        now = standing.get(each["id"])
        if now is None or now.state == each["state"] or each["state"] not in {"held", "confirmed"}:
            continue
        capacity = loaded.package.calendars[now.calendar].fits(now.day)
        if (
            now.state not in {BookingState.HELD, BookingState.CONFIRMED}
            and bookings.taken(now.calendar, now.day, now.day).get(now.day, 0) >= capacity
        ):
            day = now.day.isoformat()
            return Refused("%(day)s has just been given to another case; choose another day", day=day)
    return None


def _at_rest(job: Job) -> bool:
    """Nothing of it has left the house: not begun, or tried in vain, as while the mail server is away."""
    return job.state in {JobState.QUEUED, JobState.PARKED, JobState.INCIDENT} and not job.handed and not _sent(job)


def _sent(job: Job) -> bool:
    """Whether the mail server has the mail that the job wrote."""
    return job.operator == "mail" and records.mail_went(job.key)


def _title(loaded: Loaded, element: str) -> str:
    found = loaded.package.elements.get(element)
    return found.title if found is not None else ""
