"""The package's names for its elements, where only their ids are at hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import NinteiError
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.store.models import Case

ITEM = "｜"  # between the name of a step and the item of a list for which it is done
LONGEST = 120  # of an item: some characters, not a text


def with_item(name: str, item: str) -> str:
    """The title of a task that is done once for each item."""
    return f"{name}{ITEM}{item}" if item else name


def without_item(title: str) -> str:
    """The name of the step in a task's title."""
    return title.partition(ITEM)[0]


def item_of(path: str, data: Mapping[str, Any]) -> str:
    """What a path (`room`, `room.name`) says in the task data: a text or a number, else ""."""
    found: Any = data
    for part in path.split(".") if path else ():
        found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return " ".join(str(found).replace(ITEM, "／").split())[:LONGEST]


def title_of(portal: Portal, case: Case | None, element: str) -> str:
    """The package's name of the element; a package that cannot be read any more names nothing."""
    if case is None or not element:
        return ""
    try:
        loaded: Loaded = portal.releases.loaded(case.release_id)
    except NinteiError:
        return ""
    found = loaded.package.elements.get(element)
    return found.title if found is not None else ""
