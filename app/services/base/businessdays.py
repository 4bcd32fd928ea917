"""Business days: Monday to Friday less Japan's public holidays, 29 December to 3 January, the body's closing days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

JAPAN = ZoneInfo("Asia/Tokyo")


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("JP", years=year))


def today(now: datetime) -> date:
    """The day in Japan at this instant."""
    return now.astimezone(JAPAN).date()


def is_business_day(day: date, closing: frozenset[date] = frozenset()) -> bool:
    """Whether the body works on this day."""
    if day.weekday() >= 5 or day in closing:
        return False
    if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return False
    return day not in _holidays(day.year)


def begins(day: date) -> datetime:
    """The instant at which a day begins in Japan."""
    return datetime.combine(day, time(0), JAPAN)


def add_business_days(day: date, count: int, closing: frozenset[date] = frozenset()) -> date:
    """The day `count` business days after (or, negative, before) this one."""
    step = timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left:
        day += step
        if is_business_day(day, closing):
            left -= 1
    return day


def business_days_between(first: date, last: date, closing: frozenset[date] = frozenset()) -> int:
    """Business days after `first` up to and including `last`; negative when `last` lies before `first`."""
    if last < first:
        return -business_days_between(last, first, closing)
    return sum(1 for day in _days(first, last) if is_business_day(day, closing))


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day < last:
        day += timedelta(days=1)
        yield day
