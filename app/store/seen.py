"""What was looked at outside of the portal, and what was seen: by name, the last time alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.store.models import Seen


def keep(name: str, at: datetime, found: Mapping[str, Any]) -> None:
    """In place of what was seen before. Inside a transaction."""
    said = {"at": at, "found": dict(found)}
    Seen.insert(name=name, **said).on_conflict(conflict_target=[Seen.name], update=said).execute()


def last(name: str) -> Seen | None:
    """What was seen last; none where nobody has looked."""
    return Seen.get_or_none(Seen.name == name)
