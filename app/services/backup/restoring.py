"""A portal from a backup: into an empty place, verified before anything is kept, brought up to this program's version.

What waited to go out when the backup was made may have gone out since, from the portal that was lost. The portal cannot
know, so a person decides on each such mail, unless told that nothing has gone out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.errors import Permanent, Refused, Unready
from app.services.backup import contents, moving, reading
from app.services.backup.contents import Begin, End
from app.services.base import trail, versions
from app.services.base.actors import SYSTEM
from app.services.base.versions import Step
from app.states import Act, Thing
from app.store import database, dumps, jobrows, places
from config.settings import Settings

SETTINGS_HERE = "settings-of-backup.toml"  # in the data folder: what the portal was set up with


@dataclass(frozen=True)
class Report:
    """What a restore has brought back."""

    begin: Begin
    end: End
    held: int  # mails that a person decides on
    copy: Path | None  # the database as the backup has it, where it had to be brought up
    other_secrets: tuple[str, ...]  # settings that are not those with which the data was made


def restore(
    place: Path,
    settings: Settings,
    keys: reading.Keys,
    now: datetime,
    say: Callable[[Step], None],
    *,
    send_waiting: bool = False,
) -> Report:
    """Restore into the data folder and the database of these settings. Both must be empty.

    Raises Refused, Permanent, Unready; then the folder is as it was. An interrupted call is called again.
    """
    target = settings.data_dir
    path = database.sqlite_path(settings.database_url)
    _require_empty(target, path)
    if settings.files:
        moving.require_empty(settings)
    work_folder = target.with_name(f".{target.name}.restoring")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(work_folder, ignore_errors=True)
        work_folder.mkdir(mode=0o700)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Permanent("%(target)s cannot be written: %(reason)s", target=str(target.parent), reason=reason) from error
    try:
        found = reading.extract(place, work_folder, keys)
        reading.require_database(work_folder, found)
        _require_fit(found.begin, settings)
        ready = work_folder / "ready"
        _arrange(work_folder, ready)
        if settings.files:
            moving.send(settings, ready)
            for name in ("blobs", *places.SHARED):
                shutil.rmtree(ready / name, ignore_errors=True)
        if path is None:
            _fill(settings, work_folder / contents.DATABASES["postgresql"])
        elif path != target / "nintei.db":
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(ready / "nintei.db", path)
        if target.exists():
            target.rmdir()
        ready.rename(target)
    finally:
        shutil.rmtree(work_folder, ignore_errors=True)
    copy = versions.upgrade(settings, now, say)
    held = _told(settings, place, found.begin, now, hold=not send_waiting)
    here = contents.checks(settings)
    other = [name for name, value in found.begin.checks.items() if value and here.get(name) != value]
    return Report(found.begin, found.end, held, copy, tuple(other))


def _require_empty(target: Path, path: Path | None) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused("%(place)s is not empty; nothing was restored", place=str(target))
    if path is not None and path.exists():
        raise Refused("%(place)s is there already; nothing was restored", place=str(path))


def _require_fit(begin: Begin, settings: Settings) -> None:
    """The program knows the database's version, and the settings name the kind of database that it is."""
    wanted = "sqlite" if database.sqlite_path(settings.database_url) else "postgresql"
    if begin.database != wanted:
        raise Refused(
            "The backup is of a %(found)s database, and the settings name a %(wanted)s one (NINTEI_DATABASE_URL)",
            found=begin.database,
            wanted=wanted,
        )
    known = versions.newest()
    if begin.schema > known:
        raise Unready(
            "The database is of version %(found)s, made by a newer Nintei; this program knows version %(wanted)s. "
            "Start the newer program, or restore the backup that was made before the upgrade",
            found=begin.schema,
            wanted=known,
        )


def _arrange(folder: Path, ready: Path) -> None:
    """The files of a backup as a data folder has them; on the disk before the folder gets its name."""
    ready.mkdir(mode=0o700)
    for name in (*contents.FOLDERS, contents.SECRETS):
        if (folder / "data" / name).exists():
            (folder / "data" / name).rename(ready / name)
    if (folder / "blobs").exists():
        (folder / "blobs").rename(ready / "blobs")
    if (folder / contents.DATABASES["sqlite"]).exists():
        (folder / contents.DATABASES["sqlite"]).rename(ready / "nintei.db")
    if (folder / contents.SETTINGS).exists():
        (folder / contents.SETTINGS).rename(ready / SETTINGS_HERE)
    os.sync()


def _fill(settings: Settings, file: Path) -> None:
    """A database on a server, all of it or nothing."""
    bound = database.connect(settings.database_url)
    try:
        with database.connection():
            if bound.get_tables():
                raise Refused("The database of NINTEI_DATABASE_URL is not empty; nothing was restored")
    finally:
        bound.close_all()
    dumps.restore(settings.database_url, file)


def _told(settings: Settings, place: Path, begin: Begin, now: datetime, *, hold: bool) -> int:
    """That it was restored is on the audit record; with `hold`, mails that waited when the backup was made wait for a
    person. Gives how many."""
    bound = database.connect(settings.database_url)
    try:
        with database.transaction():
            why = f"restored from the backup of {begin.made_at}: it may have gone out since"
            held = jobrows.hold("mail", why) if hold else 0
            about = trail.about(Thing.BACKUP, place.name, place.name)
            trail.note(now, SYSTEM, Act.RESTORED, about, before={"": begin.made_at})
            return held
    finally:
        bound.close_all()
