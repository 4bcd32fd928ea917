"""Guideline clocks (目安): business days used, standing still while it is the other side's turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.services import calendar
from app.store import cases, work
from app.store.models import Case, Clock, Task

if TYPE_CHECKING:
    from app.catalogue import Package


@dataclass(frozen=True, slots=True)
class ClockView:
    """A guideline as both sides see it."""

    title: str
    used: int  # business days
    limit: int  # business days
    running: bool
    side: str
    expected: date | None  # when it would end if it ran on from today

    @property
    def level(self) -> str:
        """ok, near (a fifth left) or over."""
        if self.used > self.limit:
            return "over"
        return "near" if self.used * 5 >= self.limit * 4 else "ok"


def follow(case: Case, package: Package, completed: Sequence[str], today: date) -> None:
    """Start and end clocks as elements complete."""
    for guideline in package.guidelines:
        if guideline.until in completed:
            for clock in cases.clocks(case.id, running=True):
                if clock.guideline == guideline.id:
                    clock.used = used(clock, today)
                    clock.running_since, clock.ended_on = None, today
                    clock.save()
        if guideline.start in completed:
            cases.start_clock(case.id, guideline.id, guideline.title, guideline.days, guideline.side, today)


def turn(case: Case, whose: str, today: date, closing: frozenset[date]) -> None:
    """Stop the clocks of the side that waits, let the others run."""
    for clock in cases.clocks(case.id, running=True):
        runs = whose in {clock.side, "both", ""} and not case.ended
        if runs and clock.running_since is None:
            clock.running_since = today
            clock.save()
        elif not runs and clock.running_since is not None:
            clock.used, clock.running_since = used(clock, today, closing), None
            clock.save()


def used(clock: Clock, today: date, closing: frozenset[date] = frozenset()) -> float:
    """Business days used until today."""
    if clock.running_since is None:
        return float(clock.used)
    return float(clock.used) + calendar.business_days_between(clock.running_since, today, closing)


def due(case: Case, today: date, closing: frozenset[date]) -> None:
    """Tasks of the clock's side without a due date of their own are due when the guideline runs out."""
    for clock in cases.clocks(case.id, running=True):
        if clock.running_since is None:
            continue
        left = max(0, int(clock.limit_days - used(clock, today, closing)))
        day = calendar.add_business_days(today, left, closing)
        for row in work.open_tasks(case.id):
            if row.side == clock.side and row.due_on is None:
                Task.update(due_on=day).where(Task.id == row.id).execute()


def views(clocks: Sequence[Clock], today: date, closing: frozenset[date]) -> list[ClockView]:
    """The clocks for showing."""
    found = []
    for clock in clocks:
        days = int(used(clock, today, closing))
        expected = calendar.add_business_days(today, max(0, clock.limit_days - days), closing)
        found.append(
            ClockView(
                clock.title,
                days,
                clock.limit_days,
                clock.running_since is not None,
                clock.side,
                None if clock.ended_on else expected,
            )
        )
    return found
