"""The last day of everything that has one: of a task, a payment, a day that is held, a request that may be made.

There is one answer, and all who say it read it here: the earliest of what its rule gives and of what the events behind
it leave room for, never on a day on which the body (and the banks) are closed. `reckon` is the whole of it; the rest
finds out, from what the package declares (docs/package-format.md, "Last days"), what holds for an element of a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.catalogue import Element, Package
from app.catalogue.after import pays
from app.services.base import businessdays
from app.services.base.releases import Loaded, due_days
from app.states import STANDING, BookingState
from app.store import bookings, invoices, visitrows, work
from app.store.models import Booking, Case, Task

Days = frozenset[date]
PROPERTIES = ("due_from", "due_value", "before_day_bd", "after_day_bd", "day_until")  # of an element, beside `due_bd`


def reckon(
    opened: date, *, rule: date | None = None, room: date | None = None, closing: Days = frozenset()
) -> date | None:
    """The last day of what was asked for on the day `opened`; None where nothing sets one.

    `rule`: what its own rule gives; on a closed day it is the next open one (民法142条). `room`: the day that the event
    behind it leaves; on a closed day it is the open one before. Where that is over already, the next open day is left.
    """
    found = []
    if rule is not None:
        found.append(businessdays.on_or_after(rule, closing))
    if room is not None:
        found.append(max(businessdays.on_or_before(room, closing), businessdays.add_business_days(opened, 1, closing)))
    return min(found, default=None)


def named(paths: str, data: Mapping[str, Any]) -> date | None:
    """The last day that routing values say (`mend_by`, `certificate.cure_last_day`), the first of them that says one:
    a day, or the instant at which it is over; of the rows of a repeated group (`findings.mend_by`) the earliest."""
    for path in paths.split(","):
        found: Any = data
        for part in path.strip().split("."):
            found = found.get(part) if isinstance(found, Mapping) else _of_rows(found, part)
        day = _day(found)
        if day is not None:
            return day
    return None


def _of_rows(rows: Any, part: str) -> str | None:
    """Of the rows of a repeated group: the earliest day that one of them says."""
    if not isinstance(rows, list):
        return None
    said = [str(row[part]) for row in rows if isinstance(row, Mapping) and row.get(part)]
    return min(said, default=None)


def _day(said: Any) -> date | None:
    if not isinstance(said, str):
        return None
    try:
        if len(said) == len("2026-11-29"):
            return date.fromisoformat(said)
        return businessdays.today(datetime.fromisoformat(said) - timedelta(microseconds=1))
    except ValueError:
        return None


# ---- what a package declares


def calendars(package: Package, process: str) -> list[str]:
    """The calendars of which a day is settled in a process."""
    found = [each.properties.get("books", "") for each in package.elements.values() if each.process == process]
    return [each for each in dict.fromkeys(found) if each]


def of_calendar(package: Package, calendar: str) -> list[Element]:
    """The user tasks of the processes in which a day of the calendar is settled."""
    places = {each.process for each in package.elements.values() if each.properties.get("books") == calendar}
    return [each for each in package.elements.values() if each.process in places and each.kind == "userTask"]


def events(package: Package, calendar: str) -> list[Element]:
    """The user tasks that are the day itself: what is due so many days after it."""
    return [each for each in of_calendar(package, calendar) if each.whole("after_day_bd") is not None]


def lead(package: Package, calendar: str) -> int:
    """Business days that the steps between settling a day and the day itself need."""
    return max((each.whole("before_day_bd") or 0 for each in of_calendar(package, calendar)), default=0)


def earliest(package: Package, element: Element, calendar: str) -> int:
    """Business days from today to the first day that an element offers: the one that settles it waits for nobody."""
    needed = lead(package, calendar)
    settles = element.properties.get("books") == calendar
    return needed + 1 if settles and needed else package.calendars[calendar].earliest_bd


# ---- what holds in a case (inside a connection)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody waits for something: a case, its release, and the routing values there."""

    case: Case
    loaded: Loaded
    closing: Days
    data: Mapping[str, Any]


def of_task(place: Place, element: Element, opened: date, guideline: date | None = None) -> date | None:
    """The last day of a task of this element that opens on the day `opened`. `guideline`: the day on which the
    guideline of its side is used up."""
    package, closing = place.loaded.package, place.closing
    paying = _of_payment(place.case, package, element)
    if paying is not None:
        return max(paying, businessdays.add_business_days(opened, 1, closing))
    after = element.whole("after_day_bd")
    day = None if after is None else _settled(place.case, package, element)
    if day is not None and after is not None:
        return businessdays.add_business_days(max(day, opened), after, closing)
    until, days = _said(place, element, opened), due_days(package, element)
    if until is not None:
        rule = None
    elif days is None:
        rule = guideline
    else:
        rule = businessdays.add_business_days(_begun(place.case, element, opened), days, closing)
    return reckon(opened, rule=rule, room=_room(place, element, opened), closing=closing)


def put_off(place: Place, element: Element, today: date, wanted: date, due: date) -> date:
    """The last day of an open task that was due on `due` and is to be due later: the wanted one, as far as what comes
    after it leaves room. A payment keeps the day of its invoice."""
    if _of_payment(place.case, place.loaded.package, element) is not None:
        return due
    found = reckon(today, rule=wanted, room=_room(place, element, today), closing=place.closing) or wanted
    return max(found, due)


def _room(place: Place, element: Element, opened: date) -> date | None:
    """The day that the events behind a task leave it; none where nothing bounds it."""
    package, closing, room = place.loaded.package, place.closing, []
    before = element.whole("before_day_bd")
    day = None if before is None else _settled(place.case, package, element)
    if day is not None and before is not None and day > opened:
        room.append(businessdays.add_business_days(day, -before, closing))
    held_by = day_until(place, element)
    if held_by is not None:
        needed = package.calendars[element.properties["calendar"]].earliest_bd
        room.append(businessdays.add_business_days(businessdays.on_or_before(held_by, closing), -needed, closing))
    until = _said(place, element, opened)
    if until is not None:
        room.append(until)
    return min(room, default=None)


def _said(place: Place, element: Element, opened: date) -> date | None:
    """The day that a routing value says; one that is over was said of what was before."""
    until = named(element.properties.get("due_value", ""), place.data)
    return until if until is not None and until >= opened else None


def day_until(place: Place, element: Element) -> date | None:
    """The last day that may be chosen at this element, where a routing value bounds its calendar."""
    return named(element.properties.get("day_until", ""), place.data) if element.properties.get("calendar") else None


def day_until_now(place: Place, element: Element) -> date | None:
    """The same as it stands today: what the case knows is newer than what its step was opened with (a suspended
    certification is cured by a later day)."""
    path = element.properties.get("day_until", "") if element.properties.get("calendar") else ""
    return named(path, place.case.data or {}) or day_until(place, element)


def moved(element: Element, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a routing value that says a last day of this element says another day now."""
    paths = [element.properties.get("due_value", "")]
    if element.properties.get("calendar"):
        paths.append(element.properties.get("day_until", ""))
    return any(named(path, before) != named(path, after) for path in paths)


def of_hold(package: Package, calendar: str, day: date, today: date, closing: Days) -> date | None:
    """Until when a day is held for somebody who has still to pay for it."""
    paying = [each for each in of_calendar(package, calendar) if pays(package, each)]
    before = max((each.whole("before_day_bd") or 0 for each in paying), default=0)
    rule = today + timedelta(days=package.calendars[calendar].hold_days)
    return reckon(today, rule=rule, room=businessdays.add_business_days(day, -before, closing), closing=closing)


def of_invoice(case: Case, package: Package, fee: str, today: date, closing: Days) -> date:
    """Until when an invoice of today is to be paid. What is paid for a day that is held is paid while it is held: the
    hold then ends with the invoice, so that both say one day."""
    rule = reckon(today, rule=today + timedelta(days=package.fees[fee].due_days), closing=closing) or today
    row = _held_for(case, package, fee)
    if row is None or row.held_until is None:
        return rule
    last = min(rule, row.held_until)
    if row.held_until != last:
        row.held_until = last
        row.save()
    return last


def needed(case: Case, package: Package, calendar: str) -> int:
    """Business days from today to the first day that a case may have in place of its settled one: room for the steps
    that are still to be done before it."""
    spec = package.calendars[calendar]
    places = of_calendar(package, calendar)
    ahead = {each.id: each.whole("before_day_bd") or 0 for each in places}
    if not any(ahead.values()):
        return spec.earliest_bd
    settling = [each.id for each in places if each.properties.get("books") == calendar]
    settled = work.last_closed_of(case.id, settling)
    done = work.done_since(case.id, settled.closed_at) if settled is not None and settled.closed_at else set()
    return max([spec.change_until_bd, *(days for element, days in ahead.items() if element not in done)]) + 1


def renew(case: Case, loaded: Loaded, closing: Days) -> None:
    """The settled day has moved: open tasks that are due by it are due anew. Inside a transaction."""
    for row in work.open_tasks(case.id):
        element = loaded.package.elements.get(row.element)
        if element is None or not {"before_day_bd", "after_day_bd"} & element.properties.keys():
            continue
        data = {**(case.data or {}), **(row.data or {})}
        due = of_task(Place(case, loaded, closing, data), element, businessdays.today(row.opened_at))
        if due != row.due_on:
            row.due_on = due
            row.save(only=[Task.due_on])


def _settled(case: Case, package: Package, element: Element) -> date | None:
    """The case's day to which a step of the element's process leads."""
    for calendar in calendars(package, element.process):
        row = bookings.latest(case.id, calendar)
        if row is not None and row.state in STANDING:
            return row.day
    return None


def _of_payment(case: Case, package: Package, element: Element) -> date | None:
    fee = pays(package, element)
    invoice = invoices.latest(case.id, fee) if fee else None
    return invoice.due_on if invoice is not None else None


def _held_for(case: Case, package: Package, fee: str) -> Booking | None:
    """The day that is held until the fee is paid."""
    payers = [each for each in package.elements.values() if pays(package, each) == fee]
    for calendar in dict.fromkeys(name for each in payers for name in calendars(package, each.process)):
        row = bookings.latest(case.id, calendar)
        if row is not None and row.state == BookingState.HELD:
            return row
    return None


def _begun(case: Case, element: Element, opened: date) -> date:
    """The day from which the days of the element are counted: the one on which it was asked for, where the package says
    by which step; a task that was done since has been asked for anew by opening again."""
    asked = element.properties.get("due_from", "")
    if not asked:
        return opened
    found = [row.last_at for row in visitrows.visits(case.id) if row.element == asked and row.completed]
    done = work.last_done(case.id, element.id)
    if not found or (done is not None and done.closed_at is not None and done.closed_at >= max(found)):
        return opened
    return businessdays.today(max(found))
