"""Archives of closed cases: which bytes, of which case, made when and by whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN

from app.store.models import Archive, Case


def of_case(number: str) -> Archive | None:
    """What is archived of a case."""
    found: Archive | None = Archive.select().join(Case).where(Case.number == number).first()
    return found


def keep(case: int, digest: str, size: int, entries: int, at: datetime, by_name: str) -> None:
    """From now on this is the case's."""
    values = {
        Archive.digest: digest, Archive.size: size, Archive.entries: entries, Archive.at: at, Archive.by_name: by_name,
    }  # fmt: skip
    Archive.insert({Archive.case: case, **values}).on_conflict(conflict_target=[Archive.case], update=values).execute()


def _waiting(before: datetime) -> Any:
    """Cases that ended before then, of which nothing is archived as they ended."""
    missing = Archive.case.is_null() | (Archive.at < Case.changed_at)
    return Case.select().join(Archive, JOIN.LEFT_OUTER).where(Case.ended & (Case.changed_at < before) & missing)


def waiting(before: datetime) -> int:
    """How many cases wait to be archived."""
    return int(_waiting(before).count())


def next_waiting(before: datetime) -> Case | None:
    """The one that ended first."""
    found: Case | None = _waiting(before).order_by(Case.changed_at, Case.id).first()
    return found
