"""When administrators are told of trouble, and of what they have been told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from app.store.models import Alarm, AlarmRule


def rules() -> dict[str, AlarmRule]:
    """What was set, by kind."""
    return {row.kind: row for row in AlarmRule.select()}


def set_rule(kind: str, **said: Any) -> None:
    """Set the rule for one kind of trouble."""
    row = AlarmRule.insert(kind=kind, **said)
    row.on_conflict(conflict_target=[AlarmRule.kind], update=said).execute()


def begin(cause: str, **said: Any) -> bool:
    """A cause is met; whether it is new. `since` and what is said stay as they were first noted."""
    row = Alarm.insert(cause=cause, open_key=cause, **said)
    return bool(row.on_conflict_ignore().as_rowcount().execute())


def opened() -> dict[str, Alarm]:
    """Those that last, by cause."""
    return {row.open_key: row for row in Alarm.select().where(Alarm.open_key.is_null(False))}


def one(cause: str) -> Alarm | None:
    """The one that lasts."""
    return Alarm.get_or_none(Alarm.open_key == cause)


def last_told(cause: str) -> datetime | None:
    """When administrators were last told of the cause, now or before it went and came back."""
    row = Alarm.select().where((Alarm.cause == cause) & Alarm.told_at.is_null(False)).order_by(Alarm.told_at.desc())
    found = row.first()
    return found.told_at if found is not None else None


def tell(cause: str, before: datetime | None, now: datetime) -> bool:
    """Administrators are told of it now; False when another process was first (`before`: when they were told last)."""
    mine = Alarm.open_key == cause
    mine &= Alarm.told_at.is_null() if before is None else Alarm.told_at == before
    return bool(Alarm.update(told_at=now, times=Alarm.times + 1).where(mine).execute())


def over(causes: Collection[str], now: datetime) -> list[Alarm]:
    """These are over; gives those that this very call ended."""
    ended = []
    for row in Alarm.select().where(Alarm.open_key.in_(list(causes))) if causes else ():
        mine = (Alarm.id == row.id) & Alarm.open_key.is_null(False)
        if Alarm.update(open_key=None, over_at=now).where(mine).execute():
            ended.append(row)
    return ended


def forget(before: datetime) -> int:
    """Drop what has long been over."""
    return int(Alarm.delete().where(Alarm.over_at.is_null(False) & (Alarm.over_at < before)).execute())
