"""Packages out of the portal and into it: compared, written to a folder or a zip, taken in from one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from app import catalogue
from app.catalogue import Package, archive
from app.errors import N_, BadPackage, NotFound, Permanent, Problem, Refused
from app.services.base.portal import Portal
from app.services.packages import folders, gate, terms
from app.services.packages.terms import Act, Done


def export(portal: Portal, package_id: str, number: int | None, target: Path) -> Package:
    """Write the files of a release (of the one in force without a number) byte for byte: as a zip where the name ends
    so, else into a new folder. All of it is there, or nothing. Raises NotFound, Refused, Permanent."""
    package = terms.archive(portal, package_id, number)
    write(package.files, target)
    return package


def write(files: Mapping[str, bytes], target: Path) -> None:
    """The same of any files. Raises Refused, Permanent."""
    if target.exists() and (target.is_file() or any(target.iterdir())):
        raise Refused("%(target)s is there already; nothing was written", target=str(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix.lower() == ".zip":
            _write_zip(files, target)
        else:
            _write_folder(files, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Permanent("%(target)s cannot be written: %(reason)s", target=str(target), reason=reason) from error


def read(source: Path) -> Package:
    """The package in a folder or in a zip. Raises BadPackage, NotFound."""
    if source.is_dir():
        return folders.read(source)
    if not source.is_file():
        raise NotFound("There is neither a folder nor a zip %(source)s", source=str(source))
    try:
        data = source.read_bytes()
    except OSError as error:
        message = N_("The file cannot be read: %(reason)s")
        raise BadPackage([Problem(source.name, message, params={"reason": error.strerror or str(error)})]) from error
    return catalogue.from_files(unwrapped(archive.from_zip(data)))


def take_in(portal: Portal, package: Package, act: Act) -> tuple[int, bool]:
    """Keep a package without putting it in force; gives its number and whether it was new. Raises BadPackage with all
    that would keep it from being released."""
    gate.examine(portal.releases, package).require()
    return terms.keep(portal, package, act.by, act.note)


def take_in_and_release(portal: Portal, package: Package, act: Act) -> Done:
    """The same, in force. Raises BadPackage, Refused."""
    return terms.release(portal, package, act)


def unwrapped(files: dict[str, bytes]) -> Mapping[str, bytes]:
    """The files of a zip that holds one folder (and perhaps `_shared` beside it) as those of the folder."""
    files = archive.checked(files)  # without what systems leave lying about
    if "package.toml" in files:
        return files
    tops = {path.partition("/")[0] for path in files} - {"_shared"}
    if len(tops) != 1:
        return files
    top = f"{tops.pop()}/"
    inside = {path.removeprefix(top): data for path, data in files.items() if path.startswith(top)}
    own = any(path.startswith(archive.SHARED) for path in inside)
    beside = {path: data for path, data in files.items() if path.startswith(archive.SHARED) and not own}
    return {**inside, **beside}


def _write_zip(files: Mapping[str, bytes], target: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as fresh:
        try:
            fresh.write(archive.to_zip(files))
            fresh.flush()
            os.fsync(fresh.fileno())
            Path(fresh.name).chmod(0o644)
            Path(fresh.name).replace(target)
        finally:
            Path(fresh.name).unlink(missing_ok=True)


def _write_folder(files: Mapping[str, bytes], target: Path) -> None:
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        for path, data in files.items():
            file = fresh / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        fresh.chmod(0o755)
        fresh.replace(target)  # onto nothing, or onto an empty folder
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
