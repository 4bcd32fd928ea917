"""Dates and times as people write them, and the Japanese era beside them."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from app.forms.text import narrow

#: First days of the eras since the Gregorian calendar was taken over (1873); Meiji 6 and later are
#: unambiguous.
_ERAS = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1873, 1, 1), "明治", "M"),
)
_FIRST_YEAR = {"令和": 2019, "平成": 1989, "昭和": 1926, "大正": 1912, "明治": 1868}
_LETTER = {letter: name for _, name, letter in _ERAS}
_WEEKDAYS = "月火水木金土日"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WESTERN = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?\Z", re.ASCII)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})\Z", re.ASCII)
_ERA = re.compile(
    r"(令和|平成|昭和|大正|明治|[RHSTM])\s*([0-9]{1,2}|元)\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?\Z",
    re.ASCII | re.IGNORECASE,
)
_TIME = re.compile(r"([0-9]{1,2})\s*(?::|時)\s*(?:([0-9]{1,2})\s*分?)?(?::[0-9]{2}(?:\.[0-9]+)?)?\Z", re.ASCII)


def wareki(day: date) -> str:
    """令和8年11月22日; an empty text before 1873."""
    for first, name, _ in _ERAS:
        if day >= first:
            year = day.year - _FIRST_YEAR[name] + 1
            return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return ""


def long_date(day: date, lang: str) -> str:
    """2026年11月22日（日）, or 22 November 2026 in English."""
    if lang == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def parse_date(value: str) -> date | None:
    """2026-11-22, 2026/11/22, 20261122, 2026年11月22日, 令和8年11月22日, R8.11.22, in any width; None
    when it is no day.
    """
    text = narrow(value)
    western = _WESTERN.match(text) or _COMPACT.match(text)
    try:
        if western:
            day = date(*(int(part) for part in western.groups()))
        elif era := _ERA.match(text):
            name = _LETTER.get(era[1].upper(), era[1])
            year = 1 if era[2] == "元" else int(era[2])
            if not year:
                return None
            day = date(_FIRST_YEAR[name] + year - 1, int(era[3]), int(era[4]))
        else:
            return None
    except ValueError:
        return None
    return day if 1873 <= day.year <= 2200 else None


def parse_time(value: str) -> time | None:
    """13:00, 13時, 9時5分, in any width."""
    match = _TIME.match(narrow(value))
    if not match or (":" in narrow(value) and match[2] is None):
        return None
    try:
        return time(int(match[1]), int(match[2] or 0))
    except ValueError:
        return None


def parse_datetime(value: str) -> datetime | None:
    """A day and a time, parted by T, a space or nothing; local time of the body, without zone."""
    text = narrow(value)
    for place in (text.find("T"), text.rfind(" "), text.find("日") + 1):
        if place > 0:
            day, clock = parse_date(text[:place]), parse_time(text[place:].lstrip("T "))
            if day and clock:
                return datetime.combine(day, clock)
    return None


def today_of(context: object) -> date | None:
    """A `today` that the caller passed: a date, or its ISO text."""
    if isinstance(context, datetime):
        return context.date()
    if isinstance(context, date):
        return context
    return parse_date(context) if isinstance(context, str) else None
