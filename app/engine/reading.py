"""From BPMN 2.0 XML to the facts of `diagram`. Reading judges nothing: `checks` does."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.diagram import (
    FLOW_NODES,
    REMARKS,
    Diagrams,
    Flow,
    MessageFlow,
    Node,
    Process,
    Repetition,
    Timing,
    Trigger,
)
from app.engine.xmltree import BPMN, SPIFF, BadXml, Xml, parse
from app.errors import Problem


def read(sources: Mapping[str, bytes]) -> Diagrams:
    """Read all files; whatever cannot be read is in `unread` and `problems`."""
    diagrams = Diagrams()
    for file in sorted(sources):
        try:
            root = parse(sources[file])
        except BadXml as error:
            diagrams.unread.append(Problem(file, error.message, params=error.params))
            continue
        if root.name != "definitions" or root.namespace != BPMN:
            diagrams.unread.append(Problem(file, "This is not a BPMN 2.0 file: its root must be “definitions”."))
            continue
        _File(diagrams, file, root).read()
    diagrams.problems[:0] = diagrams.unread
    return diagrams


class _File:
    """Reads one document into the common set."""

    def __init__(self, diagrams: Diagrams, file: str, root: Xml) -> None:
        self.diagrams = diagrams
        self.file = file
        self.root = root
        self.messages = {message.get("id"): message.get("name") for message in root.all("message")}
        self.names = self.messages | {each.get("id"): each.get("name") for each in root.all("signal")}
        self.codes = {
            each.get("id"): each.get(f"{kind}Code") or each.get("name")
            for kind in ("error", "escalation")
            for each in root.all(kind)
        }
        self.lanes = {
            ref.text.strip(): lane.get("id")
            for lane in root.walk()
            if lane.name == "lane" and lane.namespace == BPMN
            for ref in lane.all("flowNodeRef")
        }
        self.ids: set[str] = set()

    def read(self) -> None:
        # Shapes repeat no ids of their own that matter to us; only what is under BPMN's namespace must be
        # unique.
        for element in self.root.walk():
            identity = element.get("id") if element.namespace == BPMN else ""
            if identity and identity in self.ids:
                self.problem(
                    "The id “%(id)s” is used twice in this file; give each element its own.",
                    identity,
                    id=identity,
                )
            self.ids.add(identity)
        for element in self.root.all("process"):
            self.process(element, "")
        for collaboration in self.root.all("collaboration"):
            self.collaboration(collaboration)

    def problem(self, message: str, element: str = "", within: Process | None = None, **params: object) -> None:
        problems = self.diagrams.problems if within is None else within.problems
        problems.append(Problem(self.file, message, element, params))

    def collaboration(self, element: Xml) -> None:
        pools = {each.get("id"): each.get("processRef") for each in element.all("participant")}
        for flow in element.all("messageFlow"):
            source, target = flow.get("sourceRef"), flow.get("targetRef")
            self.diagrams.message_flows.append(
                MessageFlow(
                    flow.get("id"),
                    pools.get(source, source),
                    pools.get(target, target),
                    self.messages.get(flow.get("messageRef"), ""),
                )
            )

    def process(self, element: Xml, parent: str) -> None:
        process = Process(element.get("id"), element.get("name"), self.file, parent)
        if process.id in self.diagrams.processes:
            self.problem("There is another process or subprocess “%(id)s”.", process.id, id=process.id)
            return
        process.executable = element.get("isExecutable") != "false"
        self.diagrams.processes[process.id] = process
        for child in element.children:
            if child.namespace != BPMN or child.name in REMARKS or child.name.endswith("LoopCharacteristics"):
                continue
            if child.name == "sequenceFlow":
                process.flows.append(
                    Flow(
                        child.get("id"),
                        child.get("sourceRef"),
                        child.get("targetRef"),
                        child.said("conditionExpression"),
                    )
                )
            elif child.name in FLOW_NODES:
                self.node(child, process)
            else:
                process.refused[child.get("id")] = child.name
                self.problem(
                    "“%(kind)s” is not supported. Supported are %(supported)s.",
                    child.get("id") or process.id,
                    process,
                    kind=child.name,
                    supported=", ".join(sorted(FLOW_NODES)),
                )

    def node(self, element: Xml, process: Process) -> None:
        node = Node(element.get("id"), element.name, element.get("name"))
        node.lane = self.lanes.get(node.id, "")
        node.default = element.get("default")
        node.called = element.get("calledElement")
        node.by_event = element.get("triggeredByEvent") == "true"
        node.attached_to = element.get("attachedToRef")
        node.interrupting = "false" not in (element.get("cancelActivity"), element.get("isInterrupting"))
        node.script = element.said("script")
        self.definitions(element, node)
        self.extensions(element, node)
        node.repetition = _repetition(element)
        if element.first("ioSpecification") is not None:
            message = "Data inputs and outputs are not supported: all routing values go in and come back."
            self.problem(message, node.id, process)
        process.nodes.setdefault(node.id, node)
        if node.kind == "subProcess":
            node.called = node.id
            self.process(element, process.id)

    def definitions(self, element: Xml, node: Node) -> None:
        definitions = [
            child for child in element.children if child.namespace == BPMN and child.name.endswith("EventDefinition")
        ]
        node.definitions = tuple(definition.name for definition in definitions)
        reference = element.get("messageRef")
        for definition in definitions:
            reference = definition.get("messageRef") or reference
            for kind in ("timeDate", "timeDuration", "timeCycle"):
                if definition.first(kind) is not None:
                    node.timing = Timing(kind, definition.said(kind))
        if reference:
            node.message = self.messages.get(reference, "")
        if node.kind in ("receiveTask", "sendTask"):
            node.trigger = Trigger("message", node.message)
        elif definitions:
            kind = definitions[-1].name.removesuffix("EventDefinition")
            node.trigger = Trigger(kind, self.named(definitions[-1], kind))

    def named(self, definition: Xml, kind: str) -> str:
        """The name or code of what an event definition refers to."""
        reference = definition.get(f"{kind}Ref")
        return (self.codes if kind in ("error", "escalation") else self.names).get(reference, "")

    def extensions(self, element: Xml, node: Node) -> None:
        extensions = element.first("extensionElements")
        if extensions is None:
            return
        node.pre_script = extensions.said("preScript", SPIFF)
        node.post_script = extensions.said("postScript", SPIFF)
        node.decision = extensions.said("calledDecisionId", SPIFF)
        for properties in extensions.all("properties", SPIFF):
            node.properties.update({item.get("name"): item.get("value") for item in properties.all("property", SPIFF)})
        node.carries = _listed(node.properties.get("carries", ""))
        node.returns = _listed(node.properties["returns"]) if "returns" in node.properties else None
        operator = extensions.first("serviceTaskOperator", SPIFF)
        if operator is not None:
            node.operator = operator.get("id")
            node.result_variable = operator.get("resultVariable")
            node.parameters = {
                item.get("id"): item.get("value").strip()
                for group in operator.all("parameters", SPIFF)
                for item in group.all("parameter", SPIFF)
            }


def _repetition(element: Xml) -> Repetition | None:
    standard = element.first("standardLoopCharacteristics")
    if standard is not None:
        return Repetition(
            standard=True,
            sequential=True,
            condition=standard.said("loopCondition"),
            maximum=standard.get("loopMaximum"),
            test_before=standard.get("testBefore") == "true",
        )
    multiple = element.first("multiInstanceLoopCharacteristics")
    if multiple is None:
        return None
    item, output_item = multiple.first("inputDataItem"), multiple.first("outputDataItem")
    return Repetition(
        sequential=multiple.get("isSequential") == "true",
        cardinality=multiple.said("loopCardinality"),
        collection=multiple.said("loopDataInputRef"),
        item=_called(item),
        output=multiple.said("loopDataOutputRef"),
        output_item=_called(output_item),
        condition=multiple.said("completionCondition"),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _called(item: Xml | None) -> str:
    return "" if item is None else item.get("name") or item.get("id")
