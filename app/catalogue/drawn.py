"""What diagrams draw, as frozen facts (docs/package-format.md, "BPMN: what the portal reads")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app import bpmn
from app.bpmn import Flow
from app.bpmn.words import even
from app.states import Side


@dataclass(frozen=True, slots=True)
class ProcessInfo:
    """A process of its own, not an embedded one."""

    id: str
    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Element(bpmn.Element):
    """A flow node of a package's diagrams."""

    side: Side = Side.UNSAID

    @property
    def title(self) -> str:
        """What whoever does it reads in lists, pages and mails; where it has no title of its own, its name."""
        return even(self.properties.get("title", "")) or self.name

    @property
    def title_en(self) -> str:
        """The same in English; "" where english.toml says it, or nobody."""
        return even(self.properties.get("title_en", ""))


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
    if element.timing is not None and element.timing.expression:
        yield Code(file, name, "time", element.timing.expression)
    if element.loop is not None:
        for part, text in (("loop.times", element.loop.cardinality), ("loop.condition", element.loop.condition)):
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
