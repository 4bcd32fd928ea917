"""Which expressions read the value that one element sets, where others set a value of the same name."""

from __future__ import annotations

from app.catalogue import Package
from app.catalogue.routed import routes


def readers(package: Package, element: str, name: str) -> tuple[frozenset[str], bool]:
    """(ids of elements and flows whose expressions read just this one's, whether nobody else sets the name)."""
    setters = {each for each, names in routes(package).items() if name in names}
    places = {*package.elements, *(flow.id for flow in package.flows)}
    if setters <= {element}:
        return frozenset(places), True
    into: dict[str, list[str]] = {}
    for flow in package.flows:
        into.setdefault(flow.target, []).append(flow.source)
    found = {each for each in package.elements if _nearest(package, each, setters, into) == {element}}
    found.add(element)
    after = {flow.id for flow in package.flows if flow.source in (found if flow.source not in setters else {element})}
    return frozenset(found | after), False


def _nearest(package: Package, start: str, setters: set[str], into: dict[str, list[str]]) -> set[str]:
    """The setters that one comes to first, going back; "" where one comes to the beginning of a process."""
    seen: set[str] = set()
    found: set[str] = set()
    ahead = _before(package, start, into)
    while ahead:
        here = ahead.pop()
        if here in setters:
            found.add(here)
        elif here not in seen:
            seen.add(here)
            before = _before(package, here, into)
            if not before:
                found.add("")
            ahead += before
    return found


def _before(package: Package, element: str, into: dict[str, list[str]]) -> list[str]:
    drawn = package.elements.get(element)
    if drawn is None:
        return []
    if drawn.attached_to:
        return [drawn.attached_to, *_before(package, drawn.attached_to, into)]
    sources = into.get(element, [])
    if not sources and drawn.parent:
        return [drawn.parent] if drawn.parent in package.elements else []
    # What comes out of a subprocess was set at its ends.
    return [end for source in sources for end in _ends(package, source)]


def _ends(package: Package, source: str) -> list[str]:
    drawn = package.elements.get(source)
    if drawn is None or drawn.kind != "subProcess":
        return [source]
    inner = [each.id for each in package.elements.values() if each.parent == source and not each.leaving]
    return inner or [source]
