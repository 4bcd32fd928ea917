"""Process packages in the folder: found, checked, released."""

from __future__ import annotations

import tomllib
from pathlib import Path

from app import catalogue
from app.catalogue import Package
from app.errors import BadPackage, Problem
from app.services import gate
from app.services.portal import Portal
from app.services.releases import settings_of
from app.store import database, releases


def folders(place: Path) -> list[Path]:
    """The folders that hold a package; those that begin with an underscore are shared."""
    return sorted(path.parent for path in place.glob("*/package.toml") if not path.parent.name.startswith("_"))


def read(folder: Path) -> Package:
    """The package in a folder. A folder that has a `_shared` of its own, as an exported one does, uses that alone;
    else the one beside it. Raises BadPackage on what is no package."""
    folder = folder.resolve()
    shared = folder.parent / "_shared"
    try:
        return catalogue.load(folder, shared if shared.is_dir() and not (folder / "_shared").is_dir() else None)
    except OSError as error:
        message = "The folder %(folder)s cannot be read: %(reason)s"
        raise BadPackage([Problem("", message, "", {"folder": folder.name, "reason": str(error)})]) from error


def twins(folder: Path, package: Package) -> list[Problem]:
    """An error for each package beside this one that has its id: their releases would take each other's place."""
    folder = folder.resolve()
    found = []
    for other in folders(folder.parent):
        if other.resolve() == folder:
            continue
        try:
            raw = tomllib.loads((other / "package.toml").read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            continue  # told when that folder is checked
        if raw.get("id") == package.id:
            message = (
                "The folder %(other)s holds a package of the same id: new cases would start on whichever was released "
                "last. Change one."
            )
            found.append(Problem("package.toml", message, "", {"other": other.name}, part="key:id"))
    return found


def release(portal: Portal, folder: Path, *, by: str) -> tuple[int, bool]:
    """Release one package; gives (release number, whether it is new). Raises BadPackage."""
    package = read(folder)
    with database.connection():
        known = releases.by_digest(package.digest)
        if known is not None:
            return known.number, False
        if beside := twins(folder, package):
            raise BadPackage(catalogue.located(package, beside))
        gate.examine(portal.releases, package).require()
        with database.transaction():
            database.lock_name(f"release:{package.id}")  # another process may release the same folder just now
            known = releases.by_digest(package.digest)
            if known is not None:
                return known.number, False
            return portal.releases.keep(package, portal.now(), by), True


def site(portal: Portal) -> dict[str, dict[str, str]]:
    """What every page says of the body that runs the portal: the sections `body` and `terms` of the first package."""
    with database.connection():
        for loaded in portal.releases.all_current():
            found = settings_of(loaded.package)
            if "body" in found:
                return {
                    name: {key: str(value) for key, value in found.get(name, {}).items()} for name in ("body", "terms")
                }
    return {"body": {"name": ""}, "terms": {}}
