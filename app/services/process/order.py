"""Which of two tasks that stand open beside each other is answered first (property `after`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.catalogue import Element, Package
from app.store.models import Task


def waits(element: Element, opened: Collection[str]) -> bool:
    """Whether one of the open elements comes before this one."""
    return any(first in opened for first in element.listed("after"))


def begun(package: Package, opened: Collection[str], rows: Iterable[Task]) -> list[Task]:
    """The tasks that stood open after another that is answered now: their days begin."""
    found = []
    for row in rows:
        element = package.elements.get(row.element)
        if element is None or row.due_on is not None or not element.listed("after") or waits(element, opened):
            continue
        found.append(row)
    return found
