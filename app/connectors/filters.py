"""Filters of mail and document templates: dates, money, lines. Absent values print as nothing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Undefined
from markupsafe import Markup, escape

from app.text import days

TOKYO = ZoneInfo("Asia/Tokyo")


def _absent(value: Any) -> bool:
    return value is None or isinstance(value, Undefined) or value == ""


def _moment(value: Any) -> date | datetime:
    """A date or datetime (in Tokyo) from what contexts hold: dates, aware datetimes, ISO 8601 texts."""
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.astimezone(TOKYO) if value.tzinfo else value
    if isinstance(value, date):
        return value
    raise ValueError(f"not a date: {value!r}")


def jdate(value: Any) -> str:
    """The day as in 2026年11月22日（日）"""
    if _absent(value):
        return ""
    return days.long_date(_moment(value), "ja")


def jdatetime(value: Any) -> str:
    """2026年11月22日（日）13:00"""
    if _absent(value):
        return ""
    moment = _moment(value)
    return f"{jdate(moment)}{moment:%H:%M}" if isinstance(moment, datetime) else jdate(moment)


def edate(value: Any) -> str:
    """Sun 22 November 2026"""
    if _absent(value):
        return ""
    day = _moment(value)
    return f"{days.weekday_en(day)} {days.long_date(day, 'en')}"


def edatetime(value: Any) -> str:
    """Sun 22 November 2026, 13:00 (Japan)"""
    if _absent(value):
        return ""
    moment = _moment(value)
    return f"{edate(moment)}, {moment:%H:%M} (Japan)" if isinstance(moment, datetime) else edate(moment)


def eyen(value: Any) -> str:
    """The amount as in ¥12,345"""
    return "" if _absent(value) else f"¥{number(value)}"


def wareki(value: Any) -> str:
    """令和8年（2026年）11月22日: papers lie beside pages, which write western years. An era begins with 元年."""
    if _absent(value):
        return ""
    moment = _moment(value)
    day = moment.date() if isinstance(moment, datetime) else moment
    era = days.wareki(day)
    return era.replace("年", f"年（{day.year}年）", 1) if era else f"{day.year}年{day.month}月{day.day}日"


def number(value: Any) -> str:
    """The number as in 12,345"""
    if _absent(value):
        return ""
    try:
        amount = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        raise ValueError(f"not a number: {value!r}") from None
    if not amount.is_finite() or abs(amount) >= 10**18:
        raise ValueError(f"not an amount: {value!r}")
    return f"{amount:,f}"


def yen(value: Any) -> str:
    """The amount as in 12,345円"""
    return "" if _absent(value) else f"{number(value)}円"


def lines(value: Any) -> Markup:
    """Line breaks of a typed text kept in HTML."""
    return Markup("<br/>").join(escape(part) for part in str(value).splitlines()) if not _absent(value) else Markup()


def postal(value: Any) -> str:
    """The postal code as written: 1000001 → 100-0001"""
    if _absent(value):
        return ""
    text = str(value)
    return f"{text[:3]}-{text[3:]}" if len(text) == 7 and text.isdigit() else text


def blocks(value: Any, size: int = 4) -> list[str]:
    """A key or number in groups of `size` characters, for people to read and type."""
    if _absent(value):
        return []
    text = "".join(character for character in str(value) if character.isalnum())[:1000]
    return [text[start : start + size] for start in range(0, len(text), max(1, size))]


def rows(value: Any, width: int) -> list[list[Any]]:
    """A list in rows of `width`; the last one may be shorter."""
    items = [] if _absent(value) else list(value)
    return [items[start : start + width] for start in range(0, len(items), max(1, width))]


def fit(value: Any) -> str:
    """The class of a text that may be long, for a document's `class`: the longer, the smaller its print, so that a name
    of 200 characters leaves the rest of the page where it was. Nothing up to 48 characters."""
    length = 0 if _absent(value) else len(str(value))
    return next((name for least, name in ((140, "longest"), (90, "longer"), (48, "long")) if length > least), "")
