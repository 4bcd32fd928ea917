"""Who is signed in where."""

from __future__ import annotations

from datetime import datetime

from app.store.models import Session, User


def add(**values: object) -> None:
    """Store a session that begins."""
    Session.create(**values)


def seen(row_id: int, at: datetime) -> None:
    """Somebody asked in it."""
    Session.update(seen_at=at).where(Session.id == row_id).execute()


def proved(key: str, fresh: str, at: datetime) -> int:
    """Whoever asks in the session of this key has shown that it is they, and it goes on under a fresh one; gives 1
    where it goes on."""
    mine = (Session.key == key) & Session.ended_at.is_null() & ~Session.half
    return int(Session.update(proved_at=at, key=fresh).where(mine).execute())


def end(key: str, at: datetime) -> int:
    """The session of this key is over; gives 1 where it was not."""
    return int(Session.update(ended_at=at).where((Session.key == key) & Session.ended_at.is_null()).execute())


def end_one(user: int, row_id: int, at: datetime) -> int:
    """The account's session of this id is over; gives 1 where it was not."""
    mine = (Session.user == user) & (Session.id == row_id) & Session.ended_at.is_null()
    return int(Session.update(ended_at=at).where(mine).execute())


def end_others(user: int, key: str, at: datetime) -> int:
    """All sessions of the account are over but the one of this key; gives how many."""
    others = (Session.user == user) & (Session.key != key) & Session.ended_at.is_null()
    return int(Session.update(ended_at=at).where(others).execute())


def end_oldest(user: int, most: int, at: datetime) -> int:
    """Of the account's sessions the newest go on, so many; gives how many are over."""
    mine = (Session.user == user) & Session.ended_at.is_null() & ~Session.half
    newest = Session.select(Session.id).where(mine).order_by(Session.id.desc()).limit(most)
    return int(Session.update(ended_at=at).where(mine & Session.id.not_in(newest)).execute())


def of(user: int, now: datetime, since: datetime) -> list[Session]:
    """The account's sessions that go on, the newest use first. `since`: who was not seen since then has gone."""
    query = Session.select().where(
        (Session.user == user)
        & Session.ended_at.is_null()
        & ~Session.half
        & (Session.until > now)
        & (Session.seen_at >= since)
    )
    return list(query.order_by(Session.seen_at.desc(), Session.id.desc()))


def half(key: str, now: datetime) -> Session | None:
    """The session of this key in which the second factor is still to come, with its account."""
    query = Session.select(Session, User).join(User)
    mine = (Session.key == key) & Session.half & Session.ended_at.is_null() & (Session.until > now)
    return query.where(mine).first()


def forget(now: datetime) -> None:
    """Rows of sessions that are over by their time."""
    Session.delete().where(Session.until <= now).execute()
