"""The files of a workspace as people look for them: by kind, under the names that the process gives them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.catalogue import Package, archive
from app.catalogue.things import plain
from app.errors import N_, BadPackage
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.workspaces import content
from app.services.workspaces.content import digest_of
from app.services.workspaces.views import FileView
from app.states import Right, Side
from app.store import workspaces as store
from app.store.models import WorkspaceFile

# Kinds in the order in which the tree shows them; message ids.
KINDS = {
    "diagram": N_("Process diagrams"),
    "form": N_("Forms"),
    "mail": N_("Mails"),
    "document": N_("Documents"),
    "decision": N_("Decision tables"),
    "settings": N_("Settings"),
    "scenario": N_("Scenarios"),
    "file": N_("Files and shared parts"),
}
_FOLDERS = {("forms", ".form"): "form", ("mail", ".md"): "mail", ("pdf", ".html"): "document",
            ("scenarios", ".toml"): "scenario"}  # fmt: skip
_TOP = {".bpmn": "diagram", ".dmn": "decision", ".toml": "settings"}
_SETTINGS = {
    "package.toml": N_("The process: people, fees, calendars, words"),
    "english.toml": N_("English wording"),
    "demo.toml": N_("What the demo shows"),
}
_SIDES = {Side.OPERATOR.value: "Certifying body", Side.VENDOR.value: "Vendor", "original": N_("original")}


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file in the tree. `title` is Japanese as the process says it, or a message id where `ours`; `aside`: what came
    too late and is kept beside it."""

    file: FileView
    kind: str
    title: str
    side: str = ""  # message id of the side whose form it is
    ours: bool = False
    aside: int = 0


@dataclass(frozen=True, slots=True)
class Tree:
    """All files, removed ones too, by kind and path; and the package that they are, where they are one."""

    files: tuple[TreeFile, ...]
    package: Package | None
    revision: int


def kind_of(path: str) -> str:
    """The kind under which a file stands, by its path alone."""
    pure = PurePosixPath(path)
    if pure.parent == PurePosixPath("."):
        return _TOP.get(pure.suffix, "file")
    return _FOLDERS.get((pure.parent.as_posix(), pure.suffix), "file")


def tree(portal: Portal, workspace_id: int, who: Actor) -> Tree:
    """Every file with its title. Raises NotFound."""
    who.require(Right.SEE_DESIGN)
    with portal.connection():
        row = content.row_of(workspace_id)
        base = content.base_files(portal, row.base_release_id)
        mine = {each.path: each for each in store.file_facts(row.id)}
        files = content.files_of(portal, row)
        aside: dict[str, int] = {}
        for version in store.aside(row.id):
            aside[version.path] = aside.get(version.path, 0) + 1
    package = _package(files)
    found = []
    for path in sorted({*files, *base, *mine, *aside}):
        data, own = files.get(path), mine.get(path)
        if data is None and path not in base and path not in aside:
            continue  # made here and removed again
        kind = kind_of(path)
        title, ours = _title(path, kind, data, package)
        view = _file(path, data, base.get(path), own)
        found.append(TreeFile(view, kind, title, _side(path, kind), ours, aside.get(path, 0)))
    order = list(KINDS)
    found.sort(key=lambda each: (order.index(each.kind), each.file.path))
    return Tree(tuple(found), package, row.revision)


def titles(files: Mapping[str, bytes]) -> dict[str, tuple[str, bool]]:
    """What each file is called: (title, whether it is a message id of ours)."""
    package = _package(dict(files))
    return {path: _title(path, kind_of(path), data, package) for path, data in files.items()}


def _file(path: str, data: bytes | None, base: bytes | None, own: WorkspaceFile | None) -> FileView:
    if data is None:
        changed = "removed"
    elif base is None:
        changed = "new"
    else:
        changed = "" if own is None or own.digest == digest_of(base) else "changed"
    return FileView(
        path,
        own.revision if own is not None else 0,
        len(data or b""),
        changed,
        own.saved_at if own is not None else None,
        own.by_name if own is not None else "",
    )


def _package(files: dict[str, bytes]) -> Package | None:
    try:
        return content.package_of(files)
    except BadPackage:
        return None


def _side(path: str, kind: str) -> str:
    _, _, side = PurePosixPath(path).stem.partition("__")
    return _SIDES.get(side, "") if kind == "form" else ""


def _title(path: str, kind: str, data: bytes | None, package: Package | None) -> tuple[str, bool]:
    """(title, whether it is a message id of ours)."""
    name, stem = PurePosixPath(path).name, PurePosixPath(path).stem
    if kind == "settings" and path in _SETTINGS:
        return _SETTINGS[path], True
    if kind == "scenario":
        return _of_toml(data) or name, False
    if package is None:
        return name, False
    if kind == "diagram":
        found = [each.name for each in package.processes.values() if each.file == path and each.name]
        return "・".join(found) or name, False
    if kind == "form":
        element = package.elements.get(stem) or package.elements.get(stem.partition("__")[0])
        return (element.name if element is not None and element.name else name), False
    if kind == "mail" and stem in package.mails:
        return plain(package.mails[stem].label or package.mails[stem].subject) or name, False
    if kind == "document" and stem in package.documents:
        return plain(package.documents[stem].title) or name, False
    if kind == "decision":
        ids = [key for key in package.decisions if package.file_of(key) == path]
        return "・".join(package.decisions[key].name or key for key in ids) or name, False
    if path.startswith("files/"):
        return package.titles.get(path.removeprefix("files/"), name), False
    return (f"{archive.SHARED}{path.removeprefix(archive.SHARED)}" if path.startswith(archive.SHARED) else name), False


def _of_toml(data: bytes | None) -> str:
    try:
        return str(tomllib.loads((data or b"").decode("utf-8-sig")).get("title", ""))
    except (ValueError, RecursionError):
        return ""
