"""Files from the data folder to the bucket of NINTEI_FILES, and back. Nothing is taken away where they came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import Refused
from app.store import places
from app.store.blobs import Blobs
from app.store.keeping import Files
from config.settings import Settings


@dataclass(frozen=True)
class Moved:
    """What was copied. `known`: files that were there already."""

    files: int
    known: int
    keys: int


def to_storage(settings: Settings) -> Moved:
    """Everything of the data folder that is not there yet. Refused when no bucket is set, and when both have keys that
    are not the same: which of them holds, a person knows."""
    _require_named(settings)
    return send(settings, settings.data_dir)


def to_folder(settings: Settings) -> Moved:
    """Everything of the bucket that is not in the data folder yet; its keys as the bucket has them."""
    _require_named(settings)
    here = Blobs(settings.data_dir / "blobs")
    files, known = _copy(places.files(settings), here)
    folders, keys = places.stored_folders(settings), 0
    for name in places.SHARED:
        keys += folders.bring(name)
    return Moved(files, known, keys)


def send(settings: Settings, root: Path) -> Moved:
    """What lies below `root` as a data folder has it."""
    there = replace(settings, data_dir=root)
    files, known = _copy(Blobs(root / "blobs"), places.files(there))
    keys = sum(places.stored_folders(there).send(name) for name in places.SHARED)
    return Moved(files, known, keys)


def require_empty(settings: Settings) -> None:
    """Raise Refused unless nothing lies in the bucket, below the prefix."""
    if next(places.bucket(settings).listed(""), None) is not None:
        raise Refused("%(place)s is not empty; nothing was restored", place=settings.files)


def _copy(source: Files, target: Files) -> tuple[int, int]:
    """(copied, there already). Each is read under its digest: what is damaged is named, and not carried on."""
    there, copied, known = set(target.all()), 0, 0
    for digest in source.all():
        if digest in there:
            known += 1
            continue
        with source.open(digest) as stream, target.arriving(stream, 1 << 40) as arrived:
            if arrived.digest != digest:
                raise Refused("The file %(name)s is not what its name says; take it from a backup", name=digest)
            arrived.keep()
        copied += 1
    return copied, known


def _require_named(settings: Settings) -> None:
    if not settings.files:
        raise Refused("NINTEI_FILES names no storage: set it, with its endpoint and keys, while this runs")
