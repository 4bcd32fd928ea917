"""Clocks of cases: business days that count against a guideline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.states import Side
from app.store import statements
from app.store.composed import Composed
from app.store.models import Clock


def clocks(case: int, *, running: bool = False) -> list[Clock]:
    """The case's guideline clocks, oldest first."""
    rows = statements.rows(Clock, "case_id = ?", case, order="id")
    return [row for row in rows if row.ended_on is None] if running else rows


_clocks_of = Composed[Clock](lambda cases: Clock.select().where(Clock.case.in_(cases) & Clock.ended_on.is_null()))


def clocks_of(cases: Sequence[int]) -> dict[int, list[Clock]]:
    """The unended clocks of several cases at once."""
    found: dict[int, list[Clock]] = {}
    for clock in _clocks_of.rows(list(cases)) if cases else ():
        found.setdefault(clock.case_id, []).append(clock)
    return found


def start_clock(case: int, guideline: str, title: str, limit_days: int, side: Side, day: date) -> None:
    """Start a guideline's clock unless one of it runs already."""
    running = Clock.select().where((Clock.case == case) & (Clock.guideline == guideline) & Clock.ended_on.is_null())
    if not running.exists():
        Clock.create(case=case, guideline=guideline, title=title, limit_days=limit_days, side=side, started_on=day)


def end_clocks(case: int, day: date) -> None:
    """Every clock of the case stands still for good."""
    Clock.update(ended_on=day, running_since=None).where((Clock.case == case) & Clock.ended_on.is_null()).execute()
