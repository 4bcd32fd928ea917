"""A file that two people changed, put together: diagrams and tables by their facts, forms by their parts, the rest by
lines. What cannot be put together is one clash, of the whole file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.bpmn import merging
from app.catalogue.canonical import canonical, identity, is_text
from app.text.threeway import Choices, Conflict, lines, order
from app.text.xml import XmlRefused

_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Merged:
    """The content that comes of both (none: removed), and what nobody has decided yet: until then it is mine there."""

    data: bytes | None
    clashes: tuple[Conflict, ...]


def merge(
    path: str, base: bytes | None, mine: bytes | None, theirs: bytes | None, made: Mapping[str, str] | None = None
) -> Merged:
    """`made`: clash to mine or theirs, as it was decided."""
    if mine == theirs or theirs == base:
        return Merged(mine, ())
    if mine == base:
        return Merged(theirs, ())
    choices = Choices(made or {})
    data = _together(path, base, mine, theirs, choices)
    return Merged(data, tuple(choices.open))


def _together(
    path: str, base: bytes | None, mine: bytes | None, theirs: bytes | None, choices: Choices
) -> bytes | None:
    if mine is not None and theirs is not None and is_text(path):
        try:
            if path.endswith((".bpmn", ".dmn")):
                return merging.merge(base, mine, theirs, choices)
            if path.endswith(".form"):
                found = _json(json.loads(base) if base else _NOTHING, json.loads(mine), json.loads(theirs), "", choices)
                return canonical(path, (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode(), mine)
            return lines(_plain(base), _plain(mine), _plain(theirs), choices).encode()
        except (XmlRefused, ValueError, RecursionError):
            pass  # it cannot be read: then only as a whole
    clash = Conflict("*", path, _said(path, base), _said(path, mine), _said(path, theirs))
    return mine if choices.mine(clash) else theirs


def _said(path: str, data: bytes | None) -> str | None:
    return data.decode("utf-8", "replace") if data is not None and is_text(path) else None


def _plain(data: bytes | None) -> str:
    return (data or b"").decode("utf-8-sig").replace("\r\n", "\n")


def _json(b: Any, m: Any, t: Any, place: str, choices: Choices) -> Any:
    """Three versions of a value; _NOTHING where there is none."""
    if _same(m, t) or _same(t, b):
        return m
    if _same(m, b):
        return t
    if isinstance(m, dict) and isinstance(t, dict):
        return _parts(b if isinstance(b, dict) else {}, m, t, place, choices)
    if isinstance(m, list) and isinstance(t, list):
        old, mine, theirs = _keyed(b if isinstance(b, list) else []), _keyed(m), _keyed(t)
        if old is not None and mine is not None and theirs is not None:
            return list(_parts(old, mine, theirs, place, choices).values())
    said = [None if each is _NOTHING else json.dumps(each, ensure_ascii=False, indent=2) for each in (b, m, t)]
    return m if choices.mine(Conflict(place or "*", place, *said)) else t


def _parts(b: Any, m: Any, t: Any, place: str, choices: Choices) -> dict[str, Any]:
    found = {}
    for name in {**m, **t}:
        inside = f"{place}.{name}" if place else name
        value = _json(b.get(name, _NOTHING), m.get(name, _NOTHING), t.get(name, _NOTHING), inside, choices)
        if value is not _NOTHING:
            found[name] = value
    return {name: found[name] for name in order(list(m), list(t), found.__contains__)}


def _keyed(values: list[Any]) -> dict[str, Any] | None:
    """A list's parts by what makes each the same in another version; none where they have no such thing."""
    found = {}
    for each in values:
        name = identity(each)
        if name is None or name[1] in found:
            return None
        found[name[1]] = each
    return found


def _same(a: Any, b: Any) -> bool:
    if a is _NOTHING or b is _NOTHING:
        return a is b
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)
