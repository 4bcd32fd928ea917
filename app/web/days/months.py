"""Days as months of weeks, for pages that show which are free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.forms import BoundForm
from app.text.days import parse_date
from app.web.frame.current import language


@dataclass(frozen=True, slots=True)
class Day:
    """A cell of a month; `out`: of another month."""

    iso: str
    number: int
    weekday: int  # Monday is 0
    free: bool
    wished: bool
    out: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month that has free days."""

    title: str
    weeks: list[list[Day]]  # Sunday first


def offered(form: BoundForm) -> list[Month]:
    """The months of the days that the form's fields offer; empty when it offers none."""
    days = {
        option.value: option.marked
        for field in form.walk()
        if field.spec.options_from and not field.locked
        for option in field.options
    }
    return months(
        {day for value in days if (day := parse_date(value))},
        {value for value, marked in days.items() if marked},
    )


def months(free: Iterable[date], wished: Iterable[str] = ()) -> list[Month]:
    """The months that hold these days, first to last."""
    days, marked = set(free), set(wished)
    firsts = sorted({day.replace(day=1) for day in days})
    return [Month(_title(first), _weeks(first, days, marked)) for first in firsts]


def _weeks(first: date, free: set[date], wished: set[str]) -> list[list[Day]]:
    start = first - timedelta(days=(first.weekday() + 1) % 7)
    weeks: list[list[Day]] = []
    while start.replace(day=1) <= first:
        week = [start + timedelta(days=n) for n in range(7)]
        weeks.append([_cell(day, first, free, wished) for day in week])
        start += timedelta(days=7)
    return weeks


def _cell(day: date, first: date, free: set[date], wished: set[str]) -> Day:
    iso = day.isoformat()
    return Day(iso, day.day, day.weekday(), day in free, iso in wished, day.month != first.month)


def _title(first: date) -> str:
    return f"{first:%B %Y}" if language() == "en" else f"{first.year}年{first.month}月"
