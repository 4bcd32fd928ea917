"""After a release in the browser: the folder is brought to the same content, where nobody has changed it meanwhile.

The database decides what runs; the folder is what people read, compare and commit. So it is never overwritten when it
says something of its own: then one line says which files differ.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.catalogue import archive
from app.errors import BadPackage
from app.services.base.portal import Portal
from app.services.packages import folders

log = logging.getLogger("nintei.packages")
SAME, WRITTEN, DIFFERS, READ_ONLY, OFF, NONE = "same", "written", "differs", "read_only", "off", "none"


@dataclass(frozen=True, slots=True)
class Written:
    """`state`: same (it was already), written, differs (it says something of its own), read_only, off (by the setting)
    or none (there is no folder). `files`: those that differ from the release, by path."""

    state: str
    files: tuple[str, ...] = ()


def stands(portal: Portal, package_id: str, release: Mapping[str, bytes]) -> Written:
    """How the folder stands beside a release; nothing is written."""
    folder = _folder(portal, package_id)
    if folder is None:
        return Written(NONE)
    differ = _differing(_files(folder), release)
    return Written(DIFFERS if differ else SAME, differ)


def bring(portal: Portal, package_id: str, release: Mapping[str, bytes], based: Mapping[str, bytes]) -> Written:
    """Write the release into the folder, if it still equals what the release was made from: each file beside its place
    and then renamed, all of them or none."""
    folder = _folder(portal, package_id)
    if folder is None:
        return Written(NONE)
    here = _files(folder)
    differ = _differing(here, release)
    if not differ:
        return Written(SAME)
    if portal.settings.packages_write == "no" or portal.settings.demo:  # a demo changes nothing where it lies
        return Written(OFF, differ)
    if _differing(here, based):
        return Written(DIFFERS, differ)
    try:
        _write(folder, here, release)
    except OSError as error:
        log.warning("the folder %s cannot be written: %s", folder, error)
        return Written(READ_ONLY, _differing(_files(folder), release))
    return Written(WRITTEN)


def _folder(portal: Portal, package_id: str) -> Path | None:
    if not portal.settings.packages_dir.is_dir():
        return None
    for folder in folders.folders(portal.settings.packages_dir):
        with suppress(BadPackage):
            if folders.read(folder).id == package_id:
                return folder.resolve()
    return None


def _files(folder: Path) -> Mapping[str, bytes]:
    try:
        return folders.read(folder).files
    except BadPackage:
        return {}


def _differing(here: Mapping[str, bytes], there: Mapping[str, bytes]) -> tuple[str, ...]:
    return tuple(path for path in sorted({*here, *there}) if here.get(path) != there.get(path))


def _write(folder: Path, here: Mapping[str, bytes], release: Mapping[str, bytes]) -> None:
    """Skeletons that were changed come into a folder of the package's own, so that no other package's are touched."""
    shared = {path for path in {*here, *release} if path.startswith(archive.SHARED)}
    own = (folder / "_shared").is_dir() or any(here.get(path) != release.get(path) for path in shared)
    wanted = {path: data for path, data in release.items() if own or path not in shared}
    before = {path: _read(folder / path) for path in {*here, *wanted} if own or path not in shared}
    changed = {path: wanted.get(path) for path in before if before[path] != wanted.get(path)}
    fresh: dict[str, Path] = {}
    done: list[str] = []
    try:
        for path, data in changed.items():
            if data is not None:
                fresh[path] = _beside(folder / path, data)
        for path in changed:
            done.append(path)
            if path in fresh:
                fresh[path].replace(folder / path)
            else:
                (folder / path).unlink(missing_ok=True)
    except OSError:
        for path in done:
            _put_back(folder / path, before[path])
        raise
    finally:
        for each in fresh.values():
            each.unlink(missing_ok=True)


def _read(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def _beside(file: Path, data: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as fresh:
        fresh.write(data)
        fresh.flush()
        os.fsync(fresh.fileno())
    path = Path(fresh.name)
    path.chmod(file.stat().st_mode & 0o777 if file.exists() else 0o644)
    return path


def _put_back(file: Path, data: bytes | None) -> None:
    with suppress(OSError):
        if data is None:
            file.unlink(missing_ok=True)
        else:
            _beside(file, data).replace(file)
