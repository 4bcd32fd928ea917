"""The days on which the body is closed, besides weekends and public holidays."""

from __future__ import annotations

from datetime import date

from app.store import seldom, statements
from app.store.models import (
    ClosingDay,
)


def days() -> frozenset[date]:
    """The body's own closing days."""
    return seldom.kept("closing days", lambda: frozenset(row.day for row in statements.rows(ClosingDay, "1 = 1")))


def titles() -> dict[date, str]:
    """The body's own closing days and why each is one."""
    return {row.day: row.title for row in ClosingDay.select()}


def close(day: date, title: str) -> bool:
    """Add a closing day; false when it is one already."""
    row = ClosingDay.insert(day=day, title=title).on_conflict_ignore()
    return bool(row.as_rowcount().execute())


def name(day: date, title: str) -> None:
    """Another reason for a closing day."""
    ClosingDay.update(title=title).where(ClosingDay.day == day).execute()


def reopen(day: date) -> None:
    """Take a closing day away."""
    ClosingDay.delete().where(ClosingDay.day == day).execute()
