"""One flow node of a diagram, read as an `Element`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from app.bpmn.links import LINK, link_of
from app.bpmn.model import Element, Repetition, Timing, Trigger
from app.bpmn.names import BPMN, SPIFF
from app.bpmn.references import References
from app.bpmn.words import even
from app.text.xml import Xml

TIMES = ("timeDate", "timeDuration", "timeCycle")


@dataclass(frozen=True, slots=True)
class Home:
    """Where a node stands: the process, the embedded subprocess right around it (or ""), and what is around that."""

    process: str
    parent: str
    around: str

    @property
    def inside(self) -> str:
        """The process or subprocess right around it."""
        return self.parent or self.process


def element_of(node: Xml, file: str, home: Home, references: References) -> Element:
    """The facts of one node; not yet its lane and its flows."""
    definitions = [child for child in node.children if child.namespace == BPMN and child.name.endswith(_DEFINITION)]
    trigger = _trigger(node, definitions, references)
    return Element(
        id=node.get("id"),
        name=even(node.get("name")),
        kind=node.name,
        process=home.process,
        file=file,
        line=node.line,
        parent=home.parent,
        documentation=node.said("documentation"),
        called=node.get("calledElement"),
        message=trigger.name if trigger is not None and trigger.kind == "message" else "",
        link=link_of(node),
        definitions=tuple(definition.name for definition in definitions),
        trigger=trigger,
        timing=_timing(definitions),
        by_event=node.get("triggeredByEvent") == "true",
        attached_to=node.get("attachedToRef"),
        interrupting="false" not in (node.get("cancelActivity"), node.get("isInterrupting")),
        default=node.get("default"),
        loop=_loop(node),
        node=node,
        **_extensions(node),
    )


_DEFINITION = "EventDefinition"


def _trigger(node: Xml, definitions: list[Xml], references: References) -> Trigger | None:
    if node.name in ("sendTask", "receiveTask"):
        return Trigger("message", references.named("message", node))
    if not definitions or definitions[-1].name == LINK:
        return None
    kind = definitions[-1].name.removesuffix(_DEFINITION)
    return Trigger(kind, references.named(kind, definitions[-1]))


def _timing(definitions: list[Xml]) -> Timing | None:
    found = None
    for definition in definitions:
        for kind in TIMES:
            if definition.first(kind) is not None:
                found = Timing(kind, definition.said(kind))
    return found


def _extensions(node: Xml) -> dict[str, Any]:
    """What SpiffWorkflow's extension elements say (docs/package-format.md, "BPMN"), and BPMN's own script."""
    inner = node.first("extensionElements")
    scripts = {"script.before": "", "script": node.said("script"), "script.after": ""}
    facts: dict[str, Any] = {}
    if inner is not None:
        scripts["script.before"], scripts["script.after"] = (
            inner.said("preScript", SPIFF),
            inner.said("postScript", SPIFF),
        )
        items = [item for group in inner.all("properties", SPIFF) for item in group.all("property")]
        counted = Counter(item.get("name") for item in items)
        facts["properties"] = {item.get("name"): item.get("value") for item in items}
        facts["repeated"] = tuple(sorted(name for name, count in counted.items() if count > 1))
        facts["number"] = facts["properties"].get("number", "")
        facts["decision"] = inner.said("calledDecisionId", SPIFF)
        operator = inner.first("serviceTaskOperator", SPIFF)
        if operator is not None:
            facts["operator"] = operator.get("id") if node.name in ("serviceTask", "sendTask") else ""
            facts["result_variable"] = operator.get("resultVariable")
            facts["parameters"] = {
                each.get("id"): each.get("value").strip() for each in operator.walk() if each.name == "parameter"
            }
    facts["scripts"] = {part: text for part, text in scripts.items() if text}
    return facts


def _loop(node: Xml) -> Repetition | None:
    standard = node.first("standardLoopCharacteristics")
    if standard is not None:
        return Repetition(
            standard=True,
            sequential=True,
            condition=standard.said("loopCondition"),
            maximum=standard.get("loopMaximum"),
            test_before=standard.get("testBefore") == "true",
        )
    several = node.first("multiInstanceLoopCharacteristics")
    if several is None:
        return None
    return Repetition(
        sequential=several.get("isSequential") == "true",
        cardinality=several.said("loopCardinality"),
        collection=several.said("loopDataInputRef"),
        item=_called(several.first("inputDataItem")),
        output=several.said("loopDataOutputRef"),
        output_item=_called(several.first("outputDataItem")),
        condition=several.said("completionCondition"),
    )


def _called(item: Xml | None) -> str:
    return "" if item is None else item.get("name") or item.get("id")
