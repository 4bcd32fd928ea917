"""The calendar to which a person subscribes: their dates, without signing in, at an address that nobody guesses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.connectors import ics
from app.errors import NotFound
from app.services.base.portal import Portal
from app.services.companies import mandates
from app.services.days.appointments import appointment
from app.states import KEPT, BookingState, Side
from app.store import accounts, bookings, cases, companies, database
from app.store.models import Booking

PAST_DAYS = 400


def calendar_of(portal: Portal, token: str, name: str) -> bytes:
    """The calendar (iCalendar) of the person with this feed token, titled `name`: a vendor's own dates, staff's all."""
    first = portal.today() - timedelta(days=PAST_DAYS)
    last = portal.today() + timedelta(days=2 * PAST_DAYS)
    with database.connection():
        user = accounts.by_feed_token(token) if token else None
        if user is None or not user.active:
            raise NotFound("There is no such calendar")
        if companies.mandates_to_turn(portal.today(), user.id):
            with database.transaction():
                mandates.turn_over(portal, user.id)
        newest: dict[tuple[int, str], Booking] = {}
        for row in bookings.between(first, last):
            if user.side != Side.OPERATOR and cases.member(row.case_id, user.id) is None:
                continue
            if row.state not in KEPT:
                continue
            key = (row.case_id, row.calendar)
            if key not in newest or newest[key].sequence < row.sequence:
                newest[key] = row
        found = []
        for row in newest.values():
            loaded = portal.releases.loaded(row.case.release_id)
            entry = appointment(portal, row.case, loaded, row)
            if user.language == "en":
                spec = loaded.package.calendars[row.calendar]
                place = spec.place_en if row.place == spec.place else row.place
                entry = replace(entry, title=f"{spec.title_en} ({row.case.system_name})", place=place)
            found.append(replace(entry, tentative=row.state == BookingState.HELD))
    return ics.feed(found, name=name, stamped=portal.now())
