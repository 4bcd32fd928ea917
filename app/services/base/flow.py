"""What follows what in a package's diagrams."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import lru_cache

from app.catalogue import Element, Package
from app.catalogue.terms import Guideline


@lru_cache(maxsize=512)
def measured(package: Package, guideline: Guideline) -> frozenset[str]:
    """The elements that a guideline measures: those on a way from the step with whose end it starts to the one with
    whose end it ends, with what stands inside of them."""
    ahead = _reached(package, guideline.start, guideline.until, lambda each: _next(package, each))
    before: dict[str, list[str]] = {}
    for element in package.elements.values():
        for following in _next(package, element):
            before.setdefault(following, []).append(element.id)
    behind = _reached(package, guideline.until, guideline.start, lambda each: before.get(each.id, ()))
    found = (ahead & behind) | {guideline.until}
    inside = {each.id for each in package.elements.values() if each.parent in found}
    return frozenset(found | inside)


def _reached(package: Package, start: str, end: str, following: Callable[[Element], Iterable[str]]) -> set[str]:
    """What can be reached from an element without going through the end."""
    seen: set[str] = set()
    queue = deque([start])
    while queue:
        element = package.elements.get(queue.popleft())
        if element is None:
            continue
        for each in following(element):
            if each not in seen:
                seen.add(each)
                if each != end:
                    queue.append(each)
    return seen


def _next(package: Package, element: Element) -> list[str]:
    """What follows an element; out of a subprocess the way leads on behind it."""
    found = list(element.outgoing)
    if element.kind == "endEvent" and element.parent in package.elements:
        found += package.elements[element.parent].outgoing
    return found
