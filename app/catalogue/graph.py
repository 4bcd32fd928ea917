"""The diagrams of a package as a graph: which arrows lead where, what stands on borders, who calls what."""

from __future__ import annotations

from collections import defaultdict

from app.bpmn import Flow
from app.catalogue.drawn import Element
from app.catalogue.model import Package


class Graph:
    """Over all processes of one package. `ranks`: elements in the order in which cases come to them."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.out: dict[str, list[Flow]] = defaultdict(list)
        self.into: dict[str, list[Flow]] = defaultdict(list)
        self.borders: dict[str, list[Element]] = defaultdict(list)
        self.starts: dict[str, list[str]] = defaultdict(list)
        self.standing: dict[str, list[Element]] = defaultdict(list)  # event subprocesses, by what they stand by in
        self.callers: dict[str, list[str]] = defaultdict(list)
        self._drawn()
        self.ranks = self._ranked()

    def _drawn(self) -> None:
        for flow in self.package.flows:
            if flow.source in self.package.elements and flow.target in self.package.elements:
                self.out[flow.source].append(flow)
                self.into[flow.target].append(flow)
        for element in self.package.elements.values():
            if element.attached_to:
                self.borders[element.attached_to].append(element)
            if element.kind == "startEvent":
                self.starts[inside(element)].append(element.id)
            if element.by_event:
                self.standing[inside(element)].append(element)
            if container := called(element):
                self.callers[container].append(element.id)

    def _ranked(self) -> dict[str, int]:
        """Elements in the order in which cases come to them, as far as there is one: whoever is visited in it has
        mostly heard of all that leads there."""
        done: dict[str, None] = {}
        seen: set[str] = set()
        starts = [start for starts in self.starts.values() for start in starts]
        for first in [*starts, *self.package.elements]:
            ways = [(first, iter(self._ahead(first)))] if first not in seen else []
            seen.add(first)
            while ways:
                here, ahead = ways[-1]
                there = next((each for each in ahead if each not in seen), None)
                if there is None:
                    done[here] = None
                    ways.pop()
                else:
                    seen.add(there)
                    ways.append((there, iter(self._ahead(there))))
        return {name: -place for place, name in enumerate(done)}

    def _ahead(self, name: str) -> list[str]:
        """Where a case may come next; last into what the element runs, which so is ranked before what follows."""
        element = self.package.elements[name]
        after = [flow.target for flow in self.out[name]] + [border.id for border in self.borders[name]]
        return after + self.starts.get(called(element), []) if called(element) else after


def inside(element: Element) -> str:
    """The process or subprocess in which the element stands."""
    return element.parent or element.process


def called(element: Element) -> str:
    """The process or subprocess that the element runs; "" of every other element."""
    return element.runs
