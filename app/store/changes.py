"""The record of changes outside cases."""

from __future__ import annotations

from datetime import datetime

from app.states import ChangeKind
from app.store.models import Change


def add(
    at: datetime, by: int | None, by_name: str, kind: ChangeKind, subject: str, field: str, before: str, after: str
) -> None:
    """Note a change."""
    Change.create(
        at=at,
        by=by,
        by_name=by_name,
        kind=kind,
        subject=subject[:200],
        field=field[:80],
        before=before[:2000],
        after=after[:2000],
    )


def recent(kind: ChangeKind | None = None, limit: int = 100) -> list[Change]:
    """The last changes, newest first."""
    query = Change.select()
    if kind is not None:
        query = query.where(Change.kind == kind)
    return list(query.order_by(Change.id.desc()).limit(limit))
