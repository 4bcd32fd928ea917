"""Files of rows that people asked for: on their way, ready, and over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.states import ExportState
from app.store.models import Export

SHOWN = 50


def add(**values: Any) -> Export:
    """One that is asked for."""
    found: Export = Export.create(**values)
    return found


def one(export_id: int) -> Export | None:
    """The one of this row id."""
    return Export.get_or_none(Export.id == export_id)


def of_user(user_id: int) -> Sequence[Export]:
    """Somebody's, the newest first."""
    return list(Export.select().where(Export.user == user_id).order_by(Export.id.desc()).limit(SHOWN))


def waiting(user_id: int) -> Sequence[Export]:
    """Somebody's that are not made yet."""
    return list(Export.select().where((Export.user == user_id) & (Export.state == ExportState.WAITING)))


def far(export_id: int, rows: int, count: int) -> None:
    """How far it is."""
    Export.update(rows=rows, count=count).where(Export.id == export_id).execute()


def over(now: datetime) -> Sequence[Export]:
    """Those whose time is over and whose bytes are still there."""
    return list(Export.select().where((Export.state == ExportState.MADE) & (Export.until <= now)))
