"""From the facts of checked diagrams to SpiffWorkflow specs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.bpmn import Element
from app.bpmn.names import GATEWAYS
from app.engine.diagram import Diagrams, Process
from app.engine.eventsubs import EventActivity, EventStart
from app.engine.gateways import Choice, End, EndJoin, Inclusive, Parallel, Split
from app.engine.loops import Loop, MultiInstance
from app.engine.model import Decide
from app.engine.routing import MessageStart, Routing
from app.engine.specs import Lean, Plain, ProcessSpec
from app.engine.tasks import Activity, Person, Rule, Script, Service
from app.engine.waiting import Border, Boundary, Catch, EventGate
from app.errors import ScriptError


def build(diagrams: Diagrams, decisions: Mapping[str, Decide]) -> dict[str, ProcessSpec]:
    """The specs of all processes and embedded subprocesses, by id."""
    routing = Routing(diagrams)
    return {
        process.id: _Builder(process, diagrams, decisions, routing).build() for process in diagrams.processes.values()
    }


class _Builder:
    """Builds the spec of one process."""

    def __init__(self, process: Process, diagrams: Diagrams, decisions: Mapping[str, Decide], routing: Routing) -> None:
        self.process = process
        self.diagrams = diagrams
        self.decisions = decisions
        self.routing = routing
        self.spec = ProcessSpec(process.id, process.file)
        self.spec.end = EndJoin(self.spec, ":end")
        self.enters: dict[str, Lean] = {}  # where a flow into the node leads
        self.leaves: dict[str, Lean] = {}  # where a flow out of it starts

    def build(self) -> ProcessSpec:
        for node in self.process.nodes.values():
            self.add(node)
        self.add_borders()
        for node in self.process.nodes.values():
            self.add_ways(node)
        for flow in self.process.flows:
            if not isinstance(self.leaves[flow.source], Choice):
                self.leaves[flow.source].connect(self.enters[flow.target])
        for node in self.process.nodes.values():
            self.finish(node)
        for made in self.leaves.values():
            if isinstance(made, Inclusive):
                made.look_back()  # over all flows, whatever was drawn first
        return self.spec

    def add(self, node: Element) -> None:
        name = node.id if node.loop is None else f"{node.id}:each"
        scripts: dict[str, Any] = {} if node.loop else _around(node)
        made = self.make(node, name, scripts)
        throws = self.routing.throws(node, self.process)
        if throws is not None:
            made.throws = throws
        if node.loop is not None:
            kind = Loop if node.loop.standard else MultiInstance
            around = kind(
                self.spec,
                node.id,
                instance=name,
                repetition=node.loop,
                drawn=node.id,
                **_around(node),
            )
            made._connect_notify(around)
            made = around
        self.enters[node.id] = self.leaves[node.id] = made

    def make(self, node: Element, name: str, scripts: dict[str, Any]) -> Lean:
        common: tuple[Any, ...] = (self.spec, name, node.id)
        match node.kind:
            case "userTask":
                return Person(*common, **scripts)
            case "scriptTask":
                return Script(*common, script=node.scripts.get("script", ""), **scripts)
            case "serviceTask" | "sendTask" if node.operator:
                return Service(
                    *common,
                    operator=node.operator,
                    parameters=dict(node.parameters),
                    result=node.result_variable,
                    **scripts,
                )
            case "businessRuleTask":
                return Rule(*common, decide=self.decisions.get(node.decision) or _undecided(node.decision), **scripts)
            case _ if node.waits:
                return Catch(*common, **self.caught(node), **scripts)
            case "boundaryEvent":
                return Boundary(*common, interrupting=node.interrupting, **self.caught(node))
            case "subProcess" if node.by_event:
                return EventActivity(*common, called=node.runs, **scripts)
            case "subProcess" | "callActivity":
                return Activity(*common, called=node.runs, returns=node.returns, **scripts)
            case "exclusiveGateway":
                return Choice(*common)
            case "parallelGateway":
                return Parallel(*common)
            case "inclusiveGateway":
                return Inclusive(*common)
            case "eventBasedGateway":
                return EventGate(*common)
            case "endEvent":
                return End(*common, terminates="terminateEventDefinition" in node.definitions)
            case _:
                return Plain(*common, **scripts)

    def caught(self, node: Element) -> dict[str, Any]:
        """What a catching element waits for."""
        receives = self.routing.receives(node, self.process)
        return {"trigger": node.trigger, "timing": node.timing, "receives": receives}

    def add_standing_by(self, node: Element) -> None:
        """An event subprocess: its start event stands by from the start of the process around it."""
        inside = self.diagrams.processes[node.id]
        start = next((each for each in inside.nodes.values() if each.kind == "startEvent"), None)
        if start is None:
            return  # nothing ever begins it
        standing = EventStart(
            self.spec,
            f"{node.id}:standing",
            start.id,
            starts=node.id,
            interrupting=start.interrupting,
            trigger=start.trigger,
            timing=start.timing,
            receives=self.routing.receives(start, inside),
        )
        self.spec.start.connect(standing)
        standing.connect(self.enters[node.id])
        self.leaves[node.id].connect(self.spec.end)

    def add_start(self, node: Element) -> None:
        self.spec.start.connect(self.enters[node.id])
        starts = [each for each in self.process.nodes.values() if each.kind == "startEvent"]
        if node.trigger is None or len(starts) == 1:
            self.spec.start.plain = node.id
        if node.message and not self.process.parent:
            receives = self.routing.receives(node, self.process)
            self.spec.message_starts.append(MessageStart(node.id, node.message, receives))

    def add_borders(self) -> None:
        for node in self.process.nodes.values():
            if node.kind != "boundaryEvent":
                continue
            main = self.leaves[node.attached_to]
            if self.enters[node.attached_to] is main:
                border = Border(self.spec, f"{node.attached_to}:border", main=main.name)
                border.connect(main)
                self.enters[node.attached_to] = border
            self.enters[node.attached_to].connect(self.leaves[node.id])

    def add_ways(self, node: Element) -> None:
        """Several flows, or one with a condition, out of an activity or event: what decides stands behind it."""
        flows = [flow for flow in self.process.flows if flow.source == node.id]
        if node.kind in GATEWAYS or (len(flows) < 2 and not any(flow.condition for flow in flows)):
            return
        split = Split(self.spec, f"{node.id}:ways")
        split.drawn = node.id
        self.leaves[node.id].connect(split)
        self.leaves[node.id] = split

    def finish(self, node: Element) -> None:
        made = self.leaves[node.id]
        if isinstance(made, Split):
            for flow in self.process.flows:
                if flow.source == node.id and flow.id == node.default:
                    made.default = self.enters[flow.target].name
                elif flow.source == node.id:
                    made.ways.append((self.enters[flow.target].name, flow.condition))
        if node.kind == "startEvent":
            self.add_start(node)
        elif node.by_event:
            self.add_standing_by(node)
        elif isinstance(made, End) and not made.terminates:
            made.connect(self.spec.end)  # a terminate event ends the process itself
        elif isinstance(made, Choice):
            flows = [flow for flow in self.process.flows if flow.source == node.id]
            for flow in sorted(flows, key=lambda flow: flow.id == node.default):
                made.ways.append((self.enters[flow.target].name, "" if flow.id == node.default else flow.condition))
                made.connect(self.enters[flow.target])


def _around(node: Element) -> dict[str, str]:
    """Its scripts before and after."""
    return {"pre_script": node.scripts.get("script.before", ""), "post_script": node.scripts.get("script.after", "")}


def _undecided(name: str) -> Decide:
    """For a table that today's reading of it refuses: a case that comes to it says so, and the others go on."""

    def decide(_data: dict[str, Any]) -> dict[str, Any]:
        raise ScriptError("The decision table “%(id)s” cannot be read.", id=name)

    return decide
