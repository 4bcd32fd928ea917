"""Diagrams read as a list of elements.

BPMN 2.0 (chapter 10) with the extension elements that docs/package-format.md names.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element as Node

from app.catalogue.diagram_elements import EVENTS, ElementReader, Place
from app.catalogue.diagram_words import check_unique, even, words_of
from app.catalogue.drawn import Element, Flow, ProcessInfo
from app.catalogue.dropped import dropped
from app.catalogue.extensions import BPMN
from app.catalogue.shapes import unseen
from app.catalogue.terms import Lane
from app.errors import Problem
from app.feel.xml import XmlRefused, local, read

MAX_ELEMENTS = 3000  # of one package; certifications that people read have some hundred

_TASKS = frozenset({"userTask", "serviceTask", "receiveTask", "businessRuleTask", "scriptTask"})
_SUPPORTED = _TASKS | EVENTS.keys() | {"exclusiveGateway", "parallelGateway", "subProcess", "callActivity"}
_REFUSED = frozenset(
    {
        "task",
        "manualTask",
        "sendTask",
        "complexGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "adHocSubProcess",
        "transaction",
        "intermediateThrowEvent",
        "implicitThrowEvent",
        "callChoreography",
        "choreographyTask",
        "subChoreography",
    }
)


@dataclass(slots=True)
class Diagrams:
    """What was found over all files so far."""

    elements: dict[str, Element] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    processes: dict[str, ProcessInfo] = field(default_factory=dict)
    lane_uses: list[tuple[str, str]] = field(default_factory=list)  # (file, lane id of a lane set)
    full: bool = False
    safe: list[str] = field(default_factory=list)  # files that may be given to another parser
    words: dict[str, tuple[str, str]] = field(default_factory=dict)  # what people read, to its first (file, id)


def read_diagram(file: str, data: bytes, found: Diagrams, lanes: dict[str, Lane], problems: list[Problem]) -> None:
    """Adds one file to `found`."""
    try:
        root = read(data)
    except XmlRefused as error:
        problems.append(Problem(file, error.message, params=error.params))
        return
    if root.tag != f"{BPMN}definitions":
        problems.append(
            Problem(
                file,
                "This is not a BPMN 2.0 diagram: its root is %(root)s.",
                params={"root": local(root.tag)},
            )
        )
        return
    found.safe.append(file)
    check_unique(file, root, problems)
    problems.extend(dropped(file, root))
    problems.extend(unseen(file, root, _SUPPORTED | _REFUSED))
    for words, name in words_of(root):
        if words:
            found.words.setdefault(words, (file, name))
    reader = _Reader(file, root, found, lanes, problems)
    for process in root.iter(f"{BPMN}process"):
        reader.process(process)


class _Reader:
    def __init__(self, file: str, root: Node, found: Diagrams, lanes: dict[str, Lane], problems: list[Problem]) -> None:
        self.file = file
        self.found = found
        self.lanes = lanes
        self.problems = problems
        messages = {node.get("id", ""): node.get("name", "") for node in root.iter(f"{BPMN}message")}
        self.elements = ElementReader(file, lanes, messages, problems)

    def process(self, node: Node) -> None:
        process_id = node.get("id", "")
        if not process_id:
            self.say("", "A process has no id: give it one.")
            return
        if process_id in self.found.processes:
            self.say(
                process_id,
                "The process id stands also in %(other)s: change one.",
                other=self.found.processes[process_id].file,
            )
            return
        self.found.processes[process_id] = ProcessInfo(process_id, node.get("name", ""), self.file)
        placed: dict[str, str] = {}
        for lane in node.iter(f"{BPMN}lane"):
            if lane.find(f"{BPMN}childLaneSet") is None:  # the innermost lane says who acts
                self.found.lane_uses.append((self.file, lane.get("id", "")))
            for ref in lane.findall(f"{BPMN}flowNodeRef"):
                placed[(ref.text or "").strip()] = lane.get("id", "")
        self._container(node, process_id, "", "", placed)

    def _container(self, container: Node, process: str, parent: str, parent_lane: str, placed: dict[str, str]) -> None:
        nodes = [node for node in container if node.tag.startswith(BPMN)]
        inside = {node.get("id", "") for node in nodes if local(node.tag) in _SUPPORTED | _REFUSED}
        leads_to: dict[str, list[str]] = {}
        for flow in nodes:
            if local(flow.tag) != "sequenceFlow":
                continue
            source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
            for end in (source, target):
                if end not in inside:
                    self.say(
                        flow.get("id", ""),
                        "The arrow begins or ends at “%(end)s”, which is not there.",
                        end=end,
                    )
            leads_to.setdefault(source, []).append(target)
            self.found.flows.append(
                Flow(
                    flow.get("id", ""), even(flow.get("name")), source, target, self.file, parent or process,
                    (flow.findtext(f"{BPMN}conditionExpression") or "").strip(),
                )
            )  # fmt: skip
        for node in nodes:
            kind = local(node.tag)
            if kind in _REFUSED:
                self.found.refused.add(node.get("id", ""))
                self.say(node.get("id", ""), "%(kind)s is not supported.", kind=kind)
            elif kind in _SUPPORTED:
                lane = placed.get(node.get("id", ""), "") or parent_lane
                element = self.elements.read(node, kind, Place(process, parent, lane))
                self._add(replace(element, outgoing=tuple(leads_to.get(element.id, ()))))
                if kind == "subProcess":
                    self._container(node, process, element.id, element.lane, placed)
        self._boundaries(inside, placed)

    def _boundaries(self, inside: set[str], placed: dict[str, str]) -> None:
        """Boundary events sit on their host, whatever its lane: lane sets seldom list them."""
        for element in [self.found.elements[name] for name in inside if name in self.found.elements]:
            if element.kind != "boundaryEvent" or "lane" in element.properties or element.id in placed:
                continue
            if element.attached_to not in inside:
                self.say(
                    element.id,
                    "The boundary event sits on “%(host)s”, which is not there.",
                    host=element.attached_to,
                )
            elif element.attached_to in self.found.elements:
                host = self.found.elements[element.attached_to]
                self.found.elements[element.id] = replace(element, lane=host.lane, side=host.side)

    def _add(self, element: Element) -> None:
        if len(self.found.elements) >= MAX_ELEMENTS:
            if not self.found.full:
                self.found.full = True
                self.say("", "The diagrams have more than %(most)s elements in all.", most=str(MAX_ELEMENTS))
            return
        if not element.id:
            self.say("", "An element of kind %(kind)s has no id: give it one.", kind=element.kind)
        elif element.id in self.found.elements and self.found.elements[element.id].file != self.file:
            self.say(
                element.id,
                "The id stands also in %(other)s: change one.",
                other=self.found.elements[element.id].file,
            )
        else:
            self.found.elements[element.id] = element

    def say(self, element: str, message: str, **params: str) -> None:
        self.problems.append(Problem(self.file, message, element, params))
