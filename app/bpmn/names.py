"""The words of BPMN 2.0.2 (ISO/IEC 19510) that a file may hold, by what they are to a reader."""

from __future__ import annotations

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DRAWN = "http://www.omg.org/spec/BPMN/20100524/DI"  # diagram interchange (chapter 12)
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
POINTS = "http://www.omg.org/spec/DD/20100524/DI"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"  # the extension elements that docs/package-format.md names
XSI = "http://www.w3.org/2001/XMLSchema-instance"

TASKS = frozenset(
    {
        "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "scriptTask",
    }
)  # fmt: skip
SUBPROCESSES = frozenset({"subProcess", "adHocSubProcess", "transaction"})
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
EVENTS = frozenset(
    {
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
        "implicitThrowEvent",
    }
)  # fmt: skip
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"})
CHOREOGRAPHIES = frozenset({"callChoreography", "choreographyTask", "subChoreography"})
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS | CHOREOGRAPHIES

# What stands in a process or activity and is no flow node: drawn for people, or read as a part of what holds it.
REMARKS = frozenset(
    {
        "documentation", "extensionElements", "laneSet", "textAnnotation", "association", "group", "dataObject",
        "dataObjectReference", "dataStore", "dataStoreReference", "property", "categoryValueRef", "incoming",
        "outgoing", "auditing", "monitoring",
        "ioSpecification", "ioBinding", "supports", "supportedInterfaceRef", "correlationSubscription",
        "resourceRole", "performer", "humanPerformer", "potentialOwner", "completionCondition", "artifact",
        "dataInputAssociation", "dataOutputAssociation", "standardLoopCharacteristics",
        "multiInstanceLoopCharacteristics", "loopCharacteristics", "rendering",
    }
)  # fmt: skip
