"""Rows and facts of a case in plain JSON and back: how it stood, kept for the way back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

FACTS = (
    "state", "turn", "turn_since", "stage", "data", "messages", "running", "timer_count", "ended", "company_id",
    "company_name", "system_name", "release_id",
)  # fmt: skip


def plain_row(row: Any) -> dict[str, Any]:
    """A row in plain JSON."""
    return {name: plain(value) for name, value in row.__data__.items()}


def plain(value: Any) -> Any:
    """A value in plain JSON; days and moments know what they are."""
    if isinstance(value, datetime):
        return {"$at": value.isoformat()}
    return {"$day": value.isoformat()} if isinstance(value, date) else value


def rich(value: Any) -> Any:
    """The value that `plain` had made fit for JSON."""
    if isinstance(value, dict) and set(value) == {"$at"}:
        return datetime.fromisoformat(value["$at"])
    if isinstance(value, dict) and set(value) == {"$day"}:
        return date.fromisoformat(value["$day"])
    return value
