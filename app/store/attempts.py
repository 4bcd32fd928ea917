"""How often something was tried lately: rows that expire, so that it holds over several processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from peewee import fn

from app.store.composed import Composed
from app.store.database import lock_name, transaction
from app.store.models import Attempt


def add(keys: Sequence[str], now: datetime, window: timedelta) -> None:
    """Note a try under each key; it counts for so long."""
    with transaction():
        for key in keys:
            Attempt.create(key=key, at=now, until=now + window)


def count(key: str, now: datetime) -> int:
    """How many tries count now."""
    return int(Attempt.select().where((Attempt.key == key) & (Attempt.until > now)).count())


def free_at(key: str, now: datetime, most: int) -> datetime | None:
    """When fewer than `most` tries will count again; none when that is so now."""
    query = Attempt.select(Attempt.until).where((Attempt.key == key) & (Attempt.until > now))
    row = query.order_by(Attempt.until.desc()).offset(most - 1).limit(1).first()
    return row.until if row is not None else None


def clear(key: str) -> None:
    """Forget the tries of this key."""
    Attempt.delete().where(Attempt.key == key).execute()


def forget(now: datetime) -> None:
    """Forget what counts no more."""
    Attempt.delete().where(Attempt.until <= now).execute()


_last = Composed[Attempt](
    lambda key, now: Attempt.select(fn.MAX(Attempt.until)).where((Attempt.key == key) & (Attempt.until > now))
)


def due(key: str, now: datetime, every: timedelta) -> bool:
    """Whether this was not done for so long; notes that it is done now. One process of several gets a yes."""
    with transaction():
        lock_name(key)
        if _last.value(key, now) is not None:
            return False
        Attempt.create(key=key, at=now, until=now + every)
        return True
