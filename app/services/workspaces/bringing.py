"""Whole packages as drafts: new from a template, a copy under another id, taken in from a ZIP, written out as one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from app import catalogue
from app.catalogue import Package, archive
from app.errors import N_, BadPackage, NotFound, Problem, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.packages import exchange, terms
from app.services.workspaces import content, making
from app.states import Right
from app.store import releases
from app.store import terms as term_store
from config import shipped

MANIFEST = "package.toml"
_ID = re.compile(r"[a-z][a-z0-9_]{0,79}")
PLACE = shipped.ROOT / "bpmn"


@dataclass(frozen=True, slots=True)
class Template:
    """A small process to begin with. What it is for stands in the first comments of its package.toml, in
    Japanese, then in English."""

    name: str
    title: str
    says: str
    says_en: str

    def named(self, lang: str) -> str:
        """What it is for, in this language; its title where it does not say."""
        return (self.says_en if lang == "en" else "") or self.says or self.title


def templates(place: Path = PLACE) -> list[Template]:
    """What a new process can begin with, by title."""
    found = []
    for file in sorted((place / "_templates").glob("*/package.toml")):
        raw = file.read_text("utf-8")
        said: Mapping[str, Any] = tomlkit.parse(raw)
        comments = [line.lstrip("# ") if line.startswith("#") else "" for line in [*raw.splitlines(), "", ""][:2]]
        found.append(Template(file.parent.name, str(said.get("title", "")), *comments))
    return found


def from_template(portal: Portal, name: str, package_id: str, title: str, who: Actor, place: Path = PLACE) -> int:
    """A draft of a new process; gives its id. Raises NotFound, Refused for an id that is taken or is none."""
    who.require(Right.DESIGN)
    if name not in {each.name for each in templates(place)}:
        raise NotFound("There is no such template")
    package = catalogue.load(place / "_templates" / name, place / "_shared")
    return _under(portal, package.files, package_id, title, who)


def copy(portal: Portal, of: str, number: int | None, package_id: str, title: str, who: Actor) -> int:
    """A draft of a new process that begins as this release of another (as the one in force without a number)."""
    who.require(Right.DESIGN)
    return _under(portal, terms.archive(portal, of, number).files, package_id, title, who)


def from_zip(portal: Portal, data: bytes, title: str, who: Actor) -> int:
    """A draft with the content of a ZIP: as changes of what is in force, where the process has a release. Nothing is
    released, nor checked yet but for what a ZIP may not be. Raises BadPackage."""
    who.require(Right.DESIGN)
    return take(portal, _read(data), title, who)


def take(portal: Portal, package: Package, title: str, who: Actor, base: int | None = None) -> int:
    """The same of a package that was read. `base`: the number that it was made from; else what is in force."""
    if not package.id:
        raise BadPackage(
            [Problem(MANIFEST, "The id “%(id)s” must be of small letters, digits and _.", "id", {"id": ""})]
        )
    if base is None:
        with portal.connection():
            term = term_store.current(package.id, portal.now())
            base = term.release.number if term is not None else None
    return making.make_of(portal, package.id, package.files, title or package.title or package.id, who, base)


def to_zip(portal: Portal, workspace_id: int, who: Actor) -> tuple[str, bytes]:
    """(file name, content) of a draft as it stands; taken in again it is the same draft."""
    who.require(Right.SEE_DESIGN)
    view = making.one(portal, workspace_id, who)
    return f"{view.package_id}-draft-{workspace_id}.zip", archive.to_zip(content.files(portal, workspace_id))


def of_package(portal: Portal, workspace_id: int, package_id: str) -> Mapping[str, bytes]:
    """The files of a draft of this package, for the terminal. Raises NotFound."""
    with portal.connection():
        if content.row_of(workspace_id).package_id != package_id:
            raise NotFound("There is no such draft of a process")
    return content.files(portal, workspace_id)


def release_zip(portal: Portal, package_id: str, number: int, who: Actor) -> tuple[str, bytes]:
    """The same of a release."""
    who.require(Right.SEE_DESIGN)
    return f"{package_id}-{number}.zip", archive.to_zip(terms.archive(portal, package_id, number).files)


def _read(data: bytes) -> Package:
    return catalogue.from_files(exchange.unwrapped(archive.from_zip(data)))


def _under(portal: Portal, files: Mapping[str, bytes], package_id: str, title: str, who: Actor) -> int:
    if not _ID.fullmatch(package_id):
        raise Refused("The id “%(id)s” must be of small letters, digits and _.", id=package_id)
    if not title.strip():
        raise Refused("Give the process a name")
    with portal.connection():
        if releases.of_package(package_id) or any(each.package_id == package_id for each in making.listed(portal, who)):
            raise Refused("There is a process with the id %(id)s already: choose another", id=package_id)
    renamed = {**files, MANIFEST: _named(files[MANIFEST], package_id, " ".join(title.split()))}
    return making.make_of(portal, package_id, renamed, title, who)


def _named(manifest: bytes, package_id: str, title: str) -> bytes:
    """package.toml under another id and title, everything else as it is written."""
    try:
        said = tomlkit.parse(manifest.decode("utf-8-sig"))
    except (TOMLKitError, ValueError) as error:
        message = N_("The file cannot be read: %(reason)s")
        raise BadPackage([Problem(MANIFEST, message, params={"reason": str(error)})]) from error
    said["id"] = package_id
    said["title"] = title
    said.pop("title_en", None)  # the English of another name
    return tomlkit.dumps(said).encode()
