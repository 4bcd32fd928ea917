"""The package's names for its elements, where only their ids are at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.catalogue import Package
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


def of_value(package: Package, name: str) -> tuple[str, ...]:
    """What people call a routing value: the labels of the fields that give it, else of the columns of tables that do;
    several where steps call it each by another name."""
    fields = dict.fromkeys(str(field["label"]) for field in _fields(package, name) if field.get("label"))
    columns = (column for table in package.decisions.values() for column in table.outputs)
    return tuple(fields or dict.fromkeys(column.label for column in columns if column.name == name and column.label))


def options(package: Package, name: str) -> Mapping[str, str]:
    """What forms call the values of a routing value, by the value; what two forms call otherwise is left out."""
    found: dict[str, set[str]] = {}
    for field in _fields(package, name):
        for each in field.get("values") or ():
            found.setdefault(str(each.get("value", "")), set()).add(str(each.get("label", "")))
    return {value: next(iter(labels)) for value, labels in found.items() if len(labels) == 1}


def _fields(package: Package, name: str) -> Iterator[Mapping[str, Any]]:
    """The fields of all forms that give this value."""
    todo = [each for schema in package.forms.values() for each in schema.get("components", ())]
    for each in todo:  # grows
        if each.get("key") == name:
            yield each
        todo += each.get("components", ())
