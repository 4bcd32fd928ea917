"""Archives of closed cases: everything of a case as it was when it had ended, in one signed file.

An archive is the evidence of the case (`evidence`): documents, mails, answers, forms, diagrams with the path, the audit
record. It lies with the portal's other files under its digest, goes along in every backup, and is read here file by
file, taken away whole, or verified far from any portal. Making one is on record with its digest. Case and archive stand
beside each other; when the time of either is over it goes (`keeping`). What happens to a case later makes another.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.connectors import scratch
from app.errors import NotFound, Refused
from app.services.audit import evidence, offline
from app.services.base import trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.papers.documents import Content
from app.states import Act, Right, Thing
from app.store import archives, cases, database
from app.store.models import Case

AFTER = timedelta(days=365)  # from a case's last day until it is offered
LARGEST = 1 << 40  # bytes
SHOWN = 64 << 20  # bytes of one file that are read at once


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """What there is of a case. `files`: name and bytes, in the order of the archive."""

    number: str
    digest: str
    size: int
    entries: int
    at: datetime
    by_name: str
    files: tuple[tuple[str, int], ...] = ()


def waiting(portal: Portal, actor: Actor, after: timedelta = AFTER) -> int:
    """How many cases ended so long ago and have no archive of how they ended."""
    actor.require(Right.KEEPING, Right.SEE_TRAIL)
    with database.connection():
        return archives.waiting(portal.now() - after)


def run(portal: Portal, actor: Actor, after: timedelta = AFTER, most: int = 0) -> int:
    """Make those that are missing, the case that ended first first; gives how many. `most`: not more than that."""
    actor.require(Right.KEEPING)
    done = 0
    while not most or done < most:
        with database.connection():
            case = archives.next_waiting(portal.now() - after)
        if case is None:
            return done
        make(portal, case.number, actor)
        done += 1
    return done


def make(portal: Portal, number: str, actor: Actor) -> None:
    """Make the archive of a case that has ended; one from before gives way. Raises NotFound, Refused (it runs),
    Temporary (it cannot be signed just now)."""
    actor.require(Right.KEEPING)
    with database.connection():
        case = cases.get(number)
    if case is None:
        raise NotFound("There is no such case")
    if not case.ended:
        raise Refused("Only a case that has ended is archived")
    with scratch.Scratch("archive", portal.settings.data_dir / scratch.FOLDER) as folder:
        file = folder / "archive.zip"
        with file.open("wb") as out:
            out.writelines(evidence.build(portal, case, actor))
        found = offline.verify(file)  # what cannot be read again is no archive
        with file.open("rb") as stream, portal.blobs.arriving(stream, LARGEST) as arrived:
            arrived.keep()  # bytes without a row are collected, a row without bytes would be a lie
            _keep(portal, case, actor, arrived.digest, arrived.size, found.entries)


def _keep(portal: Portal, case: Case, actor: Actor, digest: str, size: int, entries: int) -> None:
    now = portal.now()
    with database.transaction():
        row = cases.lock(case.id)
        if row.changed_at != case.changed_at:
            raise Refused("The case has changed meanwhile")
        archives.keep(row.id, digest, size, entries, now, actor.name)
        about = trail.about(Thing.CASE, row.number, row.number, row.id)
        trail.note(now, actor, Act.ARCHIVED, about, after={"digest": digest, "size": size})


def show(portal: Portal, number: str, actor: Actor) -> ArchiveView | None:
    """What there is of a case; none where nothing is archived."""
    actor.require(Right.SEE_TRAIL)
    with database.connection():
        row = archives.of_case(number)
    if row is None:
        return None
    with portal.blobs.open(row.digest) as stream, zipfile.ZipFile(stream) as bundle:
        files = tuple((each.filename, each.file_size) for each in bundle.infolist())
    return ArchiveView(number, row.digest, row.size, row.entries, row.at, row.by_name, files)


def whole(portal: Portal, number: str, actor: Actor) -> Iterator[bytes]:
    """The file in pieces; on record. NotFound before the first piece."""
    digest = _opened(portal, number, actor, f"{number}-archive.zip")
    stream = portal.blobs.open(digest)

    def pieces() -> Iterator[bytes]:
        with stream as file:
            while piece := file.read(1 << 18):
                yield piece

    return pieces()


def part(portal: Portal, number: str, name: str, actor: Actor) -> Content:
    """One file of it; on record. Raises NotFound, Refused for one that is too large to be shown."""
    digest = _opened(portal, number, actor, f"{number}-archive.zip: {name}")
    with portal.blobs.open(digest) as stream, zipfile.ZipFile(stream) as bundle:
        try:
            found = bundle.getinfo(name)
        except KeyError:
            raise NotFound("There is no such document") from None
        if found.file_size > SHOWN:
            raise Refused("This file is too large to be shown by itself; take the whole archive")
        return Content(Path(name).name, "application/octet-stream", bundle.read(found))


def _opened(portal: Portal, number: str, actor: Actor, what: str) -> str:
    actor.require(Right.SEE_TRAIL)
    with database.transaction():
        row = archives.of_case(number)
        if row is None:
            raise NotFound("This case has no archive")
        trail.note(portal.now(), actor, Act.DOWNLOADED, trail.about(Thing.DOCUMENT, row.digest, what, row.case_id))
        return str(row.digest)
