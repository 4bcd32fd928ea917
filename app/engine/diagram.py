"""What a diagram says, as plain facts."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.errors import Problem

ACTIVITIES = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "receiveTask",
        "businessRuleTask",
        "scriptTask",
        "subProcess",
        "callActivity",
    }
)
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS

# Drawn for people; the engine passes over them.
REMARKS = frozenset(
    {
        "documentation",
        "extensionElements",
        "laneSet",
        "textAnnotation",
        "association",
        "group",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "property",
        "incoming",
        "outgoing",
        "auditing",
        "monitoring",
    }
)


@dataclass(frozen=True, slots=True)
class Timing:
    """When a timer fires: `kind` is timeDate, timeDuration or timeCycle, `expression` its value in Python."""

    kind: str
    expression: str


@dataclass(frozen=True, slots=True)
class Repetition:
    """Standard loop (`standard`) or multi-instance characteristics of an activity."""

    standard: bool = False
    sequential: bool = False
    cardinality: str = ""
    collection: str = ""
    item: str = ""
    output: str = ""
    output_item: str = ""
    condition: str = ""  # a standard loop goes on while it is true; multi-instance ends when it becomes true
    maximum: str = ""
    test_before: bool = False


@dataclass(slots=True)
class Node:
    """A flow node of a diagram with everything the engine needs of it."""

    id: str
    kind: str  # BPMN tag, e.g. userTask
    name: str
    lane: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    definitions: tuple[str, ...] = ()  # tags of its event definitions
    timing: Timing | None = None
    message: str = ""
    script: str = ""
    pre_script: str = ""
    post_script: str = ""
    operator: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    result_variable: str = ""
    decision: str = ""
    called: str = ""
    by_event: bool = False  # an event subprocess
    attached_to: str = ""
    interrupting: bool = True
    default: str = ""
    repetition: Repetition | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` is empty where there is none."""

    id: str
    source: str
    target: str
    condition: str = ""


@dataclass(slots=True)
class Process:
    """A process, or an embedded subprocess (`parent` is then the process around it)."""

    id: str
    name: str
    file: str
    parent: str = ""
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)  # what is drawn there and not supported: id to tag


@dataclass(slots=True)
class Diagrams:
    """Everything that a package's BPMN files say, and what could not be read."""

    processes: dict[str, Process] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)  # those of files of which nothing could be read
