"""Business days: Monday to Friday less Japan's public holidays, 29 December to 3 January, the body's closing days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
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


MORNING = time(8)  # in Japan


def awake(now: datetime) -> bool:
    """Whether the portal writes of itself at this hour: nobody wants a reminder at midnight."""
    return now.astimezone(JAPAN).time() >= MORNING


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


def on_or_after(day: date, closing: frozenset[date] = frozenset()) -> date:
    """This day, or the next business day where it is none."""
    return day if is_business_day(day, closing) else add_business_days(day, 1, closing)


def on_or_before(day: date, closing: frozenset[date] = frozenset()) -> date:
    """This day, or the business day before where it is none."""
    return day if is_business_day(day, closing) else add_business_days(day, -1, closing)


def business_days_between(first: date, last: date, closing: frozenset[date] = frozenset()) -> int:
    """Business days after `first` up to and including `last`; negative when `last` lies before `first`."""
    if last < first:
        return -business_days_between(last, first, closing)
    whole = sum(_worked(year, closing)[-1] for year in range(first.year, last.year))
    return whole + _worked(last.year, closing)[last.timetuple().tm_yday] - _worked(first.year, closing)[
        first.timetuple().tm_yday
    ]  # fmt: skip


@lru_cache(maxsize=256)
def _worked(year: int, closing: frozenset[date]) -> tuple[int, ...]:
    """How many business days the year had by the end of its n-th day; none on the 0th. Lists ask for each row."""
    start = date(year, 1, 1)
    days = (start + timedelta(days=n) for n in range((date(year, 12, 31) - start).days + 1))
    return tuple(accumulate((is_business_day(day, closing) for day in days), initial=0))
