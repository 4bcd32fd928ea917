"""Dates and times as people write them, and the Japanese era beside them."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from app.errors import Refused
from app.text.typed import hyphens, narrow

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
_DAY = r"\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?"
_WESTERN = re.compile(rf"([0-9]{{4}}){_DAY}\Z", re.ASCII)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})\Z", re.ASCII)
_ERA = re.compile(rf"(令和|平成|昭和|大正|明治|[RHSTM])\s*([0-9]{{1,2}}|元){_DAY}\Z", re.ASCII | re.IGNORECASE)
_BOTH_YEARS = re.compile(r"(?<=年)\s*[(（]\s*([0-9]{4})\s*年?\s*[)）]", re.ASCII)  # 令和8年（2026年）11月22日
_ENGLISH = re.compile(r"([0-9]{1,2})\s+([A-Z]{3,9})\.?,?\s+([0-9]{4})\Z", re.ASCII | re.IGNORECASE)
# Behind a Japanese day, in brackets or not, in front of an English one.
_WEEKDAY_BEHIND = re.compile(rf"\s*(?:[(\[〔【]\s*([{_WEEKDAYS}])曜?日?\s*[)\]〕】]|([{_WEEKDAYS}])曜日?)\Z")
_WEEKDAY_BEFORE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,?\s+", re.ASCII | re.IGNORECASE)
_WEEKDAYS_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([0-9]{1,2})\s*(?::|時)\s*(?:([0-9]{1,2})\s*分?)?(?::[0-9]{2}(?:\.[0-9]+)?)?\Z", re.ASCII)
_BOTH = re.compile(r"(.+?)(?:T|\s*)([0-9]{1,2}\s*(?::|時).*)\Z", re.ASCII)
_LONGEST = 60  # characters of a day, its weekday and time


class WrongWeekday(ValueError):
    """A day was written with a weekday that it does not have. `day` is what the figures say."""

    def __init__(self, day: date) -> None:
        super().__init__(day.isoformat())
        self.day = day


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
    return f"{day.year}年{month_day(day)}"


def written(day: date, lang: str) -> str:
    """2026年11月22日（日）, or Sun 22 Nov 2026 in English."""
    if lang == "en":
        return f"{weekday_en(day)} {day.day} {_MONTHS[day.month - 1][:3]} {day.year}"
    return f"{day.year}年{month_day(day)}"


def month_day(day: date) -> str:
    """11月22日（日）"""
    return f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def weekday_en(day: date) -> str:
    """The day of the week, as in Sun."""
    return _WEEKDAYS_EN[day.weekday()].capitalize()


def parse_date(value: str) -> date | None:
    """The day that somebody typed, in any width; None when it is none, or when its weekday does not fit (`read_date`).

    2026-11-22, 2026/11/22, 2026.11.22, 20261122, 2026年11月22日, 令和8年11月22日, 令和8年（2026年）11月22日, R8.11.22,
    22 November 2026; each with
    its weekday as pages and letters write it: 2026年11月22日（日）, 2026/11/22(日), Sun 22 Nov 2026.
    """
    try:
        return read_date(value)
    except WrongWeekday:
        return None


def read_date(value: str) -> date | None:
    """As `parse_date`; raises WrongWeekday when only the weekday does not fit."""
    if len(value) > _LONGEST:
        return None
    text, weekday = _without_weekday(hyphens(narrow(value)))
    day = _day(text)
    if day is not None and weekday is not None and day.weekday() != weekday:
        raise WrongWeekday(day)
    return day


def required_date(value: str, missing: Refused) -> date:
    """The day that was typed; raises `missing` when there is none, Refused when its weekday does not fit."""
    try:
        found = read_date(value)
    except WrongWeekday as slip:
        raise Refused("That day is %(day)s. Correct the day or its weekday", day=slip.day) from slip
    if found is None:
        raise missing
    return found


def input_type(value: object) -> str:
    """The type of an input for a day: a date input would swallow what was typed, where that is not its own writing."""
    found = parse_date(str(value or ""))
    return "date" if not value or (found is not None and found.isoformat() == value) else "text"


def _without_weekday(text: str) -> tuple[str, int | None]:
    """(the rest, the weekday that was written with it; Monday is 0)."""
    if behind := _WEEKDAY_BEHIND.search(text):
        return text[: behind.start()], _WEEKDAYS.index(behind[1] or behind[2])
    if before := _WEEKDAY_BEFORE.match(text):
        return text[before.end() :], _WEEKDAYS_EN.index(before[1].lower())
    return text, None


def _day(text: str) -> date | None:
    try:
        if found := _WESTERN.match(text) or _COMPACT.match(text):
            day = date(*(int(part) for part in found.groups()))
        elif found := _ERA.match(_BOTH_YEARS.sub("", text, count=1)):
            name = _LETTER.get(found[1].upper(), found[1])
            year = 1 if found[2] == "元" else int(found[2])
            if not year:
                return None
            day = date(_FIRST_YEAR[name] + year - 1, int(found[3]), int(found[4]))
            if (western := _BOTH_YEARS.search(text)) and int(western[1]) != day.year:
                return None
        elif found := _ENGLISH.match(text):
            month = next((n for n, name in enumerate(_MONTHS, 1) if _names_month(found[2].lower(), name.lower())), 0)
            day = date(int(found[3]), month, int(found[1]))
        else:
            return None
    except ValueError:
        return None
    return day if 1873 <= day.year <= 2200 else None


def _names_month(word: str, month: str) -> bool:
    return word in {month, month[:3], month[:4] if month == "september" else month}


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
    """A day and a time, parted by T, blanks or nothing; local time of the body, without zone."""
    try:
        return read_datetime(value)
    except WrongWeekday:
        return None


def read_datetime(value: str) -> datetime | None:
    """As `parse_datetime`; raises WrongWeekday when only the weekday does not fit."""
    both = _BOTH.match(narrow(value[:_LONGEST]))
    if both is None:
        return None
    day, clock = read_date(both[1]), parse_time(both[2])
    return datetime.combine(day, clock) if day and clock else None


def today_of(context: object) -> date | None:
    """A `today` that the caller passed: a date, or its ISO text."""
    if isinstance(context, datetime):
        return context.date()
    if isinstance(context, date):
        return context
    return parse_date(context) if isinstance(context, str) else None
