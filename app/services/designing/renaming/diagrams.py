"""A name within a diagram: attributes and references of BPMN, properties and parameters by their kind, expressions."""

from __future__ import annotations

from app import bpmn
from app.bpmn.names import BPMN, SPIFF
from app.declarations import CONNECTORS, PROPERTIES, Kind
from app.services.designing.renaming.asked import Rename, each_of
from app.services.designing.renaming.expressions import in_feel, in_python
from app.text import xml
from app.text.xml import Comment, Instruction, Xml, but

_IDS = ("id", "sourceRef", "targetRef", "attachedToRef", "default", "bpmnElement", "processRef")
_REFERENCES = frozenset({"flowNodeRef", "incoming", "outgoing"})
_EXPRESSIONS = frozenset(
    {"conditionExpression", "script", "preScript", "postScript", "timeDate", "timeDuration", "timeCycle",
     "loopCondition", "loopCardinality", "completionCondition"}
)  # fmt: skip
_ELEMENTS = (Kind.ELEMENT, Kind.USER_TASK, Kind.SECRETS)
_OF_KIND = {"mail": (Kind.MAIL,), "document": (Kind.DOCUMENT, Kind.SHOWN)}


def in_diagram(data: bytes, ask: Rename) -> bytes:
    """The file with the other name."""
    document = xml.read(data)
    root = _Diagram(ask).node(document.root, "", "")
    written = bpmn.write(xml.Document(root, document.before, document.after))
    return data if written == bpmn.write(document) else written


class _Diagram:
    def __init__(self, ask: Rename) -> None:
        self.ask = ask

    def node(self, node: Xml, owner: str, operator: str) -> Xml:
        """`owner`: the flow node or flow that this stands in; `operator`: what its service does."""
        if node.namespace == BPMN and node.get("id") and not node.name.endswith(("Definition", "Characteristics")):
            owner = node.get("id")
        if node.name == "serviceTaskOperator":
            operator = node.get("id")
        attributes = dict(node.attributes)
        if self.ask.kind in ("element", "shape") and node.namespace != SPIFF:
            for name in _IDS:
                if name in attributes:
                    attributes[name] = self.ask.one(attributes[name])
        if node.name == "property" and node.namespace == SPIFF:
            attributes["value"] = self.property(node.get("name"), node.get("value"), owner)
        if node.name == "parameter" and node.namespace == SPIFF:
            attributes["value"] = self.parameter(operator, node.get("id"), node.get("value"), owner)
        content = tuple(self.part(part, node, owner, operator) for part in node.content)
        return but(node, attributes, content)

    def part(
        self, part: Xml | Comment | Instruction | str, node: Xml, owner: str, operator: str
    ) -> Xml | Comment | Instruction | str:
        if isinstance(part, Xml):
            return self.node(part, owner, operator)
        if isinstance(part, str) and self.ask.kind in ("element", "shape") and node.name in _REFERENCES:
            return part.replace(part.strip(), self.ask.one(part.strip())) if part.strip() else part
        if isinstance(part, str) and node.name in _EXPRESSIONS and self.reads(owner):
            return in_python(part, self.ask)
        return part

    def reads(self, owner: str) -> bool:
        return self.ask.kind in ("field", "option") and self.ask.routed and owner in self.ask.readers

    def property(self, name: str, value: str, owner: str) -> str:
        ask, declared = self.ask, PROPERTIES.get(name)
        if declared is None:
            return value
        kind = declared.kind
        if ask.kind == "element" and kind in _ELEMENTS:
            return ask.listed(value)
        if kind is Kind.SHOWN and ask.kind in ("element", "field", "document", "file"):
            return each_of(value, self.shown)
        if ask.kind in _OF_KIND and kind in _OF_KIND[ask.kind]:
            return ask.listed(value)
        if ask.kind == "field" and kind is Kind.FIELD and owner == ask.element:
            return ask.listed(value)
        if kind is Kind.CONDITION and owner == ask.element and ask.kind in ("field", "option"):
            return in_feel(value, ask)
        if ask.kind == "field" and ask.routed and ask.alone and kind is Kind.NAME:
            return ask.listed(value)
        return value

    def shown(self, part: str) -> str:
        if self.ask.kind == "file":
            old, new = (f"file:{name.removeprefix('files/')}" for name in (self.ask.old, self.ask.new))
            return new if part == old else part
        element, dot, key = part.partition(".")
        if self.ask.kind == "element" and dot and element == self.ask.old:
            return f"{self.ask.new}.{key}"
        if self.ask.kind == "field" and element == self.ask.element and key == self.ask.old:
            return f"{element}.{self.ask.new}"
        return self.ask.one(part) if self.ask.kind == "document" else part

    def parameter(self, operator: str, name: str, value: str, owner: str) -> str:
        connector = CONNECTORS.get(operator)
        declared = next((each for each in connector.parameters if each.name == name), None) if connector else None
        if declared is None:
            return value
        wanted = {"element": _ELEMENTS, "mail": (Kind.MAIL,), "document": (Kind.DOCUMENT,)}.get(self.ask.kind, ())
        if declared.kind in wanted and value.strip() in (f"'{self.ask.old}'", f'"{self.ask.old}"'):
            return f"'{self.ask.new}'"
        return in_python(value, self.ask) if declared.kind is Kind.ANSWER and self.reads(owner) else value
