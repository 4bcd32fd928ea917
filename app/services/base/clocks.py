"""Guideline clocks (目安): business days used, standing still while it is the other side's turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.services.base import businessdays, flow
from app.states import Side, Turn
from app.store import clockrows
from app.store.models import Case, Clock

if TYPE_CHECKING:
    from app.catalogue import Package


@dataclass(frozen=True, slots=True)
class ClockView:
    """A guideline as both sides see it."""

    title: str
    used: int  # business days
    limit: int  # business days
    running: bool
    side: Side
    expected: date | None  # when it would end if it ran on from today
    guideline: str = ""  # its id
    begun: date | None = None
    ended: date | None = None

    @property
    def level(self) -> str:
        """ok, near (a fifth left) or over."""
        if self.used > self.limit:
            return "over"
        return "near" if self.used * 5 >= self.limit * 4 else "ok"


def follow(
    case: Case, package: Package, completed: Sequence[str], whose: Turn, today: date, closing: frozenset[date]
) -> None:
    """Start and end clocks as elements complete; stop those of the side that waits, let the others run. The vendor's
    stand still, too, while the mail that asks for something has not arrived."""
    for guideline in package.guidelines:
        if guideline.start in completed:
            clockrows.start_clock(case.id, guideline.id, guideline.title, guideline.days, guideline.side, today)
    ended = {guideline.id for guideline in package.guidelines if guideline.until in completed}
    for clock in clockrows.clocks(case.id, running=True):
        ends = clock.guideline in ended or case.ended
        told = clock.side != Side.VENDOR or not case.undelivered
        runs = (whose in {Turn.BOTH, Turn.NOBODY} or whose.value == clock.side.value) and told and not ends
        if runs and clock.running_since is None:
            clock.running_since = today
        elif not runs and clock.running_since is not None:
            clock.used, clock.running_since = used(clock, today, closing), None
        elif not ends:
            continue
        clock.ended_on = today if ends else None
        clock.save()


def stop(case: Case, side: Side, since: date, today: date, closing: frozenset[date]) -> None:
    """Stop the running clocks of a side; days from `since` on do not count."""
    for clock in clockrows.clocks(case.id, running=True):
        if clock.side == side and clock.running_since is not None:
            until = min(today, max(since, clock.running_since))
            clock.used = float(clock.used) + businessdays.business_days_between(clock.running_since, until, closing)
            clock.running_since = None
            clock.save()


def limits(case: Case, today: date, closing: frozenset[date]) -> dict[Side, date]:
    """By side: the day on which its running guideline is used up."""
    found: dict[Side, date] = {}
    for clock in clockrows.clocks(case.id, running=True):
        if clock.running_since is not None:
            left = max(0, int(clock.limit_days - used(clock, today, closing)))
            found[clock.side] = businessdays.add_business_days(today, left, closing)
    return found


def used(clock: Clock, today: date, closing: frozenset[date] = frozenset()) -> float:
    """Business days used until today."""
    if clock.running_since is None:
        return float(clock.used)
    return float(clock.used) + businessdays.business_days_between(clock.running_since, today, closing)


def views(clocks: Sequence[Clock], today: date, closing: frozenset[date]) -> list[ClockView]:
    """The clocks for showing."""
    found = []
    for clock in clocks:
        days = int(used(clock, today, closing))
        expected = businessdays.add_business_days(today, max(0, clock.limit_days - days), closing)
        found.append(
            ClockView(
                title=clock.title,
                used=days,
                limit=clock.limit_days,
                running=clock.running_since is not None,
                side=clock.side,
                expected=None if clock.ended_on else expected,
                guideline=clock.guideline,
                begun=clock.started_on,
                ended=clock.ended_on,
            )
        )
    return found


def of_step(found: Sequence[ClockView], package: Package, element: str) -> ClockView | None:
    """The clock of the guideline that measures a step: the running one, or the newest."""
    steps = {each.id: flow.measured(package, each) for each in package.guidelines}
    fits = [each for each in found if element in steps.get(each.guideline, frozenset())]
    return next((each for each in reversed(fits) if each.running), fits[-1] if fits else None)
