"""Where a case stands, and since when: in which calls of processes, which may be made again each year."""

from __future__ import annotations

from datetime import datetime

from app.catalogue import Package
from app.store import visitrows


def standing(case: int) -> frozenset[str]:
    """The elements on which a token of the case stands, and the activities around them."""
    return frozenset(visitrows.standing(case))


def begun(case: int, package: Package, element: str) -> datetime | None:
    """When the process around the element was begun, the last time that it was: what was done before belongs to another
    time through it. None where nobody knows."""
    known = package.elements.get(element)
    if known is None:
        return None
    starts = {
        each.id
        for each in package.elements.values()
        if each.kind == "startEvent" and not each.parent and each.process == known.process
    }
    return max((row.last_at for row in visitrows.visits(case) if row.element in starts), default=None)
