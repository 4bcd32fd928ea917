"""The body's month: exam and audit dates of all cases, what each calendar can hold, closing days, and what clashes."""

from __future__ import annotations

from calendar import Calendar
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays

from app.errors import N_, Forbidden, NotFound, Refused
from app.services.base import businessdays, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.days import bookings
from app.states import BookingState, ChangeKind, Right
from app.store import changes, closings, database
from app.store.models import Booking

KIND = ChangeKind.CLOSING_DAY
CLOSED = N_("The office is closed on this day")


@dataclass(frozen=True, slots=True)
class Date:
    """The day of one case in a calendar."""

    case_number: str
    company_name: str
    system_name: str
    calendar: str
    title: str
    start: str
    end: str
    place: str
    state: BookingState  # held | confirmed
    held_until: date | None
    attempt: int


@dataclass(frozen=True, slots=True)
class Clash:
    """Something about a day that cannot stay as it is: a message id with its facts."""

    message: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    """A day of the month."""

    day: date
    inside: bool  # of the month that is shown
    open: bool  # a business day of the body
    holiday: str  # its Japanese name
    closing: str | None  # why the body is closed; none when it is not its own closing day
    dates: list[Date]
    free: list[tuple[str, int]]  # (calendar's title, places left), of calendars that offer this day
    clashes: list[Clash]


@dataclass(frozen=True)
class Month:
    """A month, weeks from Sunday."""

    first: date
    weeks: list[list[Day]]
    closing: list[tuple[date, str]]  # closing days from today on
    calendars: list[tuple[str, str, int]]  # (id, title, places a day)
    why_not: Forbidden | None = None  # why the reader may not change days

    @property
    def clashes(self) -> list[Day]:
        """The days on which something clashes."""
        return [day for week in self.weeks for day in week if day.inside and day.clashes]

    @property
    def dates(self) -> list[tuple[date, Date]]:
        """All dates of the month in their order."""
        return [(day.day, each) for week in self.weeks for day in week if day.inside for each in day.dates]


@lru_cache(maxsize=16)
def _holidays(year: int, lang: str) -> dict[date, str]:
    return dict(holidays.country_holidays("JP", years=year, language="en_US" if lang == "en" else "ja"))


def month(portal: Portal, year: int, number: int, actor: Actor) -> Month:
    """The month. Refused when there is no such month."""
    actor.require(Right.SEE_DESKS)
    if not (2000 <= year <= 2100 and 1 <= number <= 12):
        raise NotFound("There is no such month")
    weeks = Calendar(firstweekday=6).monthdatescalendar(year, number)
    with database.connection():
        closing = closings.titles()
        booked: dict[date, list[Booking]] = {}
        for row in bookings.upcoming(weeks[0][0], weeks[-1][-1]):
            booked.setdefault(row.day, []).append(row)
        specs: dict[str, Any] = {}
        for loaded in portal.releases.all_current():
            specs.update(loaded.package.calendars)
        found = []
        for week in weeks:
            days = []
            for day in week:
                rows = booked.get(day, [])
                capacity = {id_: spec.fits(day) for id_, spec in specs.items()}
                is_open = businessdays.is_business_day(day, frozenset(closing))
                taken = Counter(row.calendar for row in rows)
                days.append(
                    Day(
                        day,
                        day.month == number,
                        is_open,
                        _holidays(day.year, actor.language).get(day, ""),
                        closing.get(day),
                        [_date(portal, row) for row in rows],
                        [
                            (spec.title, spec.fits(day) - taken[id_])
                            for id_, spec in specs.items()
                            if is_open and day.weekday() in spec.weekdays and day > portal.today()
                        ],
                        _clashes(rows, is_open, capacity, taken) if day >= portal.today() else [],
                    )
                )
            found.append(days)
        ahead = sorted((day, title) for day, title in closing.items() if day >= portal.today())
        places = [(i, spec.title, spec.capacity) for i, spec in specs.items()]
        return Month(date(year, number, 1), found, ahead, places, _why_not(portal, actor))


def _why_not(portal: Portal, actor: Actor) -> Forbidden | None:
    """Days are the work of the groups that settle them."""
    try:
        actor.require(Right.DAYS)
        permit.may_work(portal, actor, "books")
    except Forbidden as error:
        return error
    return None


def _date(portal: Portal, row: Booking) -> Date:
    seen = bookings.view(row, portal.releases.loaded(row.case.release_id))
    return Date(
        case_number=row.case.number,
        company_name=row.case.company_name,
        system_name=row.case.system_name,
        calendar=row.calendar,
        title=seen.title,
        start=row.start,
        end=row.end,
        place=row.place,
        state=row.state,
        held_until=row.held_until,
        attempt=row.attempt,
    )


def _clashes(rows: Sequence[Booking], is_open: bool, capacity: dict[str, int], taken: Counter[str]) -> list[Clash]:
    found = []
    if rows and not is_open:
        found.append(Clash(CLOSED))
    for calendar_id, count in taken.items():
        if count > capacity.get(calendar_id, count):
            many = {"count": count, "capacity": capacity[calendar_id]}
            found.append(Clash("%(count)s cases on a day with room for %(capacity)s", many))
    for at, one in enumerate(rows):
        for other in rows[at + 1 :]:
            if one.place and one.place == other.place and one.start < other.end and other.start < one.end:
                facts = {"place": one.place, "one": one.case.number, "other": other.case.number}
                found.append(Clash("%(one)s and %(other)s are at %(place)s at the same time", facts))
    return found


def close(portal: Portal, day: date, title: str, actor: Actor) -> int:
    """Close the body on a day; gives how many dates of cases lie on it (they stay and are shown as clashes).

    Refused for a day that is over (clocks have counted it) and for one that is no business day anyway; Forbidden for
    who is of no group that settles days.
    """
    actor.require(Right.DAYS)
    title = title.strip()[:120]
    if day <= portal.today():
        raise Refused("Only a future day can be made a closing day: past days have already been counted")
    if day > portal.today() + timedelta(days=800):
        raise Refused("This day is too far in the future")
    if not title:
        raise Refused("Say why the office is closed on this day")
    with database.transaction():
        permit.may_work(portal, actor, "books")
        if not businessdays.is_business_day(day):
            raise Refused("%(day)s is not a business day anyway", day=day)
        if not closings.close(day, title):
            raise Refused("%(day)s is already a closing day", day=day)
        changes.add(portal.now(), actor.user_id, actor.name, KIND, day.isoformat(), "", "", title)
        return len(bookings.upcoming(day, day))


def reopen(portal: Portal, day: date, actor: Actor) -> None:
    """Take back a closing day to come."""
    actor.require(Right.DAYS)
    if day <= portal.today():
        raise Refused("Only future days can be changed: past days have already been counted")
    with database.transaction():
        permit.may_work(portal, actor, "books")
        title = closings.titles().get(day)
        if title is None:
            raise NotFound("%(day)s is not a closing day", day=day)
        closings.reopen(day)
        changes.add(portal.now(), actor.user_id, actor.name, KIND, day.isoformat(), "", title, "")


def rename(portal: Portal, day: date, title: str, actor: Actor) -> None:
    """Say otherwise why the body is closed on a day."""
    actor.require(Right.DAYS)
    title = title.strip()[:120]
    if not title:
        raise Refused("Say why the office is closed on this day")
    with database.transaction():
        permit.may_work(portal, actor, "books")
        before = closings.titles().get(day)
        if before is None:
            raise NotFound("%(day)s is not a closing day", day=day)
        closings.name(day, title)
        changes.add(portal.now(), actor.user_id, actor.name, KIND, day.isoformat(), "title", before, title)


def move(portal: Portal, day: date, to: date, title: str, actor: Actor) -> None:
    """Make another day the closing day."""
    with database.transaction():
        reopen(portal, day, actor)
        close(portal, to, title, actor)
