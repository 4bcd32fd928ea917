"""Days for exams and audits: who holds which, requests for another one, and who is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from peewee import fn

from app.states import KEPT, STANDING, BookingState, RequestState
from app.store import statements
from app.store.models import Absence, Booking, BookingPerson, Case, DateRequest, User
from app.store.models.cases import UNDER_WAY


def request(request_id: int) -> DateRequest | None:
    """The request of this row id, with its booking and case."""
    query = DateRequest.select(DateRequest, Booking, Case).join(Booking).switch(DateRequest).join(Case)
    return query.where(DateRequest.id == request_id).first()


def requests_of(case: int) -> list[DateRequest]:
    """The case's requests, newest first."""
    query = DateRequest.select(DateRequest, Booking, Case).join(Booking).switch(DateRequest).join(Case)
    return list(query.where(DateRequest.case == case).order_by(DateRequest.id.desc()))


def last_request(booking: int) -> DateRequest | None:
    """The newest request about this date."""
    query = DateRequest.select(DateRequest, Booking, Case).join(Booking).switch(DateRequest).join(Case)
    return query.where(DateRequest.booking == booking).order_by(DateRequest.id.desc()).first()


def asked() -> list[DateRequest]:
    """Every request that waits for an answer, oldest first."""
    query = DateRequest.select(DateRequest, Booking, Case).join(Booking).switch(DateRequest).join(Case)
    return list(query.where(DateRequest.state == RequestState.ASKED).order_by(DateRequest.id))


def booking(booking_id: int) -> Booking | None:
    """The date of this row id, with its case."""
    return Booking.select(Booking, Case).join(Case).where(Booking.id == booking_id).first()


def from_day(day: date, limit: int = 200) -> list[Booking]:
    """The dates of all cases from this day on."""
    query = Booking.select(Booking, Case).join(Case).where((Booking.day >= day) & Booking.state.in_(STANDING))
    return list(query.order_by(Booking.day, Booking.start, Booking.id).limit(limit))


def people(bookings: Sequence[int]) -> dict[int, list[User]]:
    """Who is there, by date."""
    found: dict[int, list[User]] = {}
    if bookings:
        rows = BookingPerson.select(BookingPerson, User).join(User).where(BookingPerson.booking.in_(list(bookings)))
        for row in rows.order_by(User.name, User.id):
            found.setdefault(row.booking_id, []).append(row.user)
    return found


def set_people(booking: int, users: Sequence[int]) -> None:
    """These are there, nobody else."""
    BookingPerson.delete().where(BookingPerson.booking == booking).execute()
    for user in dict.fromkeys(users):
        BookingPerson.insert(booking=booking, user=user).on_conflict_ignore().execute()


def absent(users: Sequence[int], day: date) -> list[User]:
    """Those of them who are away on this day."""
    if not users:
        return []
    away = (Absence.user.in_(list(users))) & (Absence.first_day <= day) & (Absence.last_day >= day)
    return list(User.select().join(Absence, on=(Absence.user == User.id)).where(away).distinct())


# Days that are held


def taken(calendar: str, first: date, last: date) -> dict[date, int]:
    """How many cases hold each day."""
    rows: Any = (
        Booking.select(Booking.day, fn.COUNT(Booking.id))
        .where(
            (Booking.calendar == calendar)
            & Booking.state.in_(STANDING)
            & (Booking.day >= first)
            & (Booking.day <= last)
        )
        .group_by(Booking.day)
    )
    return dict(rows.tuples())


def latest(case: int, calendar: str = "") -> Booking | None:
    """The newest date of the case (in this calendar)."""
    rows = (row for row in of_case(case) if row.state != BookingState.RELEASED)
    return next((row for row in rows if calendar in {"", row.calendar}), None)


def of_case(case: int) -> list[Booking]:
    """Every date of the case, newest first."""
    return statements.rows(Booking, "case_id = ?", case, order="id DESC")


def between(first: date, last: date) -> list[Booking]:
    """The dates of all cases in a period."""
    return list(
        Booking.select(Booking, Case)
        .join(Case)
        .where((Booking.day >= first) & (Booking.day <= last) & Booking.state.in_(KEPT))
        .order_by(Booking.day)
    )


def settled(until: date) -> list[tuple[int, int]]:
    """(row id, case) of the days up to this one that are settled, and of those that went by and nobody has decided."""
    query = Booking.select(Booking.id, Booking.case).join(Case)
    confirmed = (Booking.state == BookingState.CONFIRMED) & (Booking.day <= until)
    query = query.where((confirmed | (Booking.state == BookingState.MISSED)) & UNDER_WAY)
    return [(row.id, row.case_id) for row in query.order_by(Booking.day, Booking.id)]


def held(until: date) -> list[Booking]:
    """Held dates whose holding ends on or before this day."""
    return list(
        Booking.select(Booking, Case)
        .join(Case)
        .where((Booking.state == BookingState.HELD) & (Booking.held_until <= until))
    )
