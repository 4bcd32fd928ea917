"""担当と場所: who of the staff is there on an exam or audit day, where it is, and what clashes with that.

Clashes are said before they happen and stop nobody; only the number of cases a day is a limit (services.dates).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.catalogue.declared import Group
from app.errors import NotFound, Refused
from app.services.base import businessdays, history, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.days import bookings as dates
from app.services.days import month, rooms
from app.services.days.month import Clash
from app.states import STANDING, CardState, EntryKind, Right, Side
from app.store import accounts, bookings, cards, cases, database
from app.store.models import Booking, User

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the staff who may be there. `name` tells them apart."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a day is to be, before or after it is stored."""

    day: date
    start: str
    end: str
    place: str
    people: tuple[int, ...]
    booking: int | None = None  # the date that it is, or that it takes the place of
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A date to come."""

    id: int
    case_number: str
    company_name: str
    system_name: str
    booking: dates.BookingView
    people: list[Person]
    clashes: list[Clash]


def examiners(groups: Mapping[str, Group]) -> list[Person]:
    """The staff who may be there: those of groups that attend, everybody where they have nobody. In a connection."""
    staff = accounts.staff()
    attending = {group.id for group in groups.values() if group.attends}
    chosen = [row for row in staff if attending & set(row.groups.split(","))] or staff
    names = [row.name or row.email for row in chosen]
    return [
        Person(row.id, name if names.count(name) == 1 else f"{name} <{row.email}>")
        for row, name in zip(chosen, names, strict=True)
    ]


def offered(portal: Portal, actor: Actor) -> list[Person]:
    """The same, for a page."""
    actor.require(Right.SEE_DESKS)
    with database.connection():
        return examiners(portal.releases.groups())


def upcoming(portal: Portal, actor: Actor) -> list[Upcoming]:
    """The dates to come, the next one first, each with what clashes."""
    actor.require(Right.SEE_DESKS)
    with database.connection():
        rows = bookings.from_day(portal.today())
        there = bookings.people([row.id for row in rows])
        found = []
        for row in rows:
            case, loaded = row.case, portal.releases.loaded(row.case.release_id)
            people = there.get(row.id, [])
            found.append(
                Upcoming(
                    row.id,
                    case.number,
                    case.company_name,
                    case.system_name,
                    dates.view(row, loaded),
                    [Person(user.id, user.name or user.email) for user in people],
                    [*_closed(portal, row), *clashes(loaded, case.id, _plan(row, people), rows, there)],
                )
            )
        return found


def _closed(portal: Portal, row: Booking) -> list[Clash]:
    """A day that was closed after it had been settled."""
    return [] if businessdays.is_business_day(row.day, portal.closing()) else [Clash(month.CLOSED)]


def of_case(portal: Portal, number: str, actor: Actor) -> list[str]:
    """The names of those who are there on the case's day to come, for the staff."""
    if actor.side != Side.OPERATOR:
        return []
    with database.connection():
        case = cases.get(number)
        row = bookings.latest(case.id) if case is not None else None
        if row is None or row.state not in STANDING or row.day < portal.today():
            return []
        return [user.name or user.email for user in bookings.people([row.id]).get(row.id, [])]


def assign(portal: Portal, booking_id: int, place: str, people: Sequence[int], actor: Actor) -> list[Clash]:
    """Set the place and the people of a date; gives what clashes with that. Refused for a date that is over."""
    place = place.strip()
    with database.transaction():
        permit.may_work(portal, actor, "books")
        row = bookings.booking(booking_id)
        if row is None:
            raise NotFound("There is no such date")
        case = cases.lock(row.case_id)
        row = bookings.booking(booking_id)
        if row is None or row.state not in STANDING or row.day < portal.today():
            raise Refused("This date has passed or has been changed in the meantime")
        if not place:
            raise Refused("Enter the place")
        if len(place) > LONGEST:
            raise Refused("Write at most %(count)s characters", count=LONGEST)
        known = {each.id for each in examiners(portal.releases.groups())}
        if not known.issuperset(people):
            raise Refused("Choose people who may attend")
        spec = portal.releases.loaded(case.release_id).package.calendars[row.calendar]
        if rooms.listed(spec, place):
            database.lock_name(dates.ROOMS)
            rooms.require_free(place, row.day, row.start, row.end, row.case_id, bookings.from_day(row.day))
        before = (row.place, sorted(user.id for user in bookings.people([row.id]).get(row.id, [])))
        row.place = place
        row.save()
        bookings.set_people(row.id, people)
        if before != (place, sorted(set(people))):
            names = [user.name or user.email for user in bookings.people([row.id]).get(row.id, [])]
            history.note(
                case.id,
                portal.now(),
                EntryKind.DATE,
                by=actor,
                title=row.calendar,
                text="arranged",
                data={"date": row.day.isoformat(), "quote": "\u3000".join([place, *names])},
                staff=True,
            )
        rows = bookings.from_day(row.day)
        there = bookings.people([each.id for each in rows])
        return clashes(portal.releases.loaded(case.release_id), case.id, _plan(row, there.get(row.id, [])), rows, there)


def settled(case: int, loaded: Loaded, calendar_id: str, values: Mapping[str, Any]) -> None:
    """A day was settled with the people whom the form's field `examiners` names. Inside the step's transaction."""
    row = bookings.latest(case, calendar_id)
    if row is None or not values.get("date") or not values.get("examiners"):
        return
    bookings.set_people(row.id, _named(loaded, values))


def foreseen(case: int, loaded: Loaded, calendar_id: str, values: Mapping[str, Any]) -> list[Clash]:
    """What clashes with a day that is about to be settled. In a connection."""
    spec = loaded.package.calendars[calendar_id]
    if not values.get("date"):
        return []
    start = str(values.get("start") or spec.start)
    day = date.fromisoformat(str(values["date"]))
    end = dates.end_of(start, spec.duration_minutes)
    try:
        place = rooms.given(spec, case, day, start, end, str(values.get("place") or ""))
    except Refused as why:
        return [Clash(why.message, dict(why.params))]
    return clashes(loaded, case, Plan(day, start, end, place, tuple(_named(loaded, values)), calendar=calendar_id))


def _named(loaded: Loaded, values: Mapping[str, Any]) -> list[int]:
    names = set(values.get("examiners") or ())
    return [each.id for each in examiners(loaded.package.groups) if each.name in names]


def clashes(
    loaded: Loaded,
    case: int,
    plan: Plan,
    rows: Sequence[Booking] | None = None,
    there: dict[int, list[User]] | None = None,
) -> list[Clash]:
    """What cannot well be together with this plan: people and rooms twice, people who are away, cards that lack.
    `rows`, `there`: the dates around it with their people, where many are looked at."""
    rows = bookings.from_day(plan.day) if rows is None else rows
    there = bookings.people([row.id for row in rows]) if there is None else there
    found: list[Clash] = []
    for row in rows:
        together = row.day == plan.day and row.start < plan.end and plan.start < row.end
        if row.id == plan.booking or row.case_id == case or not together:
            continue
        for user in there.get(row.id, []):
            if user.id in plan.people:
                facts = {"name": user.name or user.email, "other": row.case.number}
                found.append(Clash("%(name)s is with case %(other)s at that time", facts))
        if rooms.same(plan.place, row.place):
            facts = {"place": plan.place, "other": row.case.number}
            found.append(Clash("%(place)s is taken by case %(other)s at that time", facts))
    found += [
        Clash("%(name)s is away on that day", {"name": user.name or user.email})
        for user in bookings.absent(plan.people, plan.day)
    ]
    return found + _cards(loaded, case, plan)


def _cards(loaded: Loaded, case: int, plan: Plan) -> list[Clash]:
    """Cards that the day asks for, that the case has not got and that do not lie in stock."""
    package = loaded.package
    places = {each.process for each in package.elements.values() if each.properties.get("books") == plan.calendar}
    sets = {
        each.properties["cards"]
        for each in package.elements.values()
        if each.process in places and each.properties.get("cards")
    }
    lacking = 0
    for set_id in sets:
        has = [
            row
            for row in cards.of_case(case, set_id)
            if row.state in {CardState.MAKING, CardState.READY, CardState.LENT}
        ]
        lacking += max(0, package.cards[set_id].count - len(has))
    stock = len(cards.free(lacking)) if lacking else 0
    if stock >= lacking:
        return []
    return [Clash("%(count)s cards are needed and %(stock)s are in stock", {"count": lacking, "stock": stock})]


def _plan(row: Booking, people: Sequence[User]) -> Plan:
    return Plan(row.day, row.start, row.end, row.place, tuple(user.id for user in people), row.id, row.calendar)
