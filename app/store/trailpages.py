"""Pages of the audit record, newest first, each begun behind the last line of the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.states import Act, Thing
from app.store.models import TrailEntry as Entry


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What of the record is wanted. `until` is not among it; no acts are all."""

    since: datetime | None = None
    until: datetime | None = None
    person: int | None = None
    acts: Sequence[Act] = ()
    thing: Thing | None = None
    subject: str = ""
    case: int | None = None
    text: str = ""


def page(narrowed: Narrowed, behind: tuple[datetime, int] | None, limit: int) -> list[Entry]:
    """The newest entries that fit, at most `limit`; `behind` (moment, id) is not among them."""
    query = _query(narrowed)
    if behind is not None:
        at, key = behind
        query = query.where((Entry.at < at) | ((Entry.at == at) & (Entry.id < key)))
        query = query.where(Entry.at <= at)  # so that the index leads there
    return list(query.order_by(Entry.at.desc(), Entry.id.desc()).limit(limit))


def count(narrowed: Narrowed, most: int) -> int:
    """How many entries fit, at most so many."""
    return int(_query(narrowed, Entry.id).limit(most).count())


def _query(narrowed: Narrowed, *columns: Any) -> Any:
    query = Entry.select(*columns)
    for column, value in ((Entry.person, narrowed.person), (Entry.case_id, narrowed.case)):
        if value is not None:
            query = query.where(column == value)
    if narrowed.thing is not None:
        query = query.where(Entry.thing == narrowed.thing)
    if narrowed.subject:
        query = query.where(Entry.subject == narrowed.subject)
    if narrowed.acts:
        query = query.where(Entry.act.in_(narrowed.acts))
    if narrowed.since is not None:
        query = query.where(Entry.at >= narrowed.since)
    if narrowed.until is not None:
        query = query.where(Entry.at < narrowed.until)
    if narrowed.text:
        query = query.where(Entry.what.contains(narrowed.text) | Entry.who.contains(narrowed.text))
    return query
