"""What vendors ask of days that are settled, as pages show it: whether they may, what they asked, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.errors import Forbidden, NinteiError, Refused
from app.services.base import businessdays, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.days import bookings as dates
from app.states import BookingState, RequestKind, RequestState, Right, Side
from app.store import bookings, cases, database
from app.store.models import Booking, Case, DateRequest

KINDS = ("change", "cancel")


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request and what became of it."""

    id: int
    kind: RequestKind  # change | cancel
    state: RequestState  # asked | accepted | refused | lapsed
    reason: str
    wishes: list[date]
    asked_at: datetime
    asked_by: str
    answer: str
    day: date | None
    answered_at: datetime | None
    answered_by: str
    booking: dates.BookingView  # the day that it is about
    case_number: str
    company_name: str
    system_name: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that an operator has to answer."""

    request: RequestView
    free: list[date]  # the days that can be had, the vendor's wishes among them first


@dataclass(frozen=True, slots=True)
class Standing:
    """The case's settled day and what its vendor may do about it."""

    booking: dates.BookingView
    until: date  # the last day on which it may be changed
    refusal: NinteiError | None  # why nothing can be asked now
    cancel_refusal: NinteiError | None  # why it cannot be given up (it may still be changed)
    request: RequestView | None  # the last one about this day
    free: list[date]
    wishes: int  # how many may be named


def standing(portal: Portal, number: str, actor: Actor) -> Standing | None:
    """The day to come of this case; none when none is settled or given up."""
    with database.connection():
        case = permit.visible_case(cases.get(number), actor)
        loaded = portal.releases.loaded(case.release_id)
        row = to_come(portal, case)
        if row is None:
            return None
        spec = loaded.package.calendars[row.calendar]
        last = bookings.last_request(row.id)
        refusal = may_ask(portal, case, loaded, row, actor)
        return Standing(
            booking=dates.view(row, loaded),
            until=_until(portal, loaded, row),
            refusal=refusal,
            cancel_refusal=refusal or may_cancel(row),
            request=_view(last, loaded) if last is not None else None,
            free=[day for day in dates.free_instead(portal, case, loaded, row.calendar) if day != row.day],
            wishes=spec.wishes,
        )


def of_case(portal: Portal, number: str, actor: Actor) -> list[RequestView]:
    """The requests of a case, newest first."""
    with database.connection():
        case = permit.visible_case(cases.get(number), actor)
        loaded = portal.releases.loaded(case.release_id)
        return [_view(row, loaded) for row in bookings.requests_of(case.id)]


def waiting(portal: Portal, actor: Actor) -> list[Waiting]:
    """What waits for an operator's answer, the oldest first."""
    actor.require(Right.SEE_DESKS)
    with database.connection():
        found = []
        for row in bookings.asked():
            loaded = portal.releases.loaded(row.case.release_id)
            seen = _view(row, loaded)
            free = [
                day
                for day in dates.free_instead(portal, row.case, loaded, row.booking.calendar)
                if day != row.booking.day or row.booking.state == BookingState.CANCELLED
            ]
            wished = [day for day in seen.wishes if day in free]
            found.append(Waiting(seen, wished + [day for day in free if day not in wished]))
        return found


def to_come(portal: Portal, case: Case) -> Booking | None:
    """The case's day ahead, or the one that was given up and has no successor yet."""
    row = bookings.latest(case.id)
    if row is None or case.ended:
        return None
    if row.state == BookingState.CANCELLED or (
        row.state in {BookingState.HELD, BookingState.CONFIRMED} and row.day >= portal.today()
    ):
        return row
    return None


def _until(portal: Portal, loaded: Loaded, row: Booking) -> date:
    before = loaded.package.calendars[row.calendar].change_until_bd
    return businessdays.add_business_days(row.day, -before, portal.closing())


def may_ask(portal: Portal, case: Case, loaded: Loaded, row: Booking, actor: Actor) -> NinteiError | None:
    if actor.side != Side.VENDOR:
        return Forbidden("Only the vendor asks for another day")
    try:
        permit.acting(case, actor)
    except Forbidden as refused:
        return refused
    last = bookings.last_request(row.id)
    if last is not None and last.state == RequestState.ASKED:
        return Refused("You have asked already; the certifying body will answer")
    until = _until(portal, loaded, row)
    if portal.today() > until:
        return Refused("The day could be changed until %(day)s; please call the certifying body", day=until)
    return None


def may_cancel(row: Booking) -> NinteiError | None:
    if row.state == BookingState.HELD:
        return Refused("The day is only held: it lapses by itself when it is not paid for")
    return None


def settlers(loaded: Loaded, calendar_id: str) -> str:
    """Who settles days of this calendar."""
    settling = [each for each in loaded.package.elements.values() if each.properties.get("books") == calendar_id]
    group = settling[0].properties.get("group", "") if settling else ""
    return f"group:{group}" if group else "operator"


def _view(row: DateRequest, loaded: Loaded) -> RequestView:
    return RequestView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        reason=row.reason,
        wishes=[date.fromisoformat(day) for day in row.wishes],
        asked_at=row.asked_at,
        asked_by=row.asked_by_name,
        answer=row.answer,
        day=row.day,
        answered_at=row.answered_at,
        answered_by=row.answered_by_name,
        booking=dates.view(row.booking, loaded),
        case_number=row.case.number,
        company_name=row.case.company_name,
        system_name=row.case.system_name,
    )
