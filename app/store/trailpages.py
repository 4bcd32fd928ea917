"""Pages of the audit record, newest first, each begun behind the last line of the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.states import Act, Thing
from app.store.models import TrailEntry as Entry


def page(
    *,
    since: datetime | None,
    until: datetime | None,
    person: int | None,
    acts: Sequence[Act],
    thing: Thing | None,
    subject: str,
    case: int | None,
    text: str,
    behind: tuple[datetime, int] | None,
    limit: int,
) -> list[Entry]:
    """The newest entries that fit, at most `limit`. `until` is not among them, nor is `behind` (moment, id)."""
    query = Entry.select()
    for column, value in ((Entry.person, person), (Entry.case_id, case)):
        if value is not None:
            query = query.where(column == value)
    if thing is not None:
        query = query.where(Entry.thing == thing)
    if subject:
        query = query.where(Entry.subject == subject)
    if acts:
        query = query.where(Entry.act.in_(acts))
    if since is not None:
        query = query.where(Entry.at >= since)
    if until is not None:
        query = query.where(Entry.at < until)
    if text:
        query = query.where(Entry.what.contains(text) | Entry.who.contains(text))
    if behind is not None:
        at, key = behind
        query = query.where((Entry.at < at) | ((Entry.at == at) & (Entry.id < key)))
        query = query.where(Entry.at <= at)  # so that the index leads there
    return list(query.order_by(Entry.at.desc(), Entry.id.desc()).limit(limit))
