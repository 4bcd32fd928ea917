"""The version of the database, for whoever installs and upgrades the portal. Works without an open portal."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from app import __version__
from app.errors import Permanent, Unready
from app.services.base import trail
from app.services.base.actors import SYSTEM
from app.states import Act, Thing
from app.store import copies, database, schema
from app.store.schema import Step, Version
from config.settings import Settings

__all__ = ["Step", "Version", "bring_up", "fits", "newest", "prepare", "require", "status", "upgrade"]

log = logging.getLogger("nintei.versions")


def prepare(bound: Any) -> None:
    """Create the tables of an empty database; raises Unready, with what to do, where one that is there does not fit."""
    schema.prepare(bound)


def newest() -> int:
    """The version that this program works with."""
    return schema.steps()[-1].number


def status(settings: Settings) -> Version:
    """How the database of these settings stands; a file that is not there is not made."""
    if _missing(settings):
        known = schema.steps()
        return Version(0, known[-1].number, tuple(known))
    return schema.version(database.connect(settings.database_url))


def fits() -> bool:
    """Whether the open database has exactly the version that this program works with."""
    return schema.fits(database.proxy.obj)


def require() -> None:
    """Raise Unready, with what to do, unless it has."""
    if not fits():
        schema.version(database.proxy.obj).require()


def upgrade(settings: Settings, now: datetime, say: Callable[[Step], None]) -> Path | None:
    """Bring the database up; gives the verified copy that was made beside an embedded one before, if anything was to
    do. Raises Unready for a database that cannot be brought up, Permanent where the copy cannot be made."""
    if _missing(settings):
        raise Unready("The database is empty: nintei run creates its tables")
    bound = database.connect(settings.database_url)
    found = schema.version(bound)
    if not found.older:
        found.require()
        return None
    copy = None if database.is_postgres() else _copy(bound, found, now)

    def told() -> None:
        about = trail.about(Thing.PORTAL, "database", __version__)
        trail.note(now, SYSTEM, Act.UPGRADED, about, before={"": found.found}, after={"": newest()})

    try:
        for step in schema.upgrade(bound, say, told):
            log.info("database version %s: %s", step.number, step.title)
    finally:
        bound.close_all()
    return copy


def bring_up(settings: Settings, now: datetime, say: Callable[[Step], None]) -> Path | None:
    """What `nintei run` does by itself: bring up an embedded database; any other waits to be told (`upgrade`)."""
    if not settings.database_url.startswith("sqlite:") or not status(settings).older:
        return None
    return upgrade(settings, now, say)


def _copy(bound: Any, found: Version, now: datetime) -> Path:
    """`nintei.db.version-1-20261129T121500Z` beside the database: what to go back to."""
    file = Path(bound.database)
    target = file.with_name(f"{file.name}.version-{found.found}-{now:%Y%m%dT%H%M%SZ}")
    free, needed = shutil.disk_usage(file.parent).free, 2 * file.stat().st_size
    if free < needed:
        raise Permanent(
            "There is no room for a copy of the database before the upgrade: %(needed)s MB are needed in %(folder)s, "
            "%(free)s MB are free. Nothing was changed",
            needed=(needed >> 20) + 1,
            free=free >> 20,
            folder=str(file.parent),
        )
    copies.sqlite_copy(bound, target)
    return target


def _missing(settings: Settings) -> bool:
    path = database.sqlite_path(settings.database_url)
    return path is not None and not path.exists()
