"""Which bytes in the data folder (app/store/blobs.py) a row names."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from app.store import database
from app.store.models import Archive, Document, Export, InboundMail, Mail

DIGESTS: tuple[Any, ...] = (Document.digest, InboundMail.digest, Export.digest, Archive.digest)
LISTS: tuple[Any, ...] = (Mail.attachments, InboundMail.attachments)  # of objects with a `digest`
_MANY = 500  # digests in one statement; rows looked through at a time


@database.connection()
def unnamed(digests: Collection[str]) -> set[str]:
    """Those of the digests that no row names. Mails are looked through from the newest, until each is found."""
    left = set(digests)
    for column in DIGESTS:
        wanted = sorted(left)
        for start in range(0, len(wanted), _MANY):
            left -= {row[0] for row in column.model.select(column).where(column << wanted[start:][:_MANY]).tuples()}
    for column in LISTS:
        left -= _in_lists(column, left)
    return left


def _in_lists(column: Any, wanted: Collection[str]) -> set[str]:
    found: set[str] = set()
    last: int | None = None
    while found != set(wanted):
        query = column.model.select(column.model.id, column).order_by(column.model.id.desc()).limit(_MANY)
        rows = list(query.where(column.model.id < last).tuples() if last is not None else query.tuples())
        if not rows:
            break
        last = rows[-1][0]
        found |= {each["digest"] for _, listed in rows for each in listed or []} & set(wanted)
    return found
