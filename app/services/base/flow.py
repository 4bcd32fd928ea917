"""What follows what in a package's diagrams."""

from __future__ import annotations

from collections import deque

from app.catalogue import Element, Package


def next_user_task(package: Package, element: str, side: str) -> Element | None:
    """The nearest user task of this side that can follow the element, through everything but user tasks."""
    start = package.elements.get(element)
    if start is None:
        return None
    seen: set[str] = {element}
    queue = deque(start.outgoing)
    while queue:
        found = package.elements.get(queue.popleft())
        if found is None or found.id in seen:
            continue
        seen.add(found.id)
        if found.kind == "userTask":
            if found.side == side:
                return found
            continue
        if found.kind in {"callActivity", "subProcess"}:
            inside = [
                other.id
                for other in package.elements.values()
                if other.kind == "startEvent"
                and (other.process == found.called and not other.parent if found.called else other.parent == found.id)
            ]
            queue.extend(inside)
        queue.extend(found.outgoing)
    return None


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
