"""Which names are set where: right inside a process, in all that it calls, and outside of it."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping

from app.catalogue.domains import Domain
from app.catalogue.graph import called, inside
from app.catalogue.model import Package
from app.catalogue.python import names, parsed


class Sets:
    """Of one package. `routes`: to each element the names that it sets when it is done; `loose`: those that event
    subprocesses set, at any moment, beside what runs."""

    def __init__(self, package: Package, routes: Mapping[str, Mapping[str, Domain]]) -> None:
        self.package = package
        self.own = self._own(routes)  # by process or subprocess
        aside = {element.id for element in package.elements.values() if element.by_event}
        self.loose = frozenset().union(*(each for container, each in self.own.items() if container in aside))
        self._around: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def outside(self, container: str) -> frozenset[str]:
        """Names that are set anywhere but right inside the process or subprocess."""
        return self._of(container)[0]

    def inside(self, container: str) -> frozenset[str]:
        """Names that it sets, with all that it calls."""
        return self._of(container)[1]

    def _of(self, container: str) -> tuple[frozenset[str], frozenset[str]]:
        if container not in self._around:
            others = (each for other, each in self.own.items() if other != container)
            self._around[container] = (frozenset().union(*others), self._inside(container))
        return self._around[container]

    def _own(self, routes: Mapping[str, Mapping[str, Domain]]) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for element in self.package.elements.values():
            found[inside(element)].update(routes[element.id], (element.loop.output,) if element.loop else ())
            for code in element.scripts.values():
                found[inside(element)].update(names(parsed(code), ast.Store))
        return {container: frozenset(each) for container, each in found.items()}

    def _inside(self, container: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        found = self.own.get(container, frozenset())
        for element in self.package.elements.values():
            deeper = called(element) if inside(element) == container else ""
            if deeper and deeper not in seen:
                found |= self._inside(deeper, seen | {container})
        return found
