"""Renames in a draft: what would change, what would then be wrong, and the change of all files as one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from app import catalogue
from app.catalogue import Package
from app.errors import Problem
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.designing.drawing import lasting_ids
from app.services.designing.renaming import Renamed, renamed
from app.services.workspaces import content, saving
from app.states import Right
from app.store import database, releases


@dataclass(frozen=True, slots=True)
class Preview:
    """`problems`: errors that the draft has not now and would have then."""

    renamed: Renamed
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Rename:
    """As the page asks for it; see `renaming`."""

    kind: str
    old: str
    new: str
    of: str = ""


def preview(portal: Portal, workspace_id: int, wanted: Rename, who: Actor) -> Preview:
    """Nothing is changed. Raises NotFound, Refused."""
    who.require(Right.DESIGN)
    package, _, fixed = _draft(portal, workspace_id)
    found = renamed(package, wanted.kind, wanted.old, wanted.new, wanted.of, fixed)
    before = {_said(problem) for problem in catalogue.check(package)}
    files = dict(package.files)
    for path, data in found.files.items():
        files.pop(path, None)
        if data is not None:
            files[path] = data
    after = catalogue.check(content.package_of(files))
    return Preview(found, tuple(each for each in after if each.severity == "error" and _said(each) not in before))


def rename(portal: Portal, workspace_id: int, wanted: Rename, who: Actor, page: str = "") -> Renamed:
    """All files or none. Raises NotFound, Refused, Stale where somebody has saved meanwhile."""
    who.require(Right.DESIGN)
    package, revision, fixed = _draft(portal, workspace_id)
    found = renamed(package, wanted.kind, wanted.old, wanted.new, wanted.of, fixed)
    saving.change(portal, workspace_id, found.files, revision, who, page)
    return found


def fixed_ids(portal: Portal, package_id: str) -> frozenset[str]:
    """Ids of everything that some release of the package has drawn: cases and files know it by them."""
    with database.connection():
        numbers = [row.id for row in releases.of_package(package_id)]
    found: set[str] = set()
    for release_id in numbers:
        found |= _of_release(portal.settings.database_url, release_id, _Reader(portal))
    return frozenset(found)


class _Reader:
    """How a release is read; all of them are alike to the cache."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reader)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=256)
def _of_release(_database: str, release_id: int, reader: _Reader) -> frozenset[str]:
    files = content.base_files(reader.portal, release_id)
    return lasting_ids({path: data for path, data in files.items() if path.endswith(".bpmn") and "/" not in path})


def _draft(portal: Portal, workspace_id: int) -> tuple[Package, int, frozenset[str]]:
    with database.connection():
        row = content.row_of(workspace_id)
        package, revision, package_id = content.package_of(content.files_of(portal, row)), row.revision, row.package_id
    return package, revision, fixed_ids(portal, package_id)


def _said(problem: Problem) -> str:
    return f"{problem.file} {problem.element} {problem.part} {problem.message}"
