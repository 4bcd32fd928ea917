"""Which way messages go: where a message flow is drawn it says who takes what is sent there, and who may send what is
taken (BPMN 2.0.2, section 9.4). Worked out once, when diagrams are compiled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.bpmn import Element, MessageFlow
from app.engine.diagram import Diagrams, Process


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: to an element, or to whoever waits in a process; to anybody, where both are empty."""

    process: str = ""
    element: str = ""


@dataclass(frozen=True, slots=True)
class Throws:
    """What an element throws when it is done: `kind` and `name` as of a `Trigger`. `carries`: names of the routing
    values that go with it. Of a message: `targets`, to each of which it is sent; none where it leaves the case.
    """

    kind: str
    name: str
    carries: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Receives:
    """From whom a message is taken: ids of elements and processes, any where it is None; `outside`: also
    from without the case.
    """

    sources: frozenset[str] | None = None
    outside: bool = True


ANYBODY = Receives()


@dataclass(frozen=True, slots=True)
class MessageStart:
    """A start event with which a message begins its process, beside what runs in the case already."""

    element: str
    message: str
    receives: Receives


class Routing:
    """The message flows of a package."""

    def __init__(self, diagrams: Diagrams) -> None:
        self.flows = diagrams.message_flows
        self.home = {process.id: process.top for process in diagrams.processes.values()}
        for process in diagrams.processes.values():
            self.home.update(dict.fromkeys(process.nodes, self.home[process.id]))
        self.taken = {
            node.message
            for process in diagrams.processes.values()
            for node in process.nodes.values()
            if node.kind != "sendTask" and node.kind not in ("endEvent", "intermediateThrowEvent")
        }

    def throws(self, node: Element, process: Process) -> Throws | None:
        """What a throwing element throws; None where it throws nothing."""
        sending = node.kind in ("endEvent", "intermediateThrowEvent") or node.kind == "sendTask"
        if node.trigger is None or not sending or node.trigger.kind == "terminate":
            return None
        kind, name = node.trigger.kind, node.trigger.name
        if kind == "message" and not name:
            return None  # a send task that only has an operator
        targets = tuple(self.targets(node, process)) if kind == "message" else ()
        return Throws(kind, name, node.carries, targets)

    def targets(self, node: Element, process: Process) -> Iterator[Target]:
        """One for each message flow that leads out of it to something that runs."""
        flows = [flow for flow in self.flows if flow.source == node.id]
        flows = flows or [flow for flow in self.flows if self.of_pool(flow.source, flow, node, process)]
        if not flows and node.message in self.taken:
            yield Target()
        for flow in flows:
            if flow.target in self.home:
                home = self.home[flow.target]
                yield Target(home, "" if home == flow.target else flow.target)

    def receives(self, node: Element, process: Process) -> Receives:
        """From whom a catching element takes its message."""
        flows = [flow for flow in self.flows if flow.target == node.id]
        flows = flows or [flow for flow in self.flows if self.of_pool(flow.target, flow, node, process)]
        if not flows:
            return ANYBODY
        sources = frozenset(flow.source for flow in flows if flow.source in self.home)
        return Receives(sources, any(flow.source not in self.home for flow in flows))

    def of_pool(self, end: str, flow: MessageFlow, node: Element, process: Process) -> bool:
        """Whether a flow that ends at a pool as a whole, and names this message, is one of this element."""
        return bool(end) and end == self.home[process.id] and flow.message == node.message != ""
