"""Process packages in the folder: found, checked, released."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app import catalogue
from app.errors import Problem
from app.services.portal import Portal
from app.services.releases import settings_of
from app.store import database, releases


def folders(place: Path) -> list[Path]:
    """The folders that hold a package; those that begin with an underscore are shared."""
    return sorted(path.parent for path in place.glob("*/package.toml") if not path.parent.name.startswith("_"))


def release(portal: Portal, folder: Path, *, by: str) -> tuple[int, bool]:
    """Release one package; gives (release number, whether it is new). Raises BadPackage."""
    with database.connection():
        row_id, new = portal.releases.release(folder, portal.now(), by)
        row = releases.by_id(row_id)
        return (row.number if row else 0), new


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


def check_all(portal: Portal, place: Path, only: Path | None = None) -> Iterator[tuple[Path, list[Problem]]]:
    """What is wrong with each package of the place, or with one of them `only`."""
    shared = place / "_shared"
    for folder in folders(place) if only is None else [only]:
        package = catalogue.load(folder, shared if shared.is_dir() else None)
        yield folder, portal.releases.check(package)
