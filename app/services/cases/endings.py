"""A case is ended by an administrator, whatever its process says: where it cannot go on and nothing else ends it.

The process is not asked, so none of its own steps for an ending are taken (a settlement, for instance). What was under
way stops; what is out stays in the ledger and is settled by people.
"""

from __future__ import annotations

from datetime import datetime

from app.errors import NinteiError, NotFound, Refused
from app.services.base import history, jobqueue, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cards import stock
from app.services.mails import deliveries
from app.services.process import reopening
from app.services.trouble import incidents
from app.states import BookingState, EntryKind, InvoiceState, JobState, Right, Standing, TaskState, Turn
from app.store import bookings, cases, clockrows, database, invoices, jobrows, timerrows, undo, visitrows, work
from app.store.models import Case

PURPOSE = "withdrawn"
BY = "administrator"  # what that mail reads as `data.withdrawal_by`


def end(portal: Portal, number: str, reason: str, actor: Actor) -> None:
    """End the case: open tasks, jobs and timers are cancelled, days ahead are given up, invoices of which nothing is
    paid are cancelled. All of it is on record. Raises Refused, Forbidden, NotFound."""
    actor.require(Right.END_CASES)
    reason, now = reason.strip(), portal.now()
    if not reason:
        raise Refused("Say why the case ends here; this is recorded")
    with database.transaction():
        found = cases.get(number)
        if found is None:
            raise NotFound("There is no such case")
        case = cases.lock(permit.visible_case(found, actor).id)
        if case.ended:
            raise Refused("This case has ended already")
        reopening.remember(case, actor, now)
        done = {
            "emergency": True,
            "tasks": _close_tasks(case, now),
            "jobs": _cancel_jobs(case, now),
            "days": _give_up_days(portal, case),
            "invoices": _cancel_invoices(case),
            "cards": [card.serial for card in stock.out(case.id)],
        }
        timerrows.replace_timers(case.id, [])
        visitrows.leave_elements(case.id, now)
        clockrows.end_clocks(case.id, portal.today())
        undo.forget(case.id)
        incidents.over(case.id, now, by=actor.name)
        case.withdrawal = {"by": BY, "name": actor.name, "reason": reason, "at": now.isoformat()}
        case.messages, case.running, case.timer_count = [], [], 0
        case.turn, case.turn_since, case.changed_at = Turn.NOBODY, now, now
        case.state, case.ended, case.revision = Standing.CLOSED, True, case.revision + 1
        case.save()
        history.note(case.id, now, EntryKind.WITHDRAWAL, by=actor, title=reason[:300], text=BY, data=done)
        deliveries.dropped(portal, case)
        _tell_vendor(portal, case, reason, now)
    portal.poke()


def _close_tasks(case: Case, now: datetime) -> list[str]:
    rows = work.open_tasks(case.id)
    for row in rows:
        row.state, row.closed_at = TaskState.CANCELLED, now
        row.save()
        history.note(
            case.id,
            now,
            EntryKind.TASK_CANCELLED,
            title=row.title,
            element=row.element,
            data={"task": row.id, "answer": None},
        )
    return [row.title for row in rows]


def _cancel_jobs(case: Case, now: datetime) -> int:
    """What nobody is to do any more; a worker that is at it comes too late."""
    rows = jobrows.jobs_of(case.id, JobState.QUEUED, JobState.RUNNING, JobState.PARKED, JobState.INCIDENT)
    for row in rows:
        row.state, row.finished_at, row.lease_until = JobState.CANCELLED, now, None
        row.save()
    return len(rows)


def _give_up_days(portal: Portal, case: Case) -> list[str]:
    given_up = []
    for row in bookings.of_case(case.id):
        if row.state in {BookingState.HELD, BookingState.CONFIRMED} and row.day >= portal.today():
            row.state = BookingState.RELEASED
            row.save()
            given_up.append(row.day.isoformat())
    return given_up


def _cancel_invoices(case: Case) -> list[str]:
    cancelled = []
    for row in invoices.of_case(case.id):
        if row.state == InvoiceState.OPEN and not row.paid:
            row.state = InvoiceState.CANCELLED
            row.save()
            cancelled.append(row.number)
    return cancelled


def _tell_vendor(portal: Portal, case: Case, reason: str, now: datetime) -> None:
    """The package's own mail for an ending, if it has one, with the reason."""
    try:
        mail = portal.releases.loaded(case.release_id).package.mail_for(PURPOSE)
    except NinteiError:  # a release that cannot be read any more: it may be why the case has to be ended
        return
    if mail:
        data = {**(case.data or {}), "withdrawal_by": BY}
        params = {"mail": mail, "message": reason}
        jobqueue.queue(case, "mail", params, jobqueue.Entered("", "", data), "ended", now)
