"""日程の変更 by the body: an examiner is ill, a storm comes. The settled day moves, and both sides are told.

What was held stays held and what was paid stays paid; the calendar file of the same appointment says the new day. A
request of the vendor for another day is answered by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.errors import N_, NotFound, Refused
from app.services.base import history, jobqueue, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.days import bookings as dates
from app.services.mails import portalmails
from app.services.mails.portalmails import Wording
from app.services.tasks.daterequests import CHANGED, LONGEST
from app.services.trouble import incidents
from app.states import STANDING, BookingState, EntryKind, IncidentKind, RequestState
from app.store import bookings, cases, database, undo
from app.store.models import Booking, Case

SUBJECT = N_("%(what)s of case %(number)s: moved to %(day)s")
TEXT = N_(
    "%(actor)s has moved %(what)s of case %(number)s (%(company)s) from %(before)s to %(day)s.\n\n"
    "%(reason)s\n\n%%(url)s"
)


@dataclass(frozen=True, slots=True)
class Movable:
    """A settled day that the body may move, and the days that can be had instead."""

    id: int
    booking: dates.BookingView
    free: list[date]
    people: list[str]  # who of the staff is there


def movable(portal: Portal, number: str, actor: Actor) -> list[Movable]:
    """The case's days to come. Raises Forbidden for who may not settle days."""
    with database.connection():
        case = permit.visible_case(cases.get(number), actor)
        permit.may_work(portal, actor, "books")
        loaded = portal.releases.loaded(case.release_id)
        rows = [row for row in bookings.of_case(case.id) if _stands(portal, row)]
        there = bookings.people([row.id for row in rows])
        return [
            Movable(
                row.id,
                dates.view(row, loaded),
                [day for day in dates.free_instead(portal, case, loaded, row.calendar) if day != row.day],
                [user.name or user.email for user in there.get(row.id, [])],
            )
            for row in rows
        ]


def move(portal: Portal, number: str, booking_id: int, day: date | None, reason: str, actor: Actor) -> None:
    """Give the case another day. The vendor gets the mail of a changed day with the reason; those who are there are
    told, too. Raises Refused (no day, no reason, not free, over), Forbidden, NotFound."""
    now, reason = portal.now(), reason.strip()
    with database.transaction():
        permit.may_work(portal, actor, "books")
        case = cases.lock(permit.visible_case(cases.get(number), actor).id)
        loaded = portal.releases.loaded(case.release_id)
        row = bookings.booking(booking_id)
        if row is None or row.case_id != case.id:
            raise NotFound("There is no such date")
        if case.ended or not _stands(portal, row):
            raise Refused("This date has passed or has been changed in the meantime")
        if day is None:
            raise Refused("Choose the new day")
        if not reason:
            raise Refused("Say why the day is being moved; the vendor will read this")
        if len(reason) > LONGEST:
            raise Refused("Write at most %(count)s characters; send longer texts as a file", count=LONGEST)
        moved = dates.move(portal, case, loaded, row, day, now)
        asked = bookings.last_request(row.id)
        if asked is not None and asked.state == RequestState.ASKED:
            asked.state, asked.day, asked.answer = RequestState.ACCEPTED, day, reason
            asked.answered_at, asked.answered_by_name = now, actor.name
            asked.save()
        undo.forget(case.id)
        incidents.over(case.id, now, kinds=(IncidentKind.DAY,), element=row.calendar, by=actor.name)
        history.note(
            case.id, now, EntryKind.DATE, by=actor, title=row.calendar, text="moved",
            data={"date": day.isoformat(), "quote": reason},
        )  # fmt: skip
        if mail := loaded.package.mail_for(CHANGED):
            jobqueue.queue(case, "mail", {"mail": mail, "message": reason}, "", f"day-moved:{moved.id}", now)
        _tell(portal, case, row, moved, loaded.package.calendars[row.calendar].title, reason, actor)
    portal.poke()


def _stands(portal: Portal, row: Booking) -> bool:
    return row.state == BookingState.MISSED or (row.state in STANDING and row.day >= portal.today())


def _tell(portal: Portal, case: Case, row: Booking, moved: Booking, what: str, reason: str, actor: Actor) -> None:
    """Those of the staff who are there."""
    for user in bookings.people([moved.id]).get(moved.id, []):
        if user.id == actor.user_id:
            continue
        say = portal.say(user.language)
        facts = {
            "what": what, "number": case.number, "company": case.company_name, "actor": actor.name, "reason": reason,
            "before": row.day.isoformat(), "day": moved.day.isoformat(),
        }  # fmt: skip
        wording = Wording(say(SUBJECT) % facts, say(TEXT) % facts)
        key = f"day-moved:{moved.id}:{user.id}"
        portalmails.queue(portal, key, "day-moved", user.email, wording, {"page": f"/cases/{case.number}"})
