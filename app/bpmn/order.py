"""The order in which a diagram is written, and what is left out because BPMN says it anyhow.

Tools order a drawing by chance: by when a shape was last touched. Elements go by their ids, references by what they
name, shapes so that what contains lies below what is in it. What has a meaning keeps its order: the flows out of one
element (an exclusive gateway tries their conditions one after the other), lanes, pools, extension elements, and
whatever is not known here. A comment stays before what it stands before.
"""

from __future__ import annotations

from dataclasses import replace

from app.bpmn.names import BOUNDS, BPMN, DRAWN, FLOW_NODES, POINTS, SPIFF, SUBPROCESSES
from app.text.xml import Comment, Document, Instruction, Xml, but

_OURS = frozenset({BPMN, DRAWN, BOUNDS, POINTS, SPIFF})
_DEFAULTS = {  # attributes of BPMN elements (chapters 7 to 10) that say what would hold without them
    "cancelActivity": "true", "isInterrupting": "true", "triggeredByEvent": "false", "isForCompensation": "false",
    "startQuantity": "1", "completionQuantity": "1", "isSequential": "false", "behavior": "All", "testBefore": "false",
    "instantiate": "false", "eventGatewayType": "Exclusive", "gatewayDirection": "Unspecified",
    "parallelMultiple": "false", "waitForCompletion": "true", "cancelRemainingInstances": "true",
    "isCollection": "false", "isUnlimited": "true", "textFormat": "text/plain", "loopType": "None",
    "expressionLanguage": "http://www.w3.org/1999/XPath", "typeLanguage": "http://www.w3.org/2001/XMLSchema",
}  # fmt: skip
_HEAD = ("documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef", "incoming", "outgoing")
_ROOTS = ("import", "extension", "collaboration", "process")  # of definitions; then the others by kind
_DATA = frozenset({"dataObject", "dataObjectReference", "dataStoreReference"})
_ARTIFACTS = frozenset({"textAnnotation", "association", "group"})

Key = tuple[int | float | str, ...]
Item = tuple[list[Comment | Instruction], Xml]  # an element with what stands before it


def ordered(document: Document) -> Document:
    """The same in canonical order, without space between elements."""
    return replace(document, root=_Order(document.root).of(document.root))


class _Order:
    """In which order the canonical writer puts the elements of one file."""

    def __init__(self, root: Xml) -> None:
        self.kinds: dict[str, str] = {}
        self.flows: dict[str, Key] = {}
        for place, node in enumerate(root.walk()):
            if node.namespace == BPMN and node.get("id"):
                self.kinds.setdefault(node.get("id"), node.name)
                if node.name == "sequenceFlow":
                    self.flows.setdefault(node.get("id"), (node.get("sourceRef"), place))

    def of(self, node: Xml) -> Xml:
        """The element, all below it ordered."""
        attributes = dict(node.attributes)
        if node.namespace == BPMN:
            attributes = {name: value for name, value in attributes.items() if _DEFAULTS.get(name) != value}
        if _verbatim(node):
            return but(node, attributes, node.content)
        items, after = _items(node)
        items = [(before, self.of(child)) for before, child in items]
        if node.namespace in _OURS:
            places = {id(child): (*self.key(node, child), place) for place, (_, child) in enumerate(items)}
            items.sort(key=lambda item: places[id(item[1])])
        content = (part for before, child in items for part in (*before, child))
        return but(node, attributes, (*content, *after))

    def key(self, node: Xml, child: Xml) -> Key:
        """Where a child stands among its siblings; those of the same key stay in the order of the file."""
        if node.namespace == DRAWN:
            return self.drawn(child) if node.name == "BPMNPlane" else ()
        name = child.name
        if child.namespace == BPMN and name in _HEAD:
            return (_HEAD.index(name), *self.reference(name, child))
        if node.name == "definitions":
            return self.root(child)
        if node.name == "process" or node.name in SUBPROCESSES:
            return self.inside(child)
        if node.name == "collaboration" and name != "participant":
            return 20, name, child.get("id")
        if name == "flowNodeRef":
            return 10, child.text.strip()
        return (15,)

    def reference(self, name: str, child: Xml) -> Key:
        """Flows that lead in or out, in the order of the flows themselves."""
        if name not in ("incoming", "outgoing"):
            return ()
        flow = child.text.strip()
        return self.flows.get(flow, (f"{flow}?", 0))

    def root(self, child: Xml) -> Key:
        if child.name in _ROOTS and child.namespace == BPMN:
            return (10 + _ROOTS.index(child.name),)
        return (20, child.name, child.get("id")) if child.namespace == BPMN else (30,)

    def inside(self, child: Xml) -> Key:
        """Of a process: what is about it as a whole, lanes, nodes, data, flows, notes."""
        name = child.name
        if child.namespace == BPMN and name in FLOW_NODES:
            return 20, child.get("id")
        if child.namespace == BPMN and name in _DATA:
            return 21, child.get("id")
        if child.namespace == BPMN and name == "sequenceFlow":
            return 22, child.get("sourceRef")
        if child.namespace == BPMN and name in _ARTIFACTS:
            return 23, child.get("id")
        return (10,) if name != "laneSet" else (11,)

    def drawn(self, child: Xml) -> Key:
        """Of a plane: what lies above is written later (BPMN 2.0.2, section 12.1)."""
        element = child.get("bpmnElement")
        if child.name == "BPMNEdge":
            return 5, element
        bounds = child.first("Bounds", BOUNDS)
        area = _size(bounds, "width") * _size(bounds, "height")
        match self.kinds.get(element):
            case "participant":
                return 0, element
            case "lane":
                return 1, -area, element
            case kind if kind in SUBPROCESSES:
                return 2, -area, element
            case "group" | "textAnnotation":
                return 4, element
        return 3, element


def _items(node: Xml) -> tuple[list[Item], list[Comment | Instruction]]:
    """The children, each with the comments and instructions before it, and what stands behind the last."""
    items: list[Item] = []
    waiting: list[Comment | Instruction] = []
    for part in node.content:
        if isinstance(part, Xml):
            items.append((waiting, part))
            waiting = []
        elif not isinstance(part, str):
            waiting.append(part)
    return items, waiting


def _verbatim(node: Xml) -> bool:
    """Whether the space in it says something: text is mixed with elements, or stands alone, or is to be preserved."""
    if node.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve":
        return True
    if any(part.strip() for part in node.content if isinstance(part, str)):
        return True
    return not node.children and node.namespace not in _OURS and bool(node.text)


def _size(bounds: Xml | None, name: str) -> float:
    try:
        return float(bounds.get(name)) if bounds is not None else 0.0
    except ValueError:
        return 0.0
