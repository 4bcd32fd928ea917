"""Links by which applicants enter their case before they have an account."""

from __future__ import annotations

from datetime import datetime

from app.store import statements
from app.store.models import EntryLink


def create_link(case: int, token: str, email: str, expires_at: datetime) -> EntryLink:
    """A new entry link; older unused ones of the case stop working."""
    EntryLink.update(void=True).where((EntryLink.case == case) & EntryLink.used_at.is_null()).execute()
    return EntryLink.create(case=case, token=token, email=email, expires_at=expires_at)


def link(token: str) -> EntryLink | None:
    """The entry link of this token."""
    return EntryLink.get_or_none(EntryLink.token == token)


def current_link(case: int) -> EntryLink | None:
    """The case's link that can still be used."""
    usable = "case_id = ? AND NOT void AND used_at IS NULL"
    return statements.one(EntryLink, usable, case, order="id DESC LIMIT 1")
