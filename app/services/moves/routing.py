"""The routing values of a case as people correct them: what forms and tables call each, what it may be, and which
gateways go by it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.catalogue import Package, called
from app.services.moves import versions


@dataclass(frozen=True, slots=True)
class Value:
    """One of them. `titles`: what people call it, none where nobody does; `used`: the gateways that read it; `known`:
    what it may be, each (as it is typed, its label), none where anything may stand; `single`: one value, no list."""

    name: str
    titles: tuple[str, ...]
    used: tuple[str, ...]
    now: Any
    known: tuple[tuple[str, str], ...]
    single: bool


def values(package: Package, data: Mapping[str, Any]) -> tuple[Value, ...]:
    """Those of a case: those that gateways go by first. Titles and labels are in Japanese, as in rows."""
    read = _read(package)
    found = [
        Value(
            name, called.of_value(package, name), tuple(read.get(name, ())), now, _known(package, name, now),
            not isinstance(now, list | dict),
        )
        for name, now in sorted(data.items())
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (not each.used, not each.titles)))


def _read(package: Package) -> dict[str, dict[str, None]]:
    """By routing value, the names of the gateways whose arrows ask for it, in the order of the diagrams."""
    found: dict[str, dict[str, None]] = {}
    for flow in package.flows:
        at = package.elements.get(flow.source)
        if not flow.condition or at is None or not at.name:
            continue
        for name in _names(flow.condition):
            found.setdefault(name, {})[at.name] = None
    return found


def _names(condition: str) -> Iterable[str]:
    try:
        return {each.id for each in ast.walk(ast.parse(condition.strip(), mode="eval")) if isinstance(each, ast.Name)}
    except (SyntaxError, ValueError, RecursionError):
        return ()  # what was released under an older check


def _known(package: Package, name: str, now: Any) -> tuple[tuple[str, str], ...]:
    if isinstance(now, bool):
        return (("true", ""), ("false", ""))
    said = called.options(package, name)
    labels = dict.fromkeys(versions.values(package, name), "") or dict.fromkeys(sorted(said), "")
    return tuple((value, said.get(value, "")) for value in labels)
