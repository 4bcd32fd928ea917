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
    found: set[str] = set()
    for brought in routes(package).values():
        domain: Domain | None = brought.get(name)
        if domain is not None:
            found.update(domain.texts())
    return tuple(sorted(found))
