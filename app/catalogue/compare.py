"""What differs between two packages, as people would say it: by file, then by element and part, field, row and cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.catalogue import facts
from app.catalogue.facts import Facts, Thing
from app.errors import Named

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
MOST_LINES = 20_000  # of a text that is compared line by line


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `thing`: element, field or table; `parts`: where in it, as `Problem.part` says it."""

    kind: str
    thing: Named | None
    parts: tuple[str, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text that went (`removed`) or came (`added`), by its number in its own file, from 1."""

    kind: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What differs in one file. `moved`: how many things are drawn elsewhere; `sizes`: bytes before and after of what
    is no text. Without any of these, the same is written otherwise."""

    file: str
    kind: str
    changes: tuple[Change, ...] = ()
    lines: tuple[Line, ...] = ()
    moved: int = 0
    sizes: tuple[int, int] | None = None


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[FileDiff]:
    """Every file that is not byte for byte the same, by path."""
    return [
        _file(path, before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]


def _file(path: str, before: bytes | None, after: bytes | None) -> FileDiff:
    if before is None or after is None:
        return FileDiff(path, ADDED if before is None else REMOVED)
    old, new = facts.of(path, before), facts.of(path, after)
    if old is not None and new is not None:
        moved = sum(1 for name in old.drawn.keys() & new.drawn.keys() if old.drawn[name] != new.drawn[name])
        return FileDiff(path, CHANGED, tuple(_things(old, new)), moved=moved)
    try:
        texts = before.decode("utf-8-sig"), after.decode("utf-8-sig")
    except UnicodeDecodeError:
        return FileDiff(path, CHANGED, sizes=(len(before), len(after)))
    if max(text.count("\n") for text in texts) > MOST_LINES:
        return FileDiff(path, CHANGED, sizes=(len(before), len(after)))
    return FileDiff(path, CHANGED, lines=tuple(lines(*texts)))


def lines(before: str, after: str) -> list[Line]:
    """The lines that went and came, in the order of the text."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for kind, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            found += [Line(REMOVED, number + 1, old[number]) for number in range(first, last)]
            found += [Line(ADDED, number + 1, new[number]) for number in range(begin, end)]
    return found


def _things(old: Facts, new: Facts) -> list[Change]:
    found: list[Change] = []
    for key in [*new.things, *(key for key in old.things if key not in new.things)]:
        before, after = old.things.get(key), new.things.get(key)
        if before is None or after is None:
            found.append(_whole(before, after))
        else:
            found += _parts(before, after, old, new)
    shared = [[key for key in each.things if key in old.things.keys() & new.things.keys()] for each in (old, new)]
    if old.ordered and shared[0] != shared[1]:  # the order of rows and fields says something
        found.append(Change(CHANGED, None, ("order",)))
    return found


def _whole(before: Thing | None, after: Thing | None) -> Change:
    thing = after or before
    assert thing is not None  # noqa: S101 - it stands on one side
    old, new = (_summary(each) if each is not None else "" for each in (before, after))
    return Change(ADDED if before is None else REMOVED, thing.named, thing.parts, old, new)


def _summary(thing: Thing) -> str:
    """A row by its cells, a key by its value; an element is told by its name."""
    if thing.parts and thing.parts[0].startswith("row:"):
        return " | ".join(text for part, text in thing.facts.items() if part.startswith("cell:"))
    return thing.facts.get("", "")


def _parts(before: Thing, after: Thing, old_file: Facts, new_file: Facts) -> list[Change]:
    found = []
    for part in dict.fromkeys([*before.facts, *after.facts]):
        old, new = before.facts.get(part), after.facts.get(part)
        if old == new:
            continue
        kind = ADDED if old is None else REMOVED if new is None else CHANGED
        where = (*after.parts, part) if part else after.parts
        if part in before.refers | after.refers:
            old, new = old_file.names.get(old or "", old), new_file.names.get(new or "", new)
        found.append(Change(kind, after.named, where, old or "", new or ""))
    return found
