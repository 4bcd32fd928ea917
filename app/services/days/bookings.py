"""Days for exams and audits: what is free, who holds what, and what lapses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import date as Day  # noqa: N812 - a field below is called `date`, as templates say it
from typing import Any

from app.catalogue import Calendar, Element, Package
from app.errors import Refused
from app.forms import FormSpec
from app.services.base import businessdays, history
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.days import lastday, rooms
from app.states import STANDING, BookingState, EntryKind, IncidentKind, Side
from app.store import bookings, database, incidents
from app.store.models import Booking, Case

ROOMS = "rooms"  # held while one is looked for: they belong to all calendars


@dataclass(frozen=True, slots=True)
class BookingView:
    """A date as templates and pages show it."""

    calendar: str
    title: str
    date: Day
    start: str
    end: str
    place: str
    state: BookingState
    attempt: int
    sequence: int
    held_until: Day | None


def view(row: Booking, loaded: Loaded) -> BookingView:
    """What pages know of the booking."""
    spec = loaded.package.calendars[row.calendar]
    return BookingView(
        calendar=row.calendar,
        title=spec.title,
        date=row.day,
        start=row.start,
        end=row.end,
        place=row.place,
        state=row.state,
        attempt=row.attempt,
        sequence=row.sequence,
        held_until=row.held_until,
    )


def free_days(portal: Portal, loaded: Loaded, calendar_id: str, earliest: int, until: date | None = None) -> list[date]:
    """The days that can still be had, first to last. `earliest`: business days from today to the first (lastday says
    how many); `until`: not beyond this day, as long as one of those before it is free."""
    spec = loaded.package.calendars[calendar_id]
    days = possible_days(spec, portal.today(), portal.closing(), earliest)
    taken = bookings.taken(calendar_id, days[0], days[-1]) if days else {}
    free = [day for day in days if taken.get(day, 0) < spec.fits(day)]
    return [day for day in free if until is None or day <= until] or free


def free_for(portal: Portal, case: Case, loaded: Loaded, element: Element, data: Mapping[str, Any]) -> list[date]:
    """The days that a task of the case offers: they leave room for the steps before, and keep its deadline."""
    calendar_id = element.properties.get("calendar") or element.properties["books"]
    until = lastday.day_until_now(lastday.Place(case, loaded, portal.closing(), data), element)
    return free_days(portal, loaded, calendar_id, lastday.earliest(loaded.package, element, calendar_id), until)


def free_instead(portal: Portal, case: Case, loaded: Loaded, calendar_id: str) -> list[date]:
    """The days that the case can have in place of its settled one: room is left for what is still to be done."""
    return free_days(portal, loaded, calendar_id, lastday.needed(case, loaded.package, calendar_id))


def possible_days(
    spec: Calendar, today: date, closing: frozenset[date] = frozenset(), earliest: int | None = None
) -> list[date]:
    """The days that a calendar offers as long as nobody has taken any."""
    first = businessdays.add_business_days(today, spec.earliest_bd if earliest is None else earliest, closing)
    last = today + timedelta(days=spec.latest_days)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() in spec.weekdays and businessdays.is_business_day(day, closing)]


def of_empty(package: Package, element: Element, today: date) -> list[date]:
    """The days that a task of this element offers while nobody has taken any and no day is closed."""
    calendar_id = element.properties.get("calendar") or element.properties.get("books") or ""
    spec = package.calendars.get(calendar_id)
    return [] if spec is None else possible_days(spec, today, earliest=lastday.earliest(package, element, calendar_id))


def book(
    portal: Portal,
    case: Case,
    loaded: Loaded,
    calendar_id: str,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> dict[str, Any]:
    """Hold the day that an operator settled; gives the routing value `booking`."""
    chosen = values.get("date")
    if not chosen:
        return {}
    day = date.fromisoformat(str(chosen))
    spec = loaded.package.calendars[calendar_id]
    database.lock_name(f"calendar:{calendar_id}")
    database.lock_name(ROOMS)
    start = str(values.get("start") or spec.start)
    end = end_of(start, spec.duration_minutes)
    place = rooms.given(spec, case.id, day, start, end, str(values.get("place") or ""))
    previous = bookings.latest(case.id, calendar_id)
    own = previous is not None and previous.day == day and previous.state in {BookingState.HELD, BookingState.CONFIRMED}
    if not own and bookings.taken(calendar_id, day, day).get(day, 0) >= spec.fits(day):
        raise Refused("%(day)s has just been given to another case; choose another day", day=day)
    if previous is not None and previous.state in STANDING | {BookingState.MISSED}:
        if previous.state == BookingState.MISSED:  # somebody has decided
            incidents.over(case.id, now, (IncidentKind.DAY,), calendar_id, actor.name)
        previous.state = BookingState.RELEASED
        previous.save()
    Booking.create(
        case=case,
        calendar=calendar_id,
        day=day,
        start=start,
        end=end,
        place=place,
        state=BookingState.HELD,
        held_until=lastday.of_hold(loaded.package, calendar_id, day, portal.today(), portal.closing()),
        attempt=(previous.attempt + 1 if previous else 1),
        sequence=(previous.sequence + 1 if previous else 0),
        at=now,
    )
    history.note(case.id, now, EntryKind.DATE, by=actor, title=spec.title, data={"date": day.isoformat()})
    return {"booking": "held"}


def move(portal: Portal, case: Case, loaded: Loaded, row: Booking, day: date, now: datetime) -> Booking:
    """Give the case another day in place of this one: what was paid stays paid, the people and the place come along,
    and the calendar file's sequence grows. Refused when the day cannot be had."""
    spec = loaded.package.calendars[row.calendar]
    database.lock_name(f"calendar:{row.calendar}")
    if day not in free_instead(portal, case, loaded, row.calendar):
        raise Refused("%(day)s has just been given to another case; choose another day", day=day)
    if row.state == BookingState.LAPSED or (row.day == day and row.state != BookingState.CANCELLED):
        raise Refused("Choose a day other than the one already fixed")
    database.lock_name(ROOMS)
    start, end = row.start or spec.start, row.end or end_of(spec.start, spec.duration_minutes)
    place = row.place
    if rooms.listed(spec, place) and rooms.holder(place, day, start, end, case.id, bookings.from_day(day)) is not None:
        place = rooms.given(spec, case.id, day, start, end, "")
    newest = max((each.sequence for each in bookings.of_case(case.id) if each.calendar == row.calendar), default=0)
    moved = Booking.create(
        case=case,
        calendar=row.calendar,
        day=day,
        start=start,
        end=end,
        place=place,
        # Only what is paid for is given up, or goes by.
        state=BookingState.CONFIRMED if row.state in {BookingState.CANCELLED, BookingState.MISSED} else row.state,
        held_until=row.held_until,
        warned=row.warned,
        attempt=row.attempt,
        sequence=newest + 1,
        at=now,
    )
    bookings.set_people(moved.id, [each.id for each in bookings.people([row.id]).get(row.id, [])])
    if row.state != BookingState.CANCELLED:
        row.state = BookingState.RELEASED
        row.save()
    lastday.renew(case, loaded, portal.closing())
    return moved


def end_of(start: str, minutes: int) -> str:
    """The time of day so many minutes later."""
    hour, minute = (int(part) for part in start.split(":"))
    total = hour * 60 + minute + minutes
    return f"{total // 60 % 24:02d}:{total % 60:02d}"


def settle(portal: Portal, case: Case, loaded: Loaded) -> dict[str, Any]:
    """After a payment: the held date is firm. A lapsed one is taken again if it is still free."""
    row = bookings.latest(case.id)
    if row is None:
        return {}
    if row.state == BookingState.CANCELLED:  # given up: a new day is settled on its own
        return {"booking": "held"}
    if row.state == BookingState.LAPSED:
        database.lock_name(f"calendar:{row.calendar}")
        spec = loaded.package.calendars[row.calendar]
        taken = bookings.taken(row.calendar, row.day, row.day).get(row.day, 0)
        if row.day <= portal.today() or taken >= spec.fits(row.day):
            return {"booking": "lapsed"}
    row.state, row.held_until = BookingState.CONFIRMED, None
    row.save()
    return {"booking": "held"}


def placed(case: Case, spec: FormSpec, values: Mapping[str, Any]) -> None:
    """What a form says of where a settled day takes place (property `place_of` of a field, a calendar) is its place
    from now on: on pages, in mails and calendar files. Inside the step's transaction."""
    for field in spec.inputs():
        calendar_id, said = str(field.properties.get("place_of") or ""), str(values.get(field.key) or "").strip()
        row = bookings.latest(case.id, calendar_id) if calendar_id and said else None
        if row is not None and row.state in STANDING:
            row.place = " ".join(said.split())[:300]
            row.save()


def confirm(case: Case, calendar_id: str) -> None:
    """The held date is firm, whether or not it had to be paid for."""
    row = bookings.latest(case.id, calendar_id)
    if row is not None and row.state == BookingState.HELD:
        row.state, row.held_until = BookingState.CONFIRMED, None
        row.save()


def wishes(case: Case, loaded: Loaded, calendar_id: str) -> list[date]:
    """The days that the vendor wished for, in order, from the last answer of the calendar's vendor task."""
    from app.store import work

    latest = work.latest_answers(case.id)
    for element in loaded.package.elements.values():
        if element.properties.get("calendar") == calendar_id and element.side == Side.VENDOR and element.id in latest:
            values = latest[element.id].values
            found = [values.get(f"wish_{n}") for n in range(1, loaded.package.calendars[calendar_id].wishes + 1)]
            return [date.fromisoformat(day) for day in found if day]
    return []


def upcoming(first: date, last: date) -> Sequence[Booking]:
    """The dates of all cases in a period, for the body's calendar."""
    return bookings.between(first, last)
