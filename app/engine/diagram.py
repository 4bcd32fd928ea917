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
        "sendTask",
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
class Trigger:
    """What an event waits for or throws: `name` of the message or signal, code of the error or escalation (an error or
    escalation event without one catches any).
    """

    kind: str  # message | timer | signal | error | escalation | terminate, or a kind that is not supported
    name: str = ""


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
    trigger: Trigger | None = None  # what the (last) definition says; of send and receive tasks their message
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
    carries: tuple[str, ...] = ()  # names of routing values that go with what it throws
    returns: tuple[str, ...] | None = None  # names of routing values that come back from a call; None: all
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


@dataclass(frozen=True, slots=True)
class MessageFlow:
    """Between two pools: each end is the id of a flow node, of a process for a pool as a whole, or "" for a pool that
    has no process."""

    id: str
    source: str
    target: str
    message: str = ""  # name, where it says one


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
    executable: bool = True
    problems: list[Problem] = field(default_factory=list)  # of reading what is in it

    def top(self, diagrams: Diagrams) -> Process:
        """The process around all subprocesses around this one; itself, where there is none."""
        process = self
        while process.parent:
            process = diagrams.processes[process.parent]
        return process


@dataclass(slots=True)
class Diagrams:
    """Everything that a package's BPMN files say, and what could not be read."""

    processes: dict[str, Process] = field(default_factory=dict)
    message_flows: list[MessageFlow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)  # those of files of which nothing could be read

    def running(self, entry: str) -> Diagrams:
        """Without the pictures: processes that say that they are not executable, with all that is in them. A process
        that a case begins with, or that is called, runs whatever it says."""
        used, pending = {entry}, [entry]
        pending += [process.id for process in self.processes.values() if process.executable and not process.parent]
        used.update(pending)
        while pending:
            home = pending.pop()
            for process in self.processes.values():
                if process.top(self).id != home:
                    continue
                for node in process.nodes.values():
                    if node.called in self.processes and node.called not in used:
                        used.add(node.called)
                        pending.append(node.called)
        kept = {name: process for name, process in self.processes.items() if process.top(self).id in used}
        return Diagrams(kept, self.message_flows, self.problems, self.unread)
