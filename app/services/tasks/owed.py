"""The period to which a list of invoices is narrowed: days of issue, due days, or days on which money came in."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.errors import Refused
from app.services.tasks.ledger import month_of

DUE: Final = "due"
BY: Final = (DUE, "issued", "paid")


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both with it; none: without an end on that side."""

    by: str = DUE  # due | issued | paid
    first: date | None = None
    last: date | None = None

    def __bool__(self) -> bool:
        """Whether it narrows anything."""
        return self.first is not None or self.last is not None


def period(by: str, first: str, last: str, month: str = "") -> Period:
    """As days (2026-11-30) say it, or a month (2026-11) in their place; empty where nobody asks. Raises Refused."""
    by = by if by in BY else DUE
    if month:
        begins = month_of(month, date.min)
        return Period(by, begins, begins.replace(day=monthrange(begins.year, begins.month)[1]))
    found = Period(by, _day(first), _day(last))
    if found.first is not None and found.last is not None and found.last < found.first:
        raise Refused("Enter the first and last day of the period; the last day must not be before the first")
    return found


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("Enter the date as year, month and day, for example 2026-11-30") from None
