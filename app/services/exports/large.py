"""Large files: asked for on a page, made by a worker while the person goes on, kept for some days.

Which list it is of says its `maker`: pages name what they offer, and the worker asks the same pages again for the rows,
in the name of who asked. A worker that goes away in the middle is followed by another, who begins anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from app.errors import N_, NotFound, Refused
from app.services.base import trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.exports import sheet as sheets
from app.services.exports.sheet import Sheet
from app.states import Act, ExportState, Right, Thing
from app.store import database, exports, jobrows
from app.store.models import Export as Export

if TYPE_CHECKING:
    from app.services.base.leases import Leased

OPERATOR: Final = "export"
DIRECT: Final = 10_000  # rows that are taken down at once
MOST: Final = 3  # of one person that wait at a time
KEPT: Final = timedelta(days=3)
LARGEST: Final = 4 << 30  # bytes
TELL_EVERY: Final = 1.0  # seconds

Asked = Callable[
    [Export], AbstractContextManager[Sheet]
]  # the rows as its pages tell them, in who asked for them's name


def ask(portal: Portal, actor: Actor, maker: str, query: str, sheet: Sheet, form: str) -> int:
    """Have it made; gives its row id, that of the same one where it waits already. Raises Refused, Forbidden."""
    actor.require(Right.EXPORT)
    now = portal.now()
    with database.transaction():
        database.lock_name(f"exports:{actor.user_id}")
        waiting = exports.waiting(actor.user_id or 0)
        for each in waiting:
            if (each.maker, each.query, each.form) == (maker, query, sheets.require_form(form)):
                return int(each.id)
        if len(waiting) >= MOST:
            raise Refused(
                "%(count)s files are already being prepared for you: wait until one is ready", count=len(waiting)
            )
        row = exports.add(
            user=actor.user_id, maker=maker, query=query, language=actor.language, form=form, title=sheet.title[:200],
            narrowed=sheet.narrowed, filename=sheet.name(portal, form), asked_at=now,
        )  # fmt: skip
        jobrows.add_job(
            key=f"export:{row.id}", case=None, operator=OPERATOR, params={"export": row.id}, run_at=now,
            created_at=now, state="queued",
        )  # fmt: skip
        sheets.noted(portal, actor, sheet.title, form, sheet.narrowed)
    portal.poke()
    return int(row.id)


def run(portal: Portal, asked: Asked, job: Leased) -> None:
    """Make the file that the worker's job asks for."""
    make(portal, asked, int(job.params["export"]))


def make(portal: Portal, asked: Asked, export_id: int) -> None:
    """Write it and keep it. What keeps it from being made stays said at it; nothing where it is made already."""
    with database.connection():
        row = exports.one(export_id)
    if row is None or row.state is not ExportState.WAITING:
        return
    told = [time.monotonic(), 0.0]

    def tell(rows: int) -> None:
        if time.monotonic() - told[0] > TELL_EVERY:
            told[0] = time.monotonic()
            with database.transaction():
                exports.far(export_id, rows, int(told[1]))

    try:
        with asked(row) as sheet:
            told[1] = sheet.count()
            with (
                sheets.written(sheet, row.form, tell) as file,
                portal.blobs.arriving(cast("BinaryIO", file), LARGEST) as arrived,
            ):
                arrived.keep()
                _settle(portal, export_id, ExportState.MADE, arrived.digest, arrived.size)
    except (NotFound, Refused):  # who asked is gone, or may not any more
        _settle(portal, export_id, ExportState.FAILED)


def _settle(portal: Portal, export_id: int, state: ExportState, digest: str = "", size: int = 0) -> None:
    with database.transaction():
        row = exports.one(export_id)
        if row is not None:
            row.state, row.digest, row.size, row.until = state, digest, size, portal.now() + KEPT
            row.save()


def listed(actor: Actor) -> Sequence[Export]:
    """One's own, the newest first."""
    actor.require(Right.EXPORT)
    with database.connection():
        return exports.of_user(actor.user_id or 0)


def own(actor: Actor, export_id: int) -> Export:
    """One of one's own. Raises NotFound."""
    actor.require(Right.EXPORT)
    with database.connection():
        row = exports.one(export_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound("There is no such file")
    return row


def stuck(row: Export) -> bool:
    """Whether it cannot be made before somebody has seen to why."""
    with database.connection():
        return row.state is ExportState.WAITING and jobrows.job_failed(f"export:{row.id}")


def taken(portal: Portal, actor: Actor, export_id: int) -> Export:
    """One of one's own that is ready, to be taken down: on record. Raises NotFound."""
    row = own(actor, export_id)
    if row.state is not ExportState.MADE or row.until is None or row.until <= portal.now():
        raise NotFound("This file has expired: export it again")
    with database.transaction():
        about = trail.about(Thing.EXPORT, row.title, row.title)
        trail.note(portal.now(), actor, Act.DOWNLOADED, about, after={"narrowed": row.narrowed})
    return row


def expire(portal: Portal) -> set[str]:
    """Let go what was kept for its time; gives the digests of the bytes that no row of these names any more."""
    with database.transaction():
        rows = exports.over(portal.now())
        gone = {row.digest for row in rows}
        for row in rows:
            row.state, row.digest = ExportState.OVER, ""
            row.save()
    return gone


STATES = {
    ExportState.WAITING: N_("Being prepared"),
    ExportState.MADE: N_("Ready to download"),
    ExportState.FAILED: N_("Could not be prepared"),
    ExportState.OVER: N_("No longer kept"),
}
__all__ = ["DIRECT", "OPERATOR", "STATES", "Export", "ask", "expire", "listed", "make", "own", "run", "taken"]
