"""Servers that the portal asks by itself and does not reach at the moment; a row stands while the trouble lasts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.store.models import Outage


def of(name: str) -> Outage | None:
    """The trouble with this server; none while it answers."""
    return Outage.get_or_none(Outage.name == name)


def begin(name: str, now: datetime, message: str, params: Mapping[str, Any], next_at: datetime | None = None) -> int:
    """Note what hinders, and when it is tried again; since when it lasts stays as it was first noted. Gives how often
    it was tried."""
    said = {"tried_at": now, "message": message, "params": dict(params), "next_at": next_at}
    added = Outage.insert(name=name, since=now, tries=1, **said).on_conflict_ignore().as_rowcount().execute()
    if not added:
        Outage.update(**said, tries=Outage.tries + 1).where(Outage.name == name).execute()
    row = of(name)
    return row.tries if row is not None else 1


def claim(name: str, now: datetime, until: datetime) -> bool:
    """Whether the asker is the one who may try the server now: nobody else does before `until`. True while there
    is no trouble."""
    row = of(name)
    if row is None:
        return True
    mine = (Outage.name == name) & (Outage.next_at.is_null() | (Outage.next_at <= now))
    return bool(Outage.update(next_at=until).where(mine).execute())


def waits(name: str, now: datetime) -> bool:
    """Whether nobody should try the server before some later moment."""
    row = of(name)
    return row is not None and row.next_at is not None and row.next_at > now


def end(name: str) -> Outage | None:
    """It answers again; gives the trouble that is over, to the one who noticed first."""
    row = of(name)
    if row is None or not Outage.delete().where(Outage.name == name).execute():
        return None
    return row
