"""For which days figures are asked: months, quarters, years, and fiscal years, which begin in April."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.errors import Refused

FISCAL: Final = 4  # the month in which a fiscal year begins
PERIODS: Final = ("month", "last_month", "quarter", "fiscal", "last_fiscal", "year", "last_year", "free")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a package ("" for all), and a period by its name, or `free` from one day to another."""

    package: str = ""
    period: str = "fiscal"
    first: date | None = None
    last: date | None = None


def period(wanted: Wanted, today: date) -> tuple[date, date]:
    """The first and the last day. Raises Refused for a free period that is none."""
    begins = date(today.year if today.month >= FISCAL else today.year - 1, FISCAL, 1)
    month = today.replace(day=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    if wanted.period == "free":
        if wanted.first is None or wanted.last is None or wanted.last < wanted.first:
            raise Refused("Enter the first and last day of the period; the last day must not be before the first")
        return wanted.first, wanted.last
    year = date(today.year, 1, 1)
    ends = {
        "month": (month, _after(month, 1)),
        "last_month": (_after(month, -1), month),
        "quarter": (quarter, _after(quarter, 3)),
        "last_fiscal": (begins.replace(year=begins.year - 1), begins),
        "year": (year, year.replace(year=year.year + 1)),
        "last_year": (year.replace(year=year.year - 1), year),
    }
    first, beyond = ends.get(wanted.period, (begins, begins.replace(year=begins.year + 1)))
    return first, beyond - timedelta(days=1)


def _after(month: date, count: int) -> date:
    """The first day of the month so many later."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)
