"""What the engine has to know of a release to sort its cases: the names that its elements bring and need."""

from __future__ import annotations

from threading import Lock
from weakref import WeakKeyDictionary

from app.catalogue import Package
from app.catalogue.asked import asked
from app.catalogue.domains import Domain
from app.catalogue.routed import routes
from app.engine import Names, Program, Version
from app.services.base.releases import Loaded
from app.services.base.titles import ITEM

FLAGS = ("true", "false")  # as they are typed
_known: WeakKeyDictionary[Program, Version] = WeakKeyDictionary()
_lock = Lock()


def version(loaded: Loaded) -> Version:
    """The release for the engine; made once."""
    with _lock:
        found = _known.get(loaded.program)
        if found is None:
            found = _known[loaded.program] = Version(loaded.program, names(loaded.package))
        return found


def names(package: Package) -> Names:
    """By element, the routing values that it sets when it is done, and those that its table, its mail or
    its document reads."""
    return Names(
        {element: frozenset(brought) for element, brought in routes(package).items() if brought}, asked(package)
    )


def values(package: Package, name: str) -> tuple[str, ...]:
    """What a routing value may be, as far as the package says it: to choose from."""
    return tuple(sorted({each for domain in _domains(package, name) for each in domain.texts()}))


def all_values(package: Package, name: str) -> tuple[str, ...]:
    """What a routing value may be, as it is typed, where the package says all of it; else nothing."""
    domains = _domains(package, name)
    if any(domain.kinds or domain.numbers is not None for domain in domains):
        return ()
    kinds = {kind for domain in domains for kind, _ in domain.known if kind != "none"}
    if kinds == {"bool"}:
        return FLAGS
    return values(package, name) if kinds == {"text"} else ()


def _domains(package: Package, name: str) -> list[Domain]:
    return [brought[name] for brought in routes(package).values() if name in brought]


def title(package: Package, element: str) -> str:
    """What people call an element: its name; of a gateway without one, what it leads to (→ A｜B) or joins (A｜B →)."""
    elements, flows = package.elements, package.flows
    known = elements.get(element)
    if known is None or known.name:
        return known.name if known is not None else ""
    after = [elements[each.target].name for each in flows if each.source == element and each.target in elements]
    before = [elements[each.source].name for each in flows if each.target == element and each.source in elements]
    joins = len(before) > len(after)
    around = ITEM.join(name for name in (before if joins else after) if name)
    if not around:
        return element
    return f"{around} →" if joins else f"→ {around}"
