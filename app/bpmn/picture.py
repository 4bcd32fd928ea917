"""A diagram as a picture (SVG 1.1) with the path that was walked in it: needs no script, no font and no other file, so
that it is looked at in any browser, in ten years, too."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from unicodedata import east_asian_width

from app.bpmn.model import Diagram, Element, Shape
from app.bpmn.names import BPMN, DRAWN, EVENTS, GATEWAYS, SUBPROCESSES
from app.bpmn.reading import shape_of
from app.bpmn.words import even

SIZE = 12  # pixels of a letter
_LINE = 15
_AROUND = 30
_MOST_LINES = 5
_STYLE = (
    "text{font:12px sans-serif;fill:#1a1a1a;stroke:#fff;stroke-width:3px;paint-order:stroke}"
    ".lane{fill:none;stroke:#949494}"
    ".s{fill:#fff;stroke:#949494;stroke-width:1.5}.f{fill:none;stroke:#949494;stroke-width:1.5}.f.walked{stroke:#0017c1;stroke-width:3}"
    ".s.done{fill:#e8f1fe;stroke:#0017c1;stroke-width:2.5}.s.open{fill:#ffe380;stroke:#000;stroke-width:4}"
    ".s.failed{fill:#fde8e8;stroke:#ce0000;stroke-width:4}.end{stroke-width:4}"
)
_ARROW = (
    '<marker id="{0}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" '
    'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" fill="{1}"/></marker>'
)


@dataclass(frozen=True, slots=True)
class Walked:
    """What is coloured: ids of elements that tokens left, on which one stands, and that failed; of flows."""

    done: Collection[str] = ()
    open: Collection[str] = ()
    failed: Collection[str] = ()
    flows: Collection[str] = ()

    def of(self, element: str) -> str:
        """How an element stands, as the picture's class."""
        return (
            "failed"
            if element in self.failed
            else "open"
            if element in self.open
            else "done"
            if element in self.done
            else ""
        )


def picture(diagram: Diagram, walked: Walked, title: str = "") -> str:
    """The file as SVG. `title`: what it shows, for readers who hear it."""
    points = [point for edge in diagram.edges.values() for point in edge]
    points += [(each.x, each.y) for each in diagram.shapes.values()]
    points += [(each.x + each.width, each.y + each.height) for each in diagram.shapes.values()]
    left, top = (min((point[n] for point in points), default=0) - _AROUND for n in (0, 1))
    wide, high = (
        max((point[n] for point in points), default=0) + _AROUND - start for n, start in ((0, left), (1, top))
    )
    inside = "".join(_parts(diagram, walked))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" '
        f'height="{high:g}" viewBox="{left:g} {top:g} {wide:g} {high:g}" role="img"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><defs>{_ARROW.format('a', '#949494')}{_ARROW.format('w', '#0017c1')}</defs>"
        f'<rect x="{left:g}" y="{top:g}" width="{wide:g}" height="{high:g}" fill="#fff"/>{inside}</svg>\n'
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What the file says of how it is drawn, beside places: where names stand, and which pools and
    lanes stand upright."""

    labels: Mapping[str, Shape]
    upright: frozenset[str]


def _drawn(diagram: Diagram) -> _Drawn:
    labels, upright = dict[str, Shape](), set[str]()
    for node in diagram.document.root.walk():
        if node.namespace == DRAWN and node.name in {"BPMNShape", "BPMNEdge"}:
            label = node.first("BPMNLabel")
            place = shape_of(label) if label is not None else None
            if place is not None and place.width:
                labels[node.get("bpmnElement")] = place
            if node.get("isHorizontal") == "false":
                upright.add(node.get("bpmnElement"))
    return _Drawn(labels, frozenset(upright))


def _parts(diagram: Diagram, walked: Walked) -> Iterator[str]:
    drawn = _drawn(diagram)
    for key, name in _areas(diagram).items():
        if key in diagram.shapes:
            yield _area(diagram.shapes[key], name, key in drawn.upright)
    elements = list(diagram.elements())
    outside = [each for each in elements if each.kind in SUBPROCESSES]
    for each in outside:  # what they hold is drawn upon them
        yield from _element(each, diagram, drawn.labels, walked)
    names = {flow.id: flow.name for flow in diagram.flows()}
    for key, points in diagram.edges.items():
        if key in names and len(points) > 1:
            yield _flow(key, points, names[key], drawn.labels.get(key), key in walked.flows)
    for each in elements:
        if each.kind not in SUBPROCESSES:
            yield from _element(each, diagram, drawn.labels, walked)


def _areas(diagram: Diagram) -> Mapping[str, str]:
    """Pools and lanes, by id: what they are called."""
    found = {
        node.get("id"): even(node.get("name"))
        for collaboration in diagram.document.root.all("collaboration", BPMN)
        for node in collaboration.all("participant", BPMN)
    }
    return found | {lane.id: lane.name for process in diagram.processes for lane in process.lanes}


def _area(at: Shape, name: str, upright: bool) -> str:
    box = f'<rect class="lane" x="{at.x:g}" y="{at.y:g}" width="{at.width:g}" height="{at.height:g}"/>'
    if upright:
        return box + _text(name, at.x + at.width / 2, at.y + 18, at.width)
    x, y = at.x + 18, at.y + at.height / 2
    turned = f'<text transform="translate({x:g} {y:g}) rotate(-90)" text-anchor="middle">{escape(name)}</text>'
    return box + turned


def _flow(key: str, points: tuple[tuple[float, float], ...], name: str, label: Shape | None, walked: bool) -> str:
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    drawn = (
        f'<polyline class="f{" walked" if walked else ""}" id="{escape(key)}" points="{line}" '
        f'marker-end="url(#{"w" if walked else "a"})"/>'
    )
    if not name:
        return drawn
    if label is not None:
        return drawn + _label(name, label)
    middle = len(points) // 2
    (x, y), (to_x, to_y) = points[middle - 1], points[middle]
    return drawn + _text(name, (x + to_x) / 2, (y + to_y) / 2 - 6, 120)


def _element(element: Element, diagram: Diagram, labels: Mapping[str, Shape], walked: Walked) -> Iterator[str]:
    at = diagram.shapes.get(element.id)
    if at is None:
        return
    state = walked.of(element.id)
    end = " end" if element.kind == "endEvent" else ""
    known = f'class="s{end}{" " + state if state else ""}" id="{escape(element.id)}"'
    x, y = at.x + at.width / 2, at.y + at.height / 2
    if element.kind in EVENTS:
        yield f'<circle {known} cx="{x:g}" cy="{y:g}" r="{min(at.width, at.height) / 2:g}"/>'
    elif element.kind in GATEWAYS:
        corners = ((x, at.y), (at.x + at.width, y), (x, at.y + at.height), (at.x, y))
        yield f'<polygon {known} points="{" ".join(f"{a:g},{b:g}" for a, b in corners)}"/>'
    else:
        yield f'<rect {known} x="{at.x:g}" y="{at.y:g}" width="{at.width:g}" height="{at.height:g}" rx="8"/>'
    label = labels.get(element.id)
    if label is not None and (element.kind in EVENTS or element.kind in GATEWAYS):
        yield _label(element.name, label)
    elif element.kind in EVENTS or element.kind in GATEWAYS:
        yield _text(element.name, x, at.y + at.height + _LINE, 110)
    elif element.kind in SUBPROCESSES and at.height > 100:
        yield _text(element.name, x, at.y + _LINE + 2, at.width - 12)
    else:
        lines = len(_lines(element.name, at.width - 8))
        yield _text(element.name, x, y - (lines - 1) * _LINE / 2 + SIZE / 3, at.width - 8)


def _label(name: str, at: Shape) -> str:
    """A name where the file has it."""
    return _text(name, at.x + at.width / 2, at.y + SIZE, max(at.width, 40) + SIZE)


def _text(text: str, x: float, y: float, room: float) -> str:
    spans = "".join(
        f'<tspan x="{x:g}" y="{y + n * _LINE:g}">{escape(line)}</tspan>' for n, line in enumerate(_lines(text, room))
    )
    return f'<text text-anchor="middle">{spans}</text>' if spans else ""


def _lines(text: str, room: float) -> list[str]:
    """Broken where the room ends; Japanese anywhere, other words between them where there is a space."""
    lines, line, used = list[str](), "", 0.0
    for letter in text:
        wide = SIZE if east_asian_width(letter) in "FWA" else SIZE * 0.56
        if letter == "\n" or used + wide > room:
            head, space, tail = line.rpartition(" ")
            whole = letter == "\n" or not space or letter == " "
            lines.append(line if whole else head)
            line = "" if whole else tail
            used = sum(SIZE if east_asian_width(each) in "FWA" else SIZE * 0.56 for each in line)
        if letter != "\n" and (line or letter != " "):
            line, used = line + letter, used + wide
    lines = [each for each in [*lines, line] if each.strip()]
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1] + "…"]
