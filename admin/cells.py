"""What a cell says: days and instants in Japan, words for codes, other records by the name by which people know them.

A value is a text, a number, a day, an instant, yes or no, none, or one of the three below; the page draws it (`drawn`),
a file takes it as it is (`plain`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape

from admin import spoken
from admin.codes import words_of
from app.services.base.businessdays import JAPAN
from app.store import models as m

LONG = 120  # characters of a cell in a list
# What is read of a record to name it, and how it is called.
BRIEF: dict[Any, tuple[str, ...]] = {
    m.Case: ("id", "number", "company_name", "system_name", "release", "company", "stage"),
    m.Task: ("id", "title", "case"),
    m.User: ("id", "name", "email", "side"),
    m.Company: ("id", "name"),
    m.Release: ("id", "package_id", "number", "title"),
    m.Invoice: ("id", "number", "title", "case"),
    m.Document: ("id", "title", "filename", "case"),
    m.Mail: ("id", "subject", "recipient", "case"),
    m.InboundMail: ("id", "subject", "sender", "case"),
    m.Card: ("id", "serial"),
    m.Certificate: ("id", "number"),
    m.BankFile: ("id", "filename"),
    m.BankLine: ("id", "day", "payer"),
    m.Payment: ("id", "paid_on", "amount", "invoice"),
    m.Booking: ("id", "day", "calendar", "case"),
    m.Move: ("id", "asked_at", "package_id"),
    m.Workspace: ("id", "title"),
    m.KeyLetter: ("id", "reference"),
}
LINKED: set[Any] = set()  # kinds that have a page (admin.nouns fills it)


class Yen(int):
    """An amount of money."""


class Size(int):
    """A number of bytes."""


@dataclass(frozen=True, slots=True)
class Link:
    """A record or page that the cell names, and where it is."""

    text: str
    url: str

    def __str__(self) -> str:
        return self.text


def called(row: Any) -> str:
    """How people call a record."""
    match row:
        case m.Case() | m.Invoice() | m.Certificate():
            return str(row.number)
        case m.Task():
            return spoken.named(row.title)
        case m.Document():
            return spoken.named(row.title) or str(row.filename)
        case m.User():
            return row.name or row.email
        case m.Company() | m.Role() | m.CardDeskRow() | m.SavedView():
            return str(row.name)
        case m.Release():
            return str(gettext("%(title)s, release %(number)s", title=spoken.named(row.title), number=row.number))
        case m.Mail() | m.InboundMail():
            return row.subject or str(gettext("(no subject)"))
        case m.Card():
            return str(row.serial)
        case m.KeyLetter():
            return str(row.reference)
        case m.BankFile():
            return str(row.filename)
        case m.BankLine():
            return f"{row.day.isoformat()} {row.payer}"
        case m.Payment():
            return f"{row.paid_on.isoformat()} {yen(row.amount)}"
        case m.Booking() | m.ClosingDay():
            return str(row.day.isoformat())
        case m.Move() | m.Workspace():
            return spoken.package(row.package_id) if isinstance(row, m.Move) else str(row.title)
    return numbered(row)


def numbered(row: Any) -> str:
    """How a record is called that has no name."""
    return str(gettext("no. %(number)s", number=row._pk))


def address(row: Any) -> str:
    """Where a record's page is."""
    return f"/admin/{row._meta.table_name}/details/?id={row._pk}"


def other(row: Any) -> Any:
    """Another record: its name, linked to its page."""
    if row is None:
        return None
    return Link(called(row), address(row)) if type(row) in LINKED else called(row)


def of(row: Any, name: str) -> Any:
    """What a field of a row says."""
    field = row._meta.fields[name]
    if name in row._meta.fields and hasattr(field, "rel_model"):
        return other(getattr(row, name)) if row.__data__.get(name) is not None else None
    value = getattr(row, name)
    codes = words_of(type(row).__name__, name)
    if codes:
        return (
            str(codes[value]) if value in codes else (None if value in {"", None} else str(gettext("Something else")))
        )
    case = row if isinstance(row, m.Case) else None
    match name:
        case "grp" | "groups":
            return spoken.groups(value)
        case "package_id":
            return spoken.package(value)
        case "stage" if case is not None:
            return spoken.stage(case)
        case "title" | "where" | "label":
            return spoken.named(value)
        case "calendar":
            return spoken.calendar(getattr(row, "case", None), value)
        case "set_id":
            return spoken.card_set(value)
        case "amount" | "total" | "tax" | "paid" if isinstance(value, int):
            return Yen(value)
        case "size" if isinstance(value, int):
            return Size(value)
    return value if value != "" else None


def yen(value: int) -> str:
    """12,345円, or ¥12,345."""
    return f"¥{value:,}" if spoken.lang() == "en" else f"{value:,}円"


def text(value: Any) -> str:
    """A value in words."""
    match value:
        case None | "":
            return "—"
        case bool():
            return str(gettext("Yes") if value else gettext("No"))
        case Yen():
            return yen(value)
        case Size():
            return f"{max(1, round(value / 1024)):,} KB" if value < 1 << 20 else f"{value / (1 << 20):,.1f} MB"
        case datetime():
            return f"{value.astimezone(JAPAN):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case int():
            return f"{value:,}"
        case list() | tuple():
            return str(gettext(", ")).join(text(each) for each in value) or "—"
    return str(value)


def drawn(value: Any, *, short: bool = False) -> Markup:
    """A value on a page; `short`: cut where it would fill a list."""
    if isinstance(value, list | tuple) and value:
        return Markup(", ").join(drawn(each) for each in value)
    said = text(value)
    if short and len(said) > LONG:
        said = f"{said[:LONG]}…"
    return Markup('<a href="{}">{}</a>').format(value.url, said) if isinstance(value, Link) else escape(said)


def plain(value: Any) -> Any:
    """The same in a file: numbers, days and instants as they are, all else in words."""
    if value is None or (isinstance(value, int | float | date) and not isinstance(value, bool)):
        return int(value) if isinstance(value, int) else value
    return text(value)
