"""What people call the routing values of a package, and what these may be: as it declares it under [values], else by
its forms and its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.catalogue.model import Package

_LABELS = ("label", "dateLabel", "timeLabel")


def of_value(package: Package, name: str) -> tuple[str, ...]:
    """What is declared, else the labels of the fields that give it, else of the columns of tables that do; several
    where steps call it each by another name. In Japanese."""
    declared = package.declared.values.get(name)
    if declared is not None and declared.title:
        return (declared.title,)
    fields = (str(field.get(key)) for field in _fields(package, name) for key in _LABELS if field.get(key))
    columns = (column for table in package.decisions.values() for column in table.outputs)
    labels = (column.label for column in columns if column.name == name and column.label)
    return tuple(dict.fromkeys(fields)) or tuple(dict.fromkeys(labels))


def options(package: Package, name: str) -> Mapping[str, str]:
    """What each value is called: as it is declared, else by forms, where all call it the same."""
    found: dict[str, set[str]] = {}
    for field in _fields(package, name):
        for each in field.get("values") or ():
            found.setdefault(str(each.get("value", "")), set()).add(str(each.get("label", "")))
    declared = package.declared.values.get(name)
    said = declared.called if declared is not None else {}
    return {**{value: next(iter(labels)) for value, labels in found.items() if len(labels) == 1}, **said}


def said(package: Package, name: str, value: Any) -> Any:
    """A value as people call it, else itself."""
    return options(package, name).get(value, value) if isinstance(value, str) else value


def _fields(package: Package, name: str) -> Iterator[Mapping[str, Any]]:
    """The fields of all forms that give this value."""
    todo = [each for schema in package.forms.values() for each in schema.get("components", ())]
    for each in todo:  # grows
        if not isinstance(each, dict):
            continue
        if name in (each.get("key"), each.get("path")):
            yield each
        todo += each.get("components") or ()
