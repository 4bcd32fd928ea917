"""From BPMN 2.0 XML to the facts of `model`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.bpmn.elements import Home, element_of
from app.bpmn.links import linked
from app.bpmn.model import Diagram, Element, Flow, Lane, MessageFlow, Process, Shape, Stranger
from app.bpmn.names import BOUNDS, BPMN, DRAWN, FLOW_NODES, POINTS, REMARKS, SUBPROCESSES
from app.bpmn.references import References
from app.bpmn.words import even
from app.text import xml
from app.text.xml import Xml, XmlRefused


def read(file: str, data: bytes) -> Diagram:
    """One file. Raises XmlRefused for what is no diagram at all; everything else is `faults`' to say."""
    document = xml.read(data)
    root = document.root
    if root.name != "definitions" or root.namespace != BPMN:
        raise XmlRefused("This is not a BPMN 2.0 diagram: its root is %(root)s.", root.line, root=root.name)
    reader = _Reader(file, root)
    for node in root.all("process"):
        reader.process(node, Home(node.get("id"), "", ""))
    shapes: dict[str, Shape] = {}
    edges: dict[str, tuple[tuple[float, float], ...]] = {}
    for node in root.walk():
        if node.namespace == DRAWN and node.name == "BPMNShape" and (shape := shape_of(node)) is not None:
            shapes.setdefault(node.get("bpmnElement"), shape)
        elif node.namespace == DRAWN and node.name == "BPMNEdge":
            points = ((_number(each, "x"), _number(each, "y")) for each in node.all("waypoint", POINTS))
            edges.setdefault(node.get("bpmnElement"), tuple(points))
    return Diagram(file, document, tuple(reader.found), tuple(_message_flows(root, reader.references)), shapes, edges)


Flows = dict[str, list[Flow]]


class _Reader:
    """Reads the processes of one file. What a file lists twice is read twice."""

    def __init__(self, file: str, root: Xml) -> None:
        self.file = file
        self.references = References(root)
        self.found: list[Process] = []
        self.lanes: dict[str, str] = {}  # element to the lane that lists it

    def process(self, node: Xml, home: Home, lane: str = "") -> None:
        """A process, or the inside of a subprocess."""
        lanes = tuple(_lanes(node))
        for each in node.all("laneSet"):
            self.lanes |= _listed(each)
        place = len(self.found)
        self.found.append(Process(home.inside, "", self.file))  # its place: subprocesses follow it
        flows = (
            *(self.flow(each, home.inside) for each in node.all("sequenceFlow")),
            *linked(node, self.file, home.inside),
        )
        into, out = _by_end(flows)
        elements, strangers, inner = [], [], []
        for child in node.children:
            if child.namespace != BPMN or child.name in REMARKS or child.name == "sequenceFlow":
                continue
            if child.name in FLOW_NODES:
                elements.append(self.element(child, home, lane, into, out))
                if child.name in SUBPROCESSES:
                    inner.append((child, elements[-1]))
            elif not child.name.endswith("EventDefinition"):
                strangers.append(Stranger(child.get("id"), child.name, child.line))
        self.found[place] = Process(
            id=home.inside,
            name=even(node.get("name")),
            file=self.file,
            line=node.line,
            parent=home.around,
            executable=node.get("isExecutable") != "false",
            elements=tuple(_on_hosts(elements)),
            flows=flows,
            strangers=tuple(strangers),
            lanes=lanes,
        )
        for child, element in inner:
            self.process(child, Home(home.process, element.id, home.inside), element.lane)

    def flow(self, node: Xml, inside: str) -> Flow:
        return Flow(
            node.get("id"),
            even(node.get("name")),
            node.get("sourceRef"),
            node.get("targetRef"),
            self.file,
            inside,
            node.said("conditionExpression"),
            node.line,
        )

    def element(self, node: Xml, home: Home, around: str, into: Flows, out: Flows) -> Element:
        name = node.get("id")
        lane = self.lanes.get(name, "")
        made = element_of(node, self.file, home, self.references)
        return replace(
            made,
            lane=made.properties.get("lane", "").strip() or lane or around,
            placed=bool(lane) or "lane" in made.properties,
            incoming=tuple(flow.id for flow in into.get(name, ())),
            leaving=tuple(flow.id for flow in out.get(name, ())),
            outgoing=tuple(flow.target for flow in out.get(name, ())),
        )


def _by_end(flows: tuple[Flow, ...]) -> tuple[Flows, Flows]:
    """To each element the flows into it, and those out of it."""
    into: Flows = {}
    out: Flows = {}
    for flow in flows:
        into.setdefault(flow.target, []).append(flow)
        out.setdefault(flow.source, []).append(flow)
    return into, out


def _on_hosts(elements: list[Element]) -> Iterator[Element]:
    """Boundary events sit on their host, whatever its lane: lane sets seldom list them."""
    hosts = {element.id: element for element in elements}
    for element in elements:
        host = hosts.get(element.attached_to)
        if element.kind == "boundaryEvent" and not element.placed and host is not None:
            yield replace(element, lane=host.lane)
        else:
            yield element


def _lanes(node: Xml) -> Iterator[Lane]:
    for lanes in (*node.all("laneSet"), *node.all("childLaneSet")):
        for lane in lanes.all("lane"):
            yield Lane(lane.get("id"), even(lane.get("name")), lane.first("childLaneSet") is None, lane.line)
            yield from _lanes(lane)


def _listed(lanes: Xml) -> dict[str, str]:
    """Element to its lane; the innermost one that lists it."""
    found: dict[str, str] = {}
    for lane in lanes.all("lane"):
        found |= {ref.text.strip(): lane.get("id") for ref in lane.all("flowNodeRef")}
        for inner in lane.all("childLaneSet"):
            found |= _listed(inner)
    return found


def _message_flows(root: Xml, references: References) -> Iterator[MessageFlow]:
    for collaboration in root.all("collaboration"):
        pools = {each.get("id"): each.get("processRef") for each in collaboration.all("participant")}
        for flow in collaboration.all("messageFlow"):
            source, target = flow.get("sourceRef"), flow.get("targetRef")
            name = references.names.get(flow.get("messageRef"), "")
            yield MessageFlow(flow.get("id"), pools.get(source, source), pools.get(target, target), name)


def shape_of(node: Xml) -> Shape | None:
    """Where a shape or a label is drawn; none where it does not say so."""
    bounds = node.first("Bounds", BOUNDS)
    if bounds is None:
        return None
    return Shape(*(_number(bounds, name) for name in ("x", "y", "width", "height")))


def _number(node: Xml, name: str) -> float:
    try:
        return float(node.get(name, "0"))
    except ValueError:
        return 0.0
