"""What a cell says: days and instants in Japan, other records by their number, JSON as text."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from flask_babel import gettext
from markupsafe import Markup

from app.services.base.businessdays import JAPAN
from app.store.models import (
    BankFile,
    Card,
    Case,
    Certificate,
    Company,
    Document,
    Invoice,
    Mail,
    Release,
    Role,
    Task,
    User,
)

LONG = 160  # characters of a cell in a list


def instant(_view: Any, value: datetime, _name: str) -> str:
    """2026-11-24 15:04 in Japan."""
    return f"{value.astimezone(JAPAN):%Y-%m-%d %H:%M}"


def day(_view: Any, value: date, _name: str) -> str:
    """2026-11-24."""
    return value.isoformat()


def yes(_view: Any, value: bool, _name: str) -> str:
    """Yes or no."""
    return str(gettext("Yes") if value else gettext("No"))


def nothing(_view: Any, _value: None, _name: str) -> str:
    """Nothing is said of it."""
    return "—"


def structure(_view: Any, value: Any, _name: str) -> str:
    """JSON."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


def short(_view: Any, value: str, _name: str) -> str:
    """A text, cut where it would fill the list."""
    return value if len(value) <= LONG else f"{value[:LONG]}…"


FORMATS = {datetime: instant, date: day, bool: yes, type(None): nothing, dict: structure, list: structure}


def other(_view: Any, _context: Any, row: Any, name: str) -> Any:
    """Another record: its number, linked to the page that people know it by."""
    found = getattr(row, name)
    if found is None:
        return None
    text, url = said(found)
    return Markup('<a href="{}">{}</a>').format(url, text) if url else text


def said(row: Any) -> tuple[str, str]:
    """(how people call the record, its page)."""
    match row:
        case Case():
            return row.number, f"/cases/{row.number}"
        case Task():
            return row.title, f"/tasks/{row.id}"
        case Certificate():
            return row.number, f"/systems/{quote(row.number)}"
        case Card():
            return row.serial, f"/cards/{quote(row.serial)}"
        case User():
            return row.name or row.email, ""
        case Company() | Role():
            return row.name, ""
        case Release():
            return f"{row.package_id} {row.number}", ""
        case Invoice():
            return row.number, f"/payments?q={quote(row.number)}&state={row.state}"
        case Document() | BankFile():
            return row.filename, ""
        case Mail():
            return row.subject, ""
    return str(row._pk), ""
