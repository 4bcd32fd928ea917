"""What follows what in a package's diagrams."""

from __future__ import annotations

from collections import deque

from app.catalogue import Element, Package


def upcoming(package: Package, element: str, side: str, limit: int = 6) -> list[Element]:
    """User tasks of this side (empty: of both) that come after the element in the same process, in the order of the
    flow; out of a subprocess the way leads on behind it."""
    start = package.elements.get(element)
    if start is None:
        return []
    found: list[Element] = []
    seen, queue = {element}, deque(start.outgoing)
    while queue and len(found) < limit:
        each = package.elements.get(queue.popleft())
        if each is None or each.id in seen:
            continue
        seen.add(each.id)
        if each.kind == "userTask" and side in ("", each.side):
            found.append(each)
        if each.kind == "endEvent" and each.parent:
            queue.extend(package.elements[each.parent].outgoing)
        if each.kind == "subProcess":
            queue.extend(
                other.id
                for other in package.elements.values()
                if other.parent == each.id and other.kind == "startEvent"
            )
        queue.extend(each.outgoing)
    return found
