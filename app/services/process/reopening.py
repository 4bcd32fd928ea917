"""再開: the body opens again a case that it ended by mistake, as it stood before; with a reason, on record, by mail.

What the ending changed is put back: the process, open tasks, timers, invoices that were cancelled by it, days that are
still free. What has truly happened since (a card that came back, a mail that left) stays as it is.
"""

from __future__ import annotations

from datetime import datetime

from app.errors import N_, NotFound, Refused
from app.services.base import finding, history, jobqueue, permit
from app.services.base import rowcopies as state
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.states import BookingState, EntryKind, InvoiceState, JobState, Right, Side, TaskState
from app.store import bookings, cases, database, endings, invoices, jobrows, statements, timerrows, undo, work
from app.store.models import Booking, Case, Invoice, Task, TimerRow

TOLD = N_("The case that had been closed is open again. %(reason)s")
_TASK = ("state", "closed_at", "due_on", "assignee_id", "held_since")


def remember(case: Case, actor: Actor, now: datetime) -> None:
    """Keep how the case stands before the body ends it. Inside the transaction, before anything changes."""
    blob, token = cases.state(case.id)
    tasks = work.open_tasks(case.id)
    before = {
        "case": {name: state.plain(getattr(case, name)) for name in state.FACTS},
        "tasks": [row.id for row in tasks],
        "timers": [state.plain_row(each) for each in statements.rows(TimerRow, "case_id = ?", case.id)],
        "jobs": {
            str(row.id): row.state.value
            for row in jobrows.jobs_of(case.id, JobState.QUEUED, JobState.PARKED, JobState.INCIDENT)
        },
        "days": [row.id for row in bookings.of_case(case.id) if row.state in _STANDING],
        "states": {str(row.id): row.state.value for row in bookings.of_case(case.id)},
        "invoices": [row.id for row in invoices.of_case(case.id) if row.state == InvoiceState.OPEN],
    }
    endings.keep(case.id, at=now, by_name=actor.name, blob=blob, token=token, before=before)


_STANDING = frozenset({BookingState.HELD, BookingState.CONFIRMED})


def possible(case: Case) -> bool:
    """Whether it can be opened again. In a connection."""
    return bool(case.withdrawal) and endings.of_case(case.id) is not None


def reopen(portal: Portal, number: str, reason: str, actor: Actor) -> list[str]:
    """Open it again; gives the days (ISO) that could not be had back. Raises Refused (no reason, not ended by the
    body), Forbidden, NotFound."""
    actor.require(Right.WORK)
    now, reason = portal.now(), reason.strip()
    if not reason:
        raise Refused("Say why the case is opened again; the vendor reads it")
    with database.transaction():
        found = cases.get(number)
        if found is None:
            raise NotFound("There is no such case")
        case = cases.lock(permit.visible_case(found, actor).id)
        row = endings.of_case(case.id)
        if row is None or not case.withdrawal:
            raise Refused("Only a case that the certifying body has ended is opened again")
        loaded, before = portal.releases.loaded(case.release_id), row.before
        _close_what_came(case, set(before["tasks"]), now)
        for task_id in before["tasks"]:
            Task.update(state=TaskState.OPEN, closed_at=None, closed_by=None, closed_by_name="").where(
                Task.id == task_id
            ).execute()
        timerrows.replace_timers(
            case.id, [(each["task_id"], each["element"], state.rich(each["due_at"])) for each in before["timers"]]
        )
        undo.put_back_jobs(before["jobs"])
        Invoice.update(state=InvoiceState.OPEN).where(
            Invoice.id.in_(before["invoices"]) & (Invoice.state == InvoiceState.CANCELLED)
        ).execute()
        lost = _days(portal, loaded, before)
        cases.save_state(case.id, bytes(row.blob), row.token)
        for name, value in before["case"].items():
            setattr(case, name, state.rich(value))
        case.withdrawal, case.revision, case.changed_at = None, case.revision + 1, now
        case.save()
        undo.forget(case.id)
        endings.forget(case.id)
        finding.keep(case, loaded)
        history.note(case.id, now, EntryKind.WITHDRAWAL, by=actor, title=reason[:300], text="reopened")
        if mail := loaded.package.mail_for("message"):
            text = portal.say("ja")(TOLD) % {"reason": reason}
            params = {"mail": mail, "to_side": Side.VENDOR.value, "message": text}
            jobqueue.queue(case, "mail", params, "", f"reopened:{case.revision}", now)
    portal.poke()
    return lost


def _close_what_came(case: Case, known: set[str], now: datetime) -> None:
    """Tasks and jobs of the ending itself (a settlement) are not to be done."""
    for task in work.open_tasks(case.id):
        if task.id not in known:
            task.state, task.closed_at = TaskState.CANCELLED, now
            task.save()
    for job in jobrows.jobs_of(case.id, JobState.QUEUED, JobState.PARKED, JobState.INCIDENT):
        if job.task_id:
            job.state, job.finished_at = JobState.CANCELLED, now
            job.save()


def _days(portal: Portal, loaded: Loaded, before: dict[str, object]) -> list[str]:
    """Days that the ending gave up are the case's again where they are still free and to come."""
    lost = []
    states = before["states"]
    assert isinstance(states, dict)  # noqa: S101 - as `remember` writes it
    for row in Booking.select().where(Booking.id.in_(list(before["days"]))):  # type: ignore[call-overload]
        if row.state in _STANDING:
            continue
        taken = bookings.taken(row.calendar, row.day, row.day).get(row.day, 0)
        if row.day >= portal.today() and taken < loaded.package.calendars[row.calendar].fits(row.day):
            Booking.update(state=states[str(row.id)]).where(Booking.id == row.id).execute()
        else:
            lost.append(row.day.isoformat())
    return lost
