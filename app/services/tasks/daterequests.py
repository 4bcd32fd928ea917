"""日程の変更: a vendor asks for another day than the settled one, or gives it up; an operator answers.

The process is not touched: it goes on as it stands, with another date. A day may be changed until a deadline in
business days before it (`change_until_bd` of the calendar).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.errors import N_, NotFound, Refused
from app.services.base import history, jobqueue, permit
from app.services.base.actors import SYSTEM, Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.days import bookings as dates
from app.services.process import receipts
from app.services.tasks.datesasked import KINDS, may_ask, may_cancel, settlers, to_come
from app.states import BookingState, EntryKind, RequestKind, RequestState
from app.store import bookings, cases, database, undo
from app.store.models import Booking, Case, DateRequest
from app.text.days import long_date

CHANGED, REFUSED, ASKED = "date_changed", "date_refused", "date_asked"  # purposes of mails
LONGEST = 2_000


def ask(portal: Portal, number: str, kind: str, wishes: Sequence[str], reason: str, actor: Actor) -> int:
    """The vendor asks for another day (`change`, with wishes among the free days) or gives the day up (`cancel`: it is
    free at once). Gives the request's row id. Refused: after the deadline, twice, without a reason or a wish."""
    now, reason = portal.now(), reason.strip()
    with database.transaction():
        case = cases.lock(permit.visible_case(cases.get(number), actor).id)
        loaded = portal.releases.loaded(case.release_id)
        row = to_come(portal, case)
        if row is None:
            raise Refused("There is no fixed day that could be changed")
        refusal = may_ask(portal, case, loaded, row, actor)
        if refusal is None and kind == "cancel":
            refusal = may_cancel(row)
        if refusal is not None:
            raise refusal
        if kind not in KINDS:
            raise Refused("Say whether you wish for another day or give the day up")
        if not reason:
            raise Refused("Say why; the certifying body reads it")
        if len(reason) > LONGEST:
            raise Refused("Write at most %(count)s characters; send longer texts as a file", count=LONGEST)
        days = list(dict.fromkeys(each for each in wishes if each))
        free = {day.isoformat() for day in dates.free_instead(portal, case, loaded, row.calendar)}
        free -= {row.day.isoformat()}
        if any(day not in free for day in days):
            raise Refused("A day you chose is no longer free; choose again")
        if kind == "change" and not days:
            raise Refused("Choose at least one day")
        request = DateRequest.create(
            case=case, booking=row, kind=RequestKind(kind), wishes=days, reason=reason, asked_at=now,
            asked_by=actor.user_id, asked_by_name=actor.name,
        )  # fmt: skip
        if kind == "cancel":
            row.state, row.held_until = BookingState.CANCELLED, None
            row.save()
        undo.forget(case.id)
        _log(case, row, "given_up" if kind == "cancel" else "asked", actor, now, reason)
        receipts.queue_asked(case, loaded, _receipt(portal, loaded, request, row.day), actor, now)
        _mail(case, loaded, ASKED, f"date-request:{request.id}:asked", reason, now, settlers(loaded, row.calendar))
    portal.poke()
    return int(request.id)


def accept(portal: Portal, request_id: int, day: date | None, answer: str, actor: Actor) -> None:
    """Give the case this day instead: the date moves (its calendar file's sequence grows), and the vendor is written
    to. Refused when the day is not free."""
    now = portal.now()
    with database.transaction():
        permit.may_work(portal, actor, "books")
        request, case, loaded = _asked(portal, request_id)
        if day is None:
            raise Refused("Choose the new day")
        row = dates.move(portal, case, loaded, request.booking, day, now)
        request.state, request.day, request.answer = RequestState.ACCEPTED, day, answer.strip()[:LONGEST]
        request.answered_at, request.answered_by_name = now, actor.name
        request.save()
        undo.forget(case.id)
        _log(case, row, "moved", actor, now)
        _mail(case, loaded, CHANGED, f"date-request:{request.id}:accepted", request.answer, now)
    portal.poke()


def refuse(portal: Portal, request_id: int, answer: str, actor: Actor) -> None:
    """The day stays; the vendor is told why. A day that was given up cannot be kept: another one is settled."""
    now, answer = portal.now(), answer.strip()
    with database.transaction():
        permit.may_work(portal, actor, "books")
        request, case, loaded = _asked(portal, request_id)
        if request.kind == RequestKind.CANCEL:
            raise Refused("The vendor has given up the day. Agree on another day with them and enter it here")
        if not answer:
            raise Refused("Say why the day cannot be changed; the vendor will read this")
        request.state, request.answer = RequestState.REFUSED, answer[:LONGEST]
        request.answered_at, request.answered_by_name = now, actor.name
        request.save()
        _log(case, request.booking, "kept", actor, now, request.answer)
        _mail(case, loaded, REFUSED, f"date-request:{request.id}:refused", request.answer, now)
    portal.poke()


def lapse(portal: Portal) -> int:
    """Requests whose day has come or is no longer the case's are over; gives how many."""
    count = 0
    with database.transaction():
        for row in bookings.asked():
            given_up = row.booking.state == BookingState.CANCELLED
            stands = (
                row.booking.state in {BookingState.HELD, BookingState.CONFIRMED} and row.booking.day > portal.today()
            )
            if row.case.ended or not (given_up or stands):
                row.state, row.answered_at = RequestState.LAPSED, portal.now()
                row.save()
                _log(row.case, row.booking, "request_lapsed", SYSTEM, portal.now())
                count += 1
    return count


def _asked(portal: Portal, request_id: int) -> tuple[DateRequest, Case, Loaded]:
    found = bookings.request(request_id)
    if found is None:
        raise NotFound("There is no such request")
    case = cases.lock(found.case_id)
    found = bookings.request(request_id)  # as it is now that nobody else can answer
    if found is None or found.state != RequestState.ASKED:
        raise Refused("This request has been answered already")
    return found, case, portal.releases.loaded(case.release_id)


def _log(case: Case, row: Booking, what: str, actor: Actor, now: datetime, quote: str = "") -> None:
    history.note(
        case.id,
        now,
        EntryKind.DATE,
        by=actor,
        title=row.calendar,
        text=what,
        data={"date": row.day.isoformat(), "quote": quote},
    )


def _receipt(portal: Portal, loaded: Loaded, request: DateRequest, day: date) -> receipts.Request:
    say, given_up = portal.say("ja"), request.kind == RequestKind.CANCEL
    wishes = "\n".join(long_date(date.fromisoformat(each), "ja") for each in request.wishes)
    lines = [
        (say(N_("What it is about")), loaded.package.calendars[request.booking.calendar].title),
        (say(N_("The day that is settled")), long_date(day, "ja")),
        *([] if given_up else [(say(N_("Days wished for instead")), wishes)]),
        (say(N_("Reason")), request.reason),
    ]
    title = N_("A settled day is given up") if given_up else N_("Another day is asked for")
    return receipts.Request(f"D{request.id}", say(title), tuple(lines))


def _mail(case: Case, loaded: Loaded, purpose: str, key: str, message: str, now: datetime, to: str = "") -> None:
    if mail := loaded.package.mail_for(purpose):
        params = {"mail": mail, "message": message} | ({"to_side": to} if to else {})
        jobqueue.queue(case, "mail", params, "", key, now)
