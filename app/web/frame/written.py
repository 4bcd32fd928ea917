"""Days, moments, sizes and amounts as pages write them, in the language of the reader."""

from __future__ import annotations

from datetime import date, datetime

from jinja2.filters import do_filesizeformat
from markupsafe import Markup

from app.services.base.businessdays import JAPAN
from app.text import days
from app.web.frame import current


def day(value: date | datetime | str | None) -> str:
    """2026年11月22日（日）, or Sun 22 Nov 2026."""
    if not value:
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    if isinstance(value, datetime):
        value = value.astimezone(JAPAN).date()
    return days.written(value, current.language())


def read_day(value: date | str) -> str:
    """A day of a calendar as it is read aloud: 12月15日（火）, or Tue 15 December."""
    value = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    if current.language() == "en":
        return f"{days.weekday_en(value)} {value.day} {value:%B}"
    return days.month_day(value)


def short_day(value: date | datetime | None) -> str:
    """11月22日（日）, or 22 Nov; with the year where it is not this one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(JAPAN).date()
    other = value.year != current.portal().today().year
    if current.language() == "en":
        return f"{value.day} {value:%b %Y}" if other else f"{value.day} {value:%b}"
    year = f"{value.year}年" if other else ""
    return f"{year}{days.month_day(value)}"


def moment(value: datetime | None) -> str:
    """2026年11月22日（日） 14:05, in Japan."""
    if value is None:
        return ""
    return f"{day(value)} {value.astimezone(JAPAN):%H:%M}"


def size(value: int) -> str:
    """Bytes in words, as forms and scripts write them."""
    return do_filesizeformat(value)


def yen(value: int | None) -> str:
    """12,345円, or ¥12,345."""
    if value is None:
        return ""
    return f"¥{value:,}" if current.language() == "en" else f"{value:,}円"


def lines(text: str) -> Markup:
    """The text with its line ends."""
    return Markup("<br>").join(str(text or "").splitlines())


def web_address(text: object) -> bool:
    """Whether it may be a link: what a vendor typed is not always one."""
    return str(text or "").lower().startswith(("https://", "http://"))
