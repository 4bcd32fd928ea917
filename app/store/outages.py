"""Servers that the portal asks by itself and does not reach at the moment; a row stands while the trouble lasts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.store.models import Outage


def of(name: str) -> Outage | None:
    """The trouble with this server; none while it answers."""
    return Outage.get_or_none(Outage.name == name)


def begin(name: str, now: datetime, message: str, params: Mapping[str, Any]) -> None:
    """Note what hinders; since when it lasts stays as it was first noted."""
    said = {"tried_at": now, "message": message, "params": dict(params)}
    Outage.insert(name=name, since=now, **said).on_conflict(conflict_target=[Outage.name], update=said).execute()


def end(name: str) -> None:
    """It answers again."""
    Outage.delete().where(Outage.name == name).execute()
