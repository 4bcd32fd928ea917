"""Diagrams as the checks and the portal want them: a list of elements with their sides."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial

from app import bpmn
from app.bpmn import Diagram, Diagrams, Flow
from app.bpmn.faults import MAX_ELEMENTS
from app.bpmn.support import RUNS
from app.bpmn.words import words_of
from app.catalogue.drawn import Element, ProcessInfo
from app.catalogue.dropped import dropped
from app.catalogue.shapes import unseen
from app.catalogue.terms import Lane
from app.errors import Problem
from app.states import Side
from app.text.memo import remembered

_FACTS = tuple(each.name for each in fields(bpmn.Element))


@dataclass(slots=True)
class Drawn:
    """What all files say. Processes that are pictures are in none of it but `processes`."""

    elements: dict[str, Element] = field(default_factory=dict)
    flows: tuple[Flow, ...] = ()
    refused: frozenset[str] = frozenset()  # ids of what is drawn and does not run
    processes: dict[str, ProcessInfo] = field(default_factory=dict)
    lane_uses: list[tuple[str, str]] = field(default_factory=list)  # (file, lane id of a lane set)
    safe: list[str] = field(default_factory=list)  # files that may be given to another parser
    words: dict[str, tuple[str, str]] = field(default_factory=dict)  # what people read, to its first (file, id)


def read_diagrams(
    sources: Mapping[str, bytes], entry: str, lanes: Mapping[str, Lane], problems: list[Problem]
) -> Drawn:
    """All diagrams of a package, by file name; what is wrong with them is added to `problems`."""
    found = bpmn.read_all(sources)
    problems += bpmn.faults(found, entry)
    drawn = Drawn()
    for file in found.files:
        data = sources[file.file]
        said, safe, words = remembered("drawn", (file.file, data), len(data), partial(_alone, file))
        problems += said
        if safe:
            drawn.safe.append(file.file)
        for each, name in words:
            if each:
                drawn.words.setdefault(each, (file.file, name))
    _gather(found, found.running(entry), lanes, drawn)
    return drawn


def _alone(file: Diagram) -> tuple[list[Problem], bool, list[tuple[str, str]]]:
    """What can be said of one file by itself: its faults, whether another parser may have it, what people read."""
    root = file.document.root
    safe = not any(True for _ in file.document.instructions())
    return [*dropped(file.file, root), *unseen(file)], safe, list(words_of(root))


def _gather(found: Diagrams, running: frozenset[str], lanes: Mapping[str, Lane], drawn: Drawn) -> None:
    refused: set[str] = set()
    flows: list[Flow] = []
    here: dict[str, tuple[list[bpmn.Element], Mapping[str, bpmn.Shape]]] = {}  # what runs, by file
    for process, shapes in ((process, file.shapes) for file in found.files for process in file.processes):
        if not process.id or found.processes[process.id] is not process:
            continue
        if not process.parent:
            drawn.processes[process.id] = ProcessInfo(process.id, process.name, process.file)
        if process.id not in running:
            continue
        drawn.lane_uses += [(process.file, lane.id) for lane in process.lanes if lane.inner]
        flows += process.flows
        refused.update(stranger.id for stranger in process.strangers)
        refused.update(element.id for element in process.elements if element.kind not in RUNS)
        kept = here.setdefault(process.file, ([], shapes))[0]
        kept += [element for element in process.elements if element.id and element.kind in RUNS]
    for elements, shapes in here.values():
        for element in _as_read(elements, shapes):
            if len(drawn.elements) < MAX_ELEMENTS:
                drawn.elements.setdefault(element.id, _sided(element, lanes))
    drawn.flows, drawn.refused = tuple(flows), frozenset(refused)


def _as_read(elements: Sequence[bpmn.Element], shapes: Mapping[str, bpmn.Shape]) -> list[bpmn.Element]:
    """In the order in which people read the drawing: along it, whether it goes down the page or to the right. The order
    of the file says nothing: tools write it by chance, and the canonical form by ids. What is not drawn comes last."""
    drawn = [shapes[element.id] for element in elements if element.id in shapes]
    wide = max((shape.x for shape in drawn), default=0.0) - min((shape.x for shape in drawn), default=0.0)
    tall = max((shape.y for shape in drawn), default=0.0) - min((shape.y for shape in drawn), default=0.0)

    def place(element: bpmn.Element) -> tuple[float, float]:
        shape = shapes.get(element.id)
        if shape is None:
            return (math.inf, 0.0)
        x, y = shape.x + shape.width / 2, shape.y + shape.height / 2
        return (y, x) if tall > wide else (x, y)

    return sorted(elements, key=place)


def _sided(element: bpmn.Element, lanes: Mapping[str, Lane]) -> Element:
    facts = {name: getattr(element, name) for name in _FACTS}
    return Element(**facts, side=lanes[element.lane].side if element.lane in lanes else Side.UNSAID)
