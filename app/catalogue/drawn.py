"""What diagrams draw, as frozen facts (docs/package-format.md, "BPMN: what the portal reads")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.errors import Named


@dataclass(frozen=True, slots=True)
class ProcessInfo:
    id: str
    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Flow:
    """An arrow (sequence flow); `inside`: id of the process or embedded subprocess around it."""

    id: str
    name: str
    source: str
    target: str
    file: str
    inside: str
    condition: str = ""  # Python, as written


@dataclass(frozen=True, slots=True)
class Loop:
    """How an element repeats: as a standard loop, or once for each item of a list or as often as a number says."""

    standard: bool
    condition: str = ""  # a standard loop goes on while it is true; the other kinds end when it is
    times: str = ""  # Python: how often
    items: str = ""  # name of the list
    item: str = ""  # name of one item of it
    results: str = ""  # name of the list of results
    result: str = ""  # name of one result


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node of a diagram. `kind` is its BPMN tag: userTask, serviceTask, callActivity, startEvent, …"""

    id: str
    name: str
    kind: str
    process: str  # id of the BPMN process around it
    file: str
    parent: str = ""  # id of the embedded subprocess around it
    lane: str = ""
    side: str = ""  # "vendor" | "operator" | "" where no lane is known
    properties: Mapping[str, str] = field(default_factory=dict)
    operator: str = ""  # of a service task
    parameters: Mapping[str, str] = field(default_factory=dict)  # Python expressions as written
    result_variable: str = ""
    documentation: str = ""
    number: str = ""  # the circled number shown to people
    called: str = ""  # process id, of a call activity
    decision: str = ""  # decision id, of a business rule task
    message: str = ""  # message name, of a receive task or a message event
    event: str = ""  # timer | message | terminate | …, of an event
    attached_to: str = ""  # of a boundary event
    outgoing: tuple[str, ...] = ()  # ids of the elements that its flows lead to
    default: str = ""  # id of the flow that an exclusive gateway takes when no condition applies
    interrupting: bool = True  # of a boundary event: it ends what it sits on
    timer: str = ""  # when it fires: a Python expression
    timer_kind: str = ""  # timeDate | timeDuration | timeCycle
    scripts: Mapping[str, str] = field(default_factory=dict)  # part (script, script.before, script.after) to Python
    loop: Loop | None = None

    @property
    def named(self) -> Named:
        """The element as people know it."""
        return Named(self.id, self.name)

    def listed(self, name: str) -> tuple[str, ...]:
        """The comma-separated values of a property; () where there is none."""
        return tuple(part.strip() for part in self.properties.get(name, "").split(",") if part.strip())

    def flag(self, name: str) -> bool:
        return self.properties.get(name, "").strip().lower() == "true"

    def whole(self, name: str) -> int | None:
        """A property as a whole number; None where there is none or it is no number (which `check` says)."""
        text = self.properties.get(name, "").strip()
        return int(text) if text.isascii() and text.isdigit() else None


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of Python in a diagram. `element`: id of the element or flow that holds it."""

    file: str
    element: str
    part: str
    text: str
    script: bool = False  # statements; else one expression


def codes_of(element: Element) -> Iterator[Code]:
    """Everything in an element that is run or worked out, in the order in which it happens."""
    file, name = element.file, element.id
    if element.timer:
        yield Code(file, name, "time", element.timer)
    if element.loop is not None:
        for part, text in (("loop.times", element.loop.times), ("loop.condition", element.loop.condition)):
            if text:
                yield Code(file, name, part, text)
    for part in ("script.before", "script", "script.after"):
        if element.scripts.get(part):
            yield Code(file, name, part, element.scripts[part], script=True)
    for parameter, text in element.parameters.items():
        if text.strip():
            yield Code(file, name, f"parameter:{parameter}", text)


def code_of(flow: Flow) -> Iterator[Code]:
    """The condition of an arrow, where it has one."""
    if flow.condition:
        yield Code(flow.file, flow.id, "condition", flow.condition)
