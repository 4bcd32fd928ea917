"""Any two contents of a package beside each other: releases, and drafts as they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.catalogue.compare import ADDED, REMOVED, Change, FileDiff, compare
from app.errors import NotFound
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.packages import terms
from app.services.workspaces import content, making
from app.states import Right

AROUND = 3  # lines that are shown before and after what differs
MOST_ROWS = 3_000  # of one text beside another


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two. `ref`: a release's number, or w<id> of a draft; `title`: of the draft, empty of a release."""

    ref: str
    number: int | None
    title: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs, by file."""

    package_id: str
    before: Half
    after: Half
    files: tuple[FileDiff, ...]

    def file(self, path: str) -> FileDiff | None:
        """What differs in one file."""
        return next((each for each in self.files if each.file == path), None)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of two texts beside each other. `kind`: "" (the same), changed, added, removed, or gap: lines that are
    the same and left out. Numbers from 1; 0 where the side has no such line."""

    kind: str
    before: int
    old: str
    after: int
    new: str


def compared(portal: Portal, package_id: str, before: str, after: str, who: Actor) -> Comparison:
    """Two contents of a package, each by its ref. Raises NotFound."""
    who.require(Right.SEE_DESIGN)
    old, new = (_half(portal, package_id, ref, who) for ref in (before, after))
    return Comparison(package_id, old, new, tuple(compare(old.files, new.files)))


def file(portal: Portal, package_id: str, ref: str, path: str, who: Actor) -> bytes:
    """One file of one content. Raises NotFound."""
    who.require(Right.SEE_DESIGN)
    found = _half(portal, package_id, ref, who).files.get(path)
    if found is None:
        raise NotFound("The draft holds no file %(file)s", file=path)
    return found


def _half(portal: Portal, package_id: str, ref: str, who: Actor) -> Half:
    found = re.fullmatch(r"(w?)([0-9]{1,9})", ref)
    if found is None:
        raise NotFound("There is no process package %(package)s", package=package_id)
    number = int(found.group(2))
    if not found.group(1):
        return Half(ref, number, "", terms.archive(portal, package_id, number).files)
    view = making.one(portal, number, who)
    if view.package_id != package_id:
        raise NotFound("There is no such draft of a process")
    return Half(ref, None, view.title, content.files(portal, number))


def marks(found: FileDiff) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What a canvas colours on either side: ids that came, went and changed."""
    old: dict[str, list[str]] = {"removed": [], "changed": []}
    new: dict[str, list[str]] = {"added": [], "changed": []}
    for change in found.changes:
        if change.thing is None:
            continue
        whole = not change.parts
        if whole and change.kind == REMOVED:
            old["removed"].append(change.thing.id)
        elif whole and change.kind == ADDED:
            new["added"].append(change.thing.id)
        elif change.thing.id not in new["changed"]:
            old["changed"].append(change.thing.id)
            new["changed"].append(change.thing.id)
    return old, new


def changes_of(found: FileDiff) -> dict[str, list[Change]]:
    """The changes by the id of their thing, in order; "" of the file as a whole."""
    by: dict[str, list[Change]] = {}
    for change in found.changes:
        by.setdefault(change.thing.id if change.thing else "", []).append(change)
    return by


def side_by_side(before: bytes | None, after: bytes | None) -> list[Row] | None:
    """Two texts line by line; None where one is none, or is too long."""
    try:
        old, new = ((each or b"").decode("utf-8-sig").splitlines() for each in (before, after))
    except UnicodeDecodeError:
        return None
    rows: list[Row] = []
    for kind, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            rows += _same(old, first, last, begin, whole=not rows, ends=(last, end) == (len(old), len(new)))
            continue
        for offset in range(max(last - first, end - begin)):
            at, to = first + offset, begin + offset
            has, comes = at < last, to < end
            word = "changed" if has and comes else "removed" if has else "added"
            rows.append(
                Row(
                    word, at + 1 if has else 0, old[at] if has else "", to + 1 if comes else 0, new[to] if comes else ""
                )
            )
        if len(rows) > MOST_ROWS:
            return None
    return rows


def _same(old: list[str], first: int, last: int, begin: int, *, whole: bool, ends: bool) -> list[Row]:
    """Lines that are the same, without the middle of long ones."""
    places = list(range(first, last))
    head, tail = ([] if whole else places[:AROUND]), ([] if ends else places[-AROUND:])
    if len(head) + len(tail) >= len(places):
        return [Row("", at + 1, old[at], at - first + begin + 1, old[at]) for at in places]
    shown = [Row("", at + 1, old[at], at - first + begin + 1, old[at]) for at in head]
    shown.append(Row("gap", 0, "", 0, ""))
    return shown + [Row("", at + 1, old[at], at - first + begin + 1, old[at]) for at in tail]
