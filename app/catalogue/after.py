"""The step that a mail leads to, and whether it has a last day."""

from __future__ import annotations

from collections import deque

from app.catalogue.drawn import Element
from app.catalogue.model import Package
from app.states import Side

DAYS = ("due_bd", "due_value", "before_day_bd", "after_day_bd", "day_until")  # properties that set a last day


def next_user_task(package: Package, element: str, side: Side) -> Element | None:
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


def pays(package: Package, element: Element) -> str:
    """The fee that the vendor pays at this element: the one whose invoice its page shows; "" for none."""
    if element.kind != "userTask" or element.side != Side.VENDOR:
        return ""
    shown = set(element.listed("shows"))
    return next((key for key, fee in package.fees.items() if fee.document in shown), "")


def dated(package: Package, element: Element) -> bool:
    """Whether a task of this element has a last day."""
    return any(name in element.properties for name in DAYS) or bool(pays(package, element))
