"""What one should know before one wishes for a day: when and where it is, how long, what it costs, what lapses when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.catalogue import Element
from app.catalogue.after import pays
from app.errors import NinteiError
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.days import bookings as dates
from app.services.days import lastday
from app.services.money import invoices
from app.states import Side
from app.store.models import Case


@dataclass(frozen=True, slots=True)
class Offer:
    """A calendar as its page presents it. Amounts in yen, tax in it."""

    title: str
    start: str
    end: str
    minutes: int
    place: str
    fee: str  # its title; "" when nothing is to be paid
    total: int
    hold_days: int  # calendar days at most
    until: date | None  # the day has to be by then
    kept: bool  # whether a free day lies by then


def of_task(portal: Portal, case: Case, loaded: Loaded, element: Element, data: Mapping[str, Any]) -> Offer | None:
    """The offer of a vendor's step that wishes for a day; none for any other."""
    calendar_id = element.properties.get("calendar", "")
    spec = loaded.package.calendars.get(calendar_id)
    if spec is None or element.side != Side.VENDOR:
        return None
    paying = (pays(loaded.package, each) for each in lastday.of_calendar(loaded.package, calendar_id))
    fee = next((each for each in paying if each), "")
    total = _total(loaded, fee, data) if fee else 0
    free = dates.free_for(portal, case, loaded, element, data)
    until = lastday.day_until_now(lastday.Place(case, loaded, portal.closing(), data), element)
    return Offer(
        title=spec.title,
        start=spec.start,
        end=dates.end_of(spec.start, spec.duration_minutes),
        minutes=spec.duration_minutes,
        place=spec.place,
        fee=loaded.package.fees[fee].title if total else "",
        total=total,
        hold_days=spec.hold_days,
        until=until,
        kept=until is None or any(day <= until for day in free),
    )


def _total(loaded: Loaded, fee: str, data: Mapping[str, Any]) -> int:
    """What the fee's table says with what is known now; 0 where it cannot say yet."""
    try:
        amount, _, tax = invoices.charged(loaded.package, fee, data)
    except NinteiError:
        return 0
    return amount + tax
