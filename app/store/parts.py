"""Uploads that are on their way: how much of each has arrived."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import fn

from app.store.models import Part


def one(part_id: str) -> Part | None:
    """The upload of this id."""
    return Part.get_or_none(Part.id == part_id)


def add(**values: Any) -> Part:
    """Keep a new upload."""
    found: Part = Part.create(**values)
    return found


def advance(part_id: str, received: int, expires_at: datetime) -> None:
    """So much has arrived and is on disk."""
    Part.update(received=received, expires_at=expires_at).where(Part.id == part_id).execute()


def take(part_id: str, document_id: str) -> None:
    """It has become this document."""
    Part.update(document_id=document_id).where(Part.id == part_id).execute()


def forget(part_id: str) -> None:
    """It is not wanted any more."""
    Part.delete().where(Part.id == part_id).execute()


def open_count(user: int, now: datetime) -> int:
    """How many uploads of this person are under way."""
    return int(Part.select().where((Part.user == user) & (Part.document_id == "") & (Part.expires_at > now)).count())


def expected_bytes(case: int, now: datetime, *, besides: str = "") -> int:
    """What the uploads under way will add to the case; `besides`: an upload that is not counted."""
    coming = (Part.case == case) & (Part.document_id == "") & (Part.expires_at > now) & (Part.id != besides)
    return int(Part.select(fn.SUM(Part.size)).where(coming).scalar() or 0)


def expired(now: datetime) -> list[str]:
    """Ids of the uploads whose time is over."""
    return [row.id for row in Part.select(Part.id).where(Part.expires_at <= now)]


def known(ids: list[str]) -> set[str]:
    """Those of these ids that are uploads under way."""
    return {row.id for row in Part.select(Part.id).where(Part.id.in_(ids) & (Part.document_id == ""))}
