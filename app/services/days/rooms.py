"""The rooms of a calendar: of these no two bookings have one at one time, of whatever calendar they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.catalogue import Calendar
from app.errors import Refused
from app.store import bookings
from app.store.models import Booking
from app.text.fold import fold


def same(one: str, other: str) -> bool:
    """Whether two texts name one place, however they were typed."""
    return bool(one.strip()) and fold(one) == fold(other)


def listed(spec: Calendar, place: str) -> bool:
    """Whether the calendar has this room."""
    return any(same(place, room) for room in spec.rooms)


def holder(place: str, day: date, start: str, end: str, case: int, rows: Sequence[Booking]) -> Booking | None:
    """Another case's booking that has the place at that time."""
    for row in rows:
        together = row.day == day and row.start < end and start < row.end
        if together and row.case_id != case and same(row.place, place):
            return row
    return None


def given(spec: Calendar, case: int, day: date, start: str, end: str, said: str) -> str:
    """The place of a booking: what was said, else the first room that is free, else where the calendar is. Refused
    where another case has the room that was said, or all rooms are taken. In a transaction that holds the rooms."""
    rows = bookings.from_day(day)
    if not said.strip():
        free = [room for room in spec.rooms if holder(room, day, start, end, case, rows) is None]
        if spec.rooms and not free:
            raise Refused("Every room for %(calendar)s is taken at that time", calendar=spec.title)
        return free[0] if free else spec.place
    if listed(spec, said):
        require_free(said, day, start, end, case, rows)
    return said


def require_free(place: str, day: date, start: str, end: str, case: int, rows: Sequence[Booking]) -> None:
    """Refused where another case has it at that time."""
    other = holder(place, day, start, end, case, rows)
    if other is not None:
        raise Refused("%(place)s is taken by case %(other)s at that time", place=place, other=other.case.number)
