"""What a diagram says, as frozen facts. Reading judges nothing: `faults` does, and the rooms above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.errors import Named
from app.text.xml import Document, Xml


@dataclass(frozen=True, slots=True)
class Timing:
    """When a timer fires: `kind` is timeDate, timeDuration or timeCycle, `expression` its value in Python."""

    kind: str
    expression: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """What an event waits for or throws: `name` of the message or signal, code of the error or escalation (which
    catches any without one). `kind`: message, timer, signal, error, terminate, … as the tag of its definition has it.
    """

    kind: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Repetition:
    """Standard loop (`standard`) or multi-instance characteristics of an activity. Expressions are Python."""

    standard: bool = False
    sequential: bool = False
    cardinality: str = ""  # how often
    collection: str = ""  # name of the list
    item: str = ""  # name of one item of it
    output: str = ""  # name of the list of results
    output_item: str = ""  # name of one result
    condition: str = ""  # a standard loop goes on while it is true; multi-instance ends when it becomes true
    maximum: str = ""
    test_before: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node. `kind` is its BPMN tag: userTask, serviceTask, callActivity, startEvent, …"""

    id: str
    name: str
    kind: str
    process: str  # id of the BPMN process around it
    file: str
    line: int = 0
    parent: str = ""  # id of the embedded subprocess around it
    lane: str = ""  # the property `lane`, else the lane set's, else that of the subprocess or host around it
    placed: bool = False  # its lane set lists it
    properties: Mapping[str, str] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()  # names of properties that stand there more than once
    operator: str = ""  # of a service or send task
    parameters: Mapping[str, str] = field(default_factory=dict)  # Python expressions
    result_variable: str = ""
    documentation: str = ""
    number: str = ""  # the circled number shown to people
    called: str = ""  # process id, of a call activity
    decision: str = ""  # decision id, of a business rule task
    message: str = ""  # message name, of a task or event that has one
    link: str = ""  # name of the link, of a link event that has one
    definitions: tuple[str, ...] = ()  # tags of its event definitions
    trigger: Trigger | None = None  # what its last event definition says; of send and receive tasks their message;
    # none of links, which are arrows
    timing: Timing | None = None
    by_event: bool = False  # an event subprocess
    attached_to: str = ""  # of a boundary event
    interrupting: bool = True  # of a boundary event or of the start event of an event subprocess
    incoming: tuple[str, ...] = ()  # ids of the flows that lead here
    leaving: tuple[str, ...] = ()  # ids of the flows that lead on
    outgoing: tuple[str, ...] = ()  # ids of the elements that these lead to
    default: str = ""  # id of the flow that is taken when no condition applies
    scripts: Mapping[str, str] = field(default_factory=dict)  # part (script, script.before, script.after) to Python
    loop: Repetition | None = None
    node: Xml | None = None  # all that stands in the file

    @property
    def named(self) -> Named:
        """The element as people know it."""
        return Named(self.id, self.name)

    @property
    def event(self) -> str:
        """timer, message, terminate, …: the kind of its only event definition; of several, joined by “ + ”."""
        return " + ".join(tag.removesuffix("EventDefinition") for tag in self.definitions)

    @property
    def inside(self) -> str:
        """The process or subprocess in which it stands."""
        return self.parent or self.process

    @property
    def runs(self) -> str:
        """The process or subprocess that it runs; "" of every other element."""
        return self.called or (self.id if self.kind == "subProcess" else "")

    @property
    def waits(self) -> bool:
        """Whether a token that comes to it as an event or receive task rests until something happens."""
        return self.kind == "receiveTask" or (self.kind == "intermediateCatchEvent" and self.event != "link")

    @property
    def attributes(self) -> Mapping[str, str]:
        """All of the file, by name or {namespace}name."""
        return self.node.attributes if self.node is not None else {}

    @property
    def extensions(self) -> tuple[Xml, ...]:
        """Its extension elements, known and unknown."""
        inner = self.node.first("extensionElements") if self.node is not None else None
        return inner.children if inner is not None else ()

    @property
    def carries(self) -> tuple[str, ...]:
        """Names of the routing values that go with what it throws."""
        return self.listed("carries")

    @property
    def returns(self) -> tuple[str, ...] | None:
        """Names of the routing values that come back from what it runs; None: all."""
        return self.listed("returns") if "returns" in self.properties else None

    def listed(self, name: str) -> tuple[str, ...]:
        """The comma-separated values of a property; () where there is none."""
        text = self.properties.get(name)
        return tuple(part.strip() for part in text.split(",") if part.strip()) if text else ()

    def flag(self, name: str) -> bool:
        """Whether a property is `true`."""
        return self.properties.get(name, "").strip().lower() == "true"

    def whole(self, name: str) -> int | None:
        """A property as a whole number; None where there is none or it is no number (which a check says)."""
        text = self.properties.get(name, "").strip()
        return int(text) if text.isascii() and text.isdigit() else None


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `inside`: id of the process or embedded subprocess around it."""

    id: str
    name: str
    source: str
    target: str
    file: str
    inside: str
    condition: str = ""  # Python, as written
    line: int = 0
    shown: bool = True  # an arrow shows it; else two link events stand for it (app.bpmn.links)


@dataclass(frozen=True, slots=True)
class MessageFlow:
    """Between two pools: each end is the id of a flow node, of a process for a pool as a whole, or "" for a pool that
    has no process."""

    id: str
    source: str
    target: str
    message: str = ""  # name, where it says one


@dataclass(frozen=True, slots=True)
class Stranger:
    """Something that stands in a process and that BPMN does not know there, or that has no place in a process."""

    id: str
    kind: str
    line: int


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane of a lane set; `inner`: it is parted no further, so it says who acts."""

    id: str
    name: str
    inner: bool
    line: int


@dataclass(frozen=True, slots=True)
class Process:
    """A process, or an embedded subprocess (`parent` is then the process or subprocess around it)."""

    id: str
    name: str
    file: str
    line: int = 0
    parent: str = ""
    executable: bool = True
    elements: tuple[Element, ...] = ()
    flows: tuple[Flow, ...] = ()
    strangers: tuple[Stranger, ...] = ()
    lanes: tuple[Lane, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """Where an element is drawn, in pixels of the drawing."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Diagram:
    """One file. `processes`: those at the top, then their subprocesses, in the order of the file."""

    file: str
    document: Document
    processes: tuple[Process, ...] = ()
    message_flows: tuple[MessageFlow, ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=dict)  # by id of what they show
    edges: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)  # way-points, by id of the flow

    def elements(self) -> Iterator[Element]:
        """Every flow node, those in subprocesses too."""
        return (element for process in self.processes for element in process.elements)

    def flows(self) -> Iterator[Flow]:
        """Every sequence flow of the file."""
        return (flow for process in self.processes for flow in process.flows)
