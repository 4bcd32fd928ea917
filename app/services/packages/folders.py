"""Process packages in the folder: found, checked, released."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import catalogue
from app.catalogue import Package
from app.errors import N_, BadPackage, Problem, Refused
from app.services.base.portal import Portal
from app.services.base.releases import settings_of
from app.services.packages import gate, terms, termviews
from app.store import database, releases
from app.store import terms as store


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
        message = N_("The folder %(folder)s cannot be read: %(reason)s")
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
            message = N_(
                "The folder %(other)s holds a package of the same id: new cases would start on whichever was released "
                "last. Change one."
            )
            found.append(Problem("package.toml", message, "", {"other": other.name}, part="key:id"))
    return found


def require_alone(folder: Path, package: Package) -> None:
    """Raises BadPackage where another folder beside this one holds a package of the same id."""
    beside = twins(folder, package)
    if beside:
        raise BadPackage(list(catalogue.located(package, beside)))


@dataclass(frozen=True, slots=True)
class Found:
    """What a start found in a folder. `state`: released (for the first time), same (as what is in force), differs,
    broken (it cannot be read), refused (it may not be released) or twice (another folder has its id already)."""

    folder: Path
    state: str
    package: Package | None = None
    number: int = 0  # released as
    current: int = 0  # in force
    known: int = 0  # the number under which the folder's content is kept already
    problems: tuple[Problem, ...] = ()


def start(portal: Portal, by: str) -> Iterator[Found]:
    """Look at each package folder. Released is only what was never in force; no folder keeps the others, nor what is
    released, from being served. Raises Refused when there is neither a folder nor a release."""
    place, seen = portal.settings.packages_dir, set[str]()
    if not place.is_dir() and not termviews.package_ids(portal):
        raise Refused("NINTEI_PACKAGES_DIR: there is no folder %(folder)s", folder=str(place))
    for folder in folders(place):
        try:
            found = _found(portal, folder, by, seen)
        except BadPackage as error:
            found = Found(folder, "broken", problems=tuple(error.problems))
        if found.package is not None:
            seen.add(found.package.id)
        yield found


def _found(portal: Portal, folder: Path, by: str, seen: set[str]) -> Found:
    package = read(folder)
    if not package.id:
        return Found(folder, "broken", problems=tuple(portal.releases.check(package)))
    if package.id in seen:
        return Found(folder, "twice", package)
    with database.connection():
        known, holds = store.any_of(package.id), store.current(package.id, portal.now())
        kept = releases.by_digest(package.digest)
    if not known:
        passed = gate.examine(portal.releases, package)
        if passed.errors:
            return Found(folder, "refused", package, problems=tuple(passed.errors))
        done = terms.put(portal, package, terms.Act(by, source=terms.BOOTSTRAP), passed, only_first=True)
        return Found(folder, "released" if done.changed else "same", package, done.number)
    current, number = holds.release.number if holds else 0, kept.number if kept else 0
    if current and current == number:
        return Found(folder, "same", package, current=current)
    errors = [problem for problem in portal.releases.check(package) if problem.severity == "error"]
    return Found(folder, "differs", package, current=current, known=number, problems=tuple(errors))


def site(portal: Portal, shown: Package | None = None) -> dict[str, dict[str, str]]:
    """What a page says of the body: the sections `body`, `contact` and `terms` of the package of what is shown; where
    that is no one's, what all packages say, and the names of all bodies."""
    with database.connection():
        packages = [shown] if shown is not None else [loaded.package for loaded in portal.releases.all_current()]
        said = [found for package in packages if "body" in (found := settings_of(package))]
    site = {name: _agreed([found.get(name, {}) for found in said]) for name in ("body", "contact", "terms")}
    site["body"]["name"] = "・".join(dict.fromkeys(str(found["body"].get("name", "")) for found in said))
    return site


def _agreed(said: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    first = said[0] if said else {}
    return {key: str(value) for key, value in first.items() if all(each.get(key) == value for each in said)}
