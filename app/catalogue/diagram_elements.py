"""One flow node of a diagram, read as an `Element`."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element as Node

from app.catalogue.diagram_words import even
from app.catalogue.drawn import Element, Loop
from app.catalogue.extensions import BPMN, Extensions
from app.catalogue.terms import Lane
from app.errors import Problem
from app.feel.xml import local

EVENTS = {  # kind of event to the definitions it may have; "" = none
    "startEvent": {""},
    "endEvent": {"", "terminate"},
    "boundaryEvent": {"timer", "message"},
    "intermediateCatchEvent": {"timer"},
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: the process, the embedded subprocess around it (or ""), the lane that this gives it."""

    process: str
    parent: str
    lane: str


class ElementReader:
    """Reads the nodes of one file. `messages`: id to name."""

    def __init__(self, file: str, lanes: dict[str, Lane], messages: dict[str, str], problems: list[Problem]) -> None:
        self.file = file
        self.lanes = lanes
        self.messages = messages
        self.problems = problems

    def read(self, node: Node, kind: str, place: Place) -> Element:
        """The element of one flow node, without what leads on from it."""
        element_id = node.get("id", "")
        extensions = Extensions(node)
        properties = extensions.properties()
        for name in extensions.repeated():
            self.say(element_id, "The property %(name)s stands there twice: remove one.", name=name)
        operator, parameters, result = extensions.service()
        event = self._event(node, kind, element_id)
        lane = properties.get("lane", "").strip() or place.lane
        if kind == "subProcess" and node.get("triggeredByEvent") == "true":
            self.say(element_id, "Event subprocesses are not supported: use a boundary event.")
        timer_kind, timer = _timer(node)
        reference = node if kind == "receiveTask" else node.find(f"{BPMN}messageEventDefinition")
        message = self._message(reference, element_id) if kind == "receiveTask" or event == "message" else ""
        return Element(
            id=element_id,
            name=even(node.get("name")),
            kind=kind,
            process=place.process,
            file=self.file,
            parent=place.parent,
            lane=lane,
            side=self.lanes[lane].side if lane in self.lanes else "",
            properties=properties,
            operator=operator if kind == "serviceTask" else "",
            parameters=parameters,
            result_variable=result,
            documentation=(node.findtext(f"{BPMN}documentation") or "").strip(),
            number=properties.get("number", ""),
            called=node.get("calledElement", ""),
            decision=extensions.text("calledDecisionId"),
            message=message,
            event=event,
            attached_to=node.get("attachedToRef", ""),
            default=node.get("default", ""),
            interrupting=node.get("cancelActivity", "true") != "false",
            timer=timer,
            timer_kind=timer_kind,
            scripts=_scripts(node, extensions),
            loop=_loop(node),
        )

    def _event(self, node: Node, kind: str, element_id: str) -> str:
        kinds = [
            local(child.tag).removesuffix("EventDefinition")
            for child in node
            if local(child.tag).endswith("EventDefinition")
        ]
        if kind not in EVENTS:
            return ""
        event = kinds[0] if kinds else ""
        if len(kinds) > 1 or event not in EVENTS[kind]:
            self.say(
                element_id,
                "%(kind)s with %(event)s is not supported.",
                kind=kind,
                event=" + ".join(kinds) or "no event",
            )
        return event

    def _message(self, node: Node | None, element_id: str) -> str:
        reference = node.get("messageRef", "") if node is not None else ""
        if not self.messages.get(reference):
            self.say(element_id, "No message with a name is chosen: choose one.")
        return self.messages.get(reference, "")

    def say(self, element: str, message: str, **params: str) -> None:
        self.problems.append(Problem(self.file, message, element, params))


def _text(node: Node, name: str) -> str:
    return (node.findtext(f"{BPMN}{name}") or "").strip()


def _timer(node: Node) -> tuple[str, str]:
    """(kind, Python expression) of a timer event; ("", "") where there is none."""
    definition = node.find(f"{BPMN}timerEventDefinition")
    for kind in ("timeDate", "timeDuration", "timeCycle") if definition is not None else ():
        if definition is not None and definition.find(f"{BPMN}{kind}") is not None:
            return kind, _text(definition, kind)
    return "", ""


def _scripts(node: Node, extensions: Extensions) -> dict[str, str]:
    found = {
        "script.before": extensions.text("preScript"),
        "script": _text(node, "script"),
        "script.after": extensions.text("postScript"),
    }
    return {part: text for part, text in found.items() if text}


def _loop(node: Node) -> Loop | None:
    standard = node.find(f"{BPMN}standardLoopCharacteristics")
    if standard is not None:
        return Loop(True, condition=_text(standard, "loopCondition"))
    several = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if several is None:
        return None
    item, result = several.find(f"{BPMN}inputDataItem"), several.find(f"{BPMN}outputDataItem")
    return Loop(
        False,
        _text(several, "completionCondition"),
        _text(several, "loopCardinality"),
        _text(several, "loopDataInputRef"),
        _called(item),
        _text(several, "loopDataOutputRef"),
        _called(result),
    )


def _called(item: Node | None) -> str:
    return "" if item is None else item.get("name") or item.get("id") or ""
