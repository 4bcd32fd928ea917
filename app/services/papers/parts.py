"""Uploads that arrive in parts and go on where they stopped: after a lost network, a closed window, a power cut.

Bytes lie in the spool; the database says how many of them count. When all have arrived the file is taken through the
same door as any other upload (`uploads.attach`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import uuid4

from app.errors import NotFound, Refused, Stale
from app.forms import FileRef
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.papers import collecting, intake, uploads
from app.store import cases, database, parts, places, records, work
from app.store.keeping import Pieces
from app.store.models import Part
from app.text.names import file_name

KEPT_FOR = timedelta(days=7)  # after the last byte came
MOST_OPEN = 50  # uploads of one person: 25 files at once, and as many that were given up


class WrongOffset(Stale):
    """The bytes do not follow those that have arrived."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What the sender says of a file before its first byte. `size` in bytes; `metadata` is told again on request."""

    field: str
    filename: str
    size: int
    metadata: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class PartView:
    """How far an upload is. `offset`: bytes that are safely on disk."""

    id: str
    size: int
    offset: int
    metadata: str
    expires_at: datetime


def begin(portal: Portal, task_id: str, said: Announced, actor: Actor) -> PartView:
    """Open an upload. What can be said against the file by its name and size is said now, before any of it travels.

    Raises TooLarge, Refused, NotFound, Forbidden, Stale.
    """
    setting, spec, _ = uploads.place(portal, task_id, said.field, actor)
    name, now = file_name(said.filename), portal.now()
    intake.require_size(portal, name, said.size, spec.max_size_mb)
    uploads.require_taken(
        setting, spec, FileRef("-", name, said.size, intake.type_by_name(name, spec.accept)), actor.language
    )
    with database.transaction():
        cases.lock(setting.case.id)
        if parts.open_count(actor.user_id or 0, now) >= MOST_OPEN:
            raise Refused("%(count)s uploads are under way already; wait until some have arrived", count=MOST_OPEN)
        intake.require_room(portal, setting.case, said.size)
        row = parts.add(
            id=uuid4().hex,
            case=setting.case,
            task=task_id,
            user=actor.user_id,
            field=said.field,
            filename=name,
            size=said.size,
            metadata=said.metadata,
            replaces=said.replaces,
            created_at=now,
            expires_at=now + KEPT_FOR,
        )
    return _view(portal, row)


def look(portal: Portal, task_id: str, part_id: str, actor: Actor) -> PartView:
    """How far the upload is. NotFound for those of others and for expired ones."""
    return _view(portal, _find(portal, task_id, part_id, actor)[0])


def append(
    portal: Portal,
    task_id: str,
    part_id: str,
    offset: int,
    stream: BinaryIO,
    actor: Actor,
    *,
    checksum: tuple[str, bytes] | None = None,
) -> PartView:
    """Take in what follows at `offset`. All that came is on disk before it is counted.

    `checksum`: (algorithm of hashlib, digest). Raises WrongOffset, BadChecksum, Busy, TooLarge, and as `look`.
    """
    _find(portal, task_id, part_id, actor)
    spool = _spool(portal)
    with spool.writing(part_id) as file:
        database.anew()
        row, _ = _find(portal, task_id, part_id, actor)  # as it is now that nobody else writes
        here = 0 if row.document_id else min(row.received, spool.length(part_id))
        if row.document_id or offset != here:
            raise WrongOffset("The upload has gone on from another place; it is looked up again")
        count = spool.append(file, offset, stream, row.size - offset, checksum)
        expires = portal.now() + KEPT_FOR
        with database.transaction():
            parts.advance(part_id, offset + count, expires)
    return PartView(row.id, row.size, offset + count, row.metadata, expires)


def take(portal: Portal, task_id: str, part_id: str, actor: Actor) -> FileRef:
    """The file, complete and kept with the draft; asked again, the same. Refused when it is not what the field takes.

    A file that is refused is forgotten. Temporary when it could not be looked at: it is kept until it can.
    """
    row, where = _find(portal, task_id, part_id, actor)
    if row.document_id:
        with database.connection():
            known = records.document(row.document_id)
        if known is None:
            raise NotFound("There is no such upload")
        return uploads.reference(known)
    spool = _spool(portal)
    if min(row.received, spool.length(part_id)) != row.size:
        raise Refused("“%(name)s” has not arrived completely", name=row.filename)
    try:
        with spool.open(part_id) as stream:
            found = uploads.attach(portal, where, row.filename, stream, actor, replaces=row.replaces, part=part_id)
    except Stale:
        raise
    except Refused:
        _forget(spool, part_id)
        raise
    spool.drop(part_id)
    return found


def discard(portal: Portal, task_id: str, part_id: str, actor: Actor) -> None:
    """Forget the upload and its bytes; what was taken already stays with the draft."""
    _find(portal, task_id, part_id, actor)
    _forget(_spool(portal), part_id)


def expire(portal: Portal) -> int:
    """Forget what was given up: uploads (gives how many), bytes that nobody counts, files that no draft names."""
    spool, now, loose = _spool(portal), portal.now(), list[str]()
    with database.transaction():
        over = parts.expired(now)
        for part_id in over:
            parts.forget(part_id)
        old = spool.older_than(now - KEPT_FOR)
        stray = set(old) - parts.known(old)
        for row in records.loose_uploads(now - KEPT_FOR):
            draft = work.draft(row.key.split(".")[1])
            if draft is None or row.id not in {each for _, each in intake.file_references(draft.values)}:
                row.delete_instance()
                loose.append(row.digest)
    for part_id in {*over, *stray}:
        spool.drop(part_id)
    collecting.drop(portal, loose)
    return len(over)


def _forget(spool: Pieces, part_id: str) -> None:
    with database.transaction():
        parts.forget(part_id)
    spool.drop(part_id)


def _find(portal: Portal, task_id: str, part_id: str, actor: Actor) -> tuple[Part, uploads.Place]:
    """The actor's own upload, and where it goes: to a task that they may answer now."""
    with database.connection():
        row = parts.one(part_id)
    if row is None or row.task_id != task_id or row.user_id != actor.user_id or row.expires_at <= portal.now():
        raise NotFound("There is no such upload")
    return row, uploads.place(portal, task_id, row.field, actor)


def _view(portal: Portal, row: Part) -> PartView:
    here = row.size if row.document_id else min(row.received, _spool(portal).length(row.id))
    return PartView(row.id, row.size, here, row.metadata, row.expires_at)


def _spool(portal: Portal) -> Pieces:
    return places.pieces(portal.settings)
