"""Whose turn it is, and which timers ask that before they fire.

A deadline binds the side that has something to do: what the one side did in time is not undone because the other is
slow. So a timer with the property `turn` waits for as long as it is not that side's turn; and when the turn has come
back, however late, that side has `grace_bd` business days first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.catalogue import Element, Package
from app.services.base import businessdays
from app.services.base.releases import due_days
from app.services.process import order
from app.services.register import validity
from app.states import Side, Turn

AGAIN = timedelta(days=1)  # one that waits for a turn is looked at with every step, and else after this


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a case stands: the elements of its open tasks, and since when it has been the turn of whoever has it."""

    open: tuple[str, ...]
    since: datetime


def whose(places: Sequence[Element], *, busy: bool, ended: bool) -> Turn:
    """Whose it is. `busy`: jobs are under way."""
    opened = {place.id for place in places}
    due = {place.side for place in places if not aside(place) and not order.waits(place, opened)}
    sides = due or ({place.side for place in places} & {Side.VENDOR}) or {place.side for place in places}
    if ended:
        return Turn.NOBODY
    if {Side.VENDOR, Side.OPERATOR} <= sides:
        return Turn.BOTH
    if Side.VENDOR in sides:
        return Turn.VENDOR
    return Turn.OPERATOR if sides or busy else Turn.NOBODY


def aside(place: Element) -> bool:
    """What does not say whose turn it is while something else does: a request one may make, a task beside the rest."""
    return place.properties.get("presentation") == "button" or place.flag("beside")


def held(
    package: Package, timers: Iterable[tuple[str, str]], stand: Stand, now: datetime, closing: frozenset[date]
) -> dict[str, datetime]:
    """Of the timers that are due (task id, element) those that go on waiting, and until when at least."""
    found: dict[str, datetime] = {}
    for task_id, element in timers:
        until = waits(package, element, stand, now, closing)
        if until is not None:
            found[task_id] = until
    return found


def waits(package: Package, element: str, stand: Stand, now: datetime, closing: frozenset[date]) -> datetime | None:
    """Until when a timer of this element, which is due, waits for a turn; none when it fires now."""
    timer = package.elements.get(element)
    turn = timer.properties.get("turn", "") if timer is not None else ""
    if timer is None or not turn:
        return None
    places = [package.elements[each] for each in stand.open if each in package.elements]
    asked = [
        each
        for each in places
        if not each.flag("beside") and each.id not in timer.listed("spares") and not order.waits(each, stand.open)
    ]
    if {each.side.value for each in asked} != {turn}:
        return now + AGAIN
    grace = due_days(package, timer, "grace_bd") or 0
    day = businessdays.add_business_days(businessdays.today(stand.since), grace, closing)
    until = datetime.fromisoformat(validity.over(day, closing)) if grace else now
    return until if until > now else None
