"""Which of two tasks that stand open beside each other is answered first (property `after`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from app.catalogue import Element, Package
from app.services.base import businessdays
from app.services.base.releases import due_days
from app.store import statements
from app.store.models import Task


def waits(element: Element, opened: Collection[str]) -> bool:
    """Whether one of the open elements comes before this one."""
    return any(first in opened for first in element.listed("after"))


def begin(
    package: Package, opened: Collection[str], rows: Iterable[Task], today: date, closing: frozenset[date]
) -> None:
    """The days of a task that stood open after another begin when that one is answered."""
    for row in rows:
        element = package.elements.get(row.element)
        if element is None or row.due_on is not None or not element.listed("after") or waits(element, opened):
            continue
        days = due_days(package, element)
        if days is not None:
            row.due_on = businessdays.add_business_days(today, days, closing)
            statements.save(row)
