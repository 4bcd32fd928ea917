"""What is wrong with a package's diagrams, all of it, each with its place and how to mend it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

from app.engine import clock, expressions
from app.engine.diagram import ACTIVITIES, GATEWAYS, Diagrams, Flow, Node, Process, Repetition, Timing
from app.engine.loops import MAX_INSTANCES
from app.errors import Problem, ScriptError

MAX_NODES = 3_000  # in one package
MAX_WAYS = 50  # out of one gateway
MAX_LOOPS = 1_000

_ID = re.compile(r"[^\W\d][\w.-]{0,99}")
_EVENTS_ALLOWED = {
    "startEvent": {()},
    "endEvent": {(), ("terminateEventDefinition",)},
    "intermediateThrowEvent": {()},
    "intermediateCatchEvent": {("timerEventDefinition",), ("messageEventDefinition",)},
    "boundaryEvent": {("timerEventDefinition",), ("messageEventDefinition",)},
}
_WAITS = frozenset({"userTask", "manualTask", "serviceTask", "receiveTask", "intermediateCatchEvent"})


def check(diagrams: Diagrams, entry: str, decisions: Collection[str]) -> list[Problem]:
    """Every problem, errors first to last in the order of the files, then warnings."""
    found = list(diagrams.problems)
    if entry not in diagrams.processes or diagrams.processes[entry].parent:
        file = next(iter(sorted({process.file for process in diagrams.processes.values()})), "package.toml")
        found.append(Problem(file, "The process “%(id)s”, with which a case begins, is not in the diagrams.",
                             params={"id": entry}))
    if sum(len(process.nodes) for process in diagrams.processes.values()) > MAX_NODES:
        found.append(Problem("", "The diagrams hold more than %(limit)s elements.", params={"limit": MAX_NODES}))
        return found
    homes: dict[str, str] = {}
    for process in diagrams.processes.values():
        checker = _ProcessChecker(process, diagrams, decisions, homes)
        checker.run()
        found += checker.problems
    found += _recursion(diagrams)
    return sorted(found, key=lambda problem: problem.severity != "error")


class _ProcessChecker:
    """Checks one process or embedded subprocess."""

    def __init__(self, process: Process, diagrams: Diagrams, decisions: Collection[str], homes: dict[str, str]) -> None:
        self.process = process
        self.diagrams = diagrams
        self.decisions = decisions
        self.homes = homes  # which file each element id was seen in
        self.problems: list[Problem] = []
        self.out: dict[str, list[Flow]] = defaultdict(list)
        self.into: dict[str, list[Flow]] = defaultdict(list)

    def say(self, element: str, message: str, severity: str = "error", **params: Any) -> None:
        self.problems.append(Problem(self.process.file, message, element, params, severity))

    def run(self) -> None:
        self.flows()
        self.identity(self.process.id)
        for node in self.process.nodes.values():
            self.identity(node.id)
            self.node(node)
        self.start()
        self.reach()

    def identity(self, element: str) -> None:
        if not _ID.fullmatch(element):
            self.say(element, "An id must begin with a letter and hold letters, digits, “_”, “-” and “.” alone, "
                              "100 at most.")
        other = self.homes.setdefault(element, self.process.file)
        if other != self.process.file and element in self.process.nodes:
            self.say(element, "The id “%(id)s” is also used in %(file)s; ids are unique in a package.",
                     id=element, file=other)

    def flows(self) -> None:
        for flow in self.process.flows:
            if flow.source not in self.process.nodes or flow.target not in self.process.nodes:
                self.say(flow.id, "This flow does not join two elements of the same process; draw it anew.")
                continue
            self.out[flow.source].append(flow)
            self.into[flow.target].append(flow)

    def node(self, node: Node) -> None:
        self.events(node)
        self.ways(node)
        for name, code in (("script before", node.pre_script), ("script after", node.post_script)):
            if code:
                self.script(node.id, code, name)
        if node.repetition is not None:
            self.repetition(node, node.repetition)
        match node.kind:
            case "scriptTask":
                self.script(node.id, node.script, "script")
            case "serviceTask":
                self.service(node)
            case "businessRuleTask":
                if node.decision not in self.decisions:
                    self.say(node.id, "There is no decision table “%(id)s”; name one of the package's.", id=node.decision)
            case "receiveTask":
                self.message(node)
            case "callActivity":
                self.call(node)
            case "subProcess" if node.by_event:
                self.say(node.id, "Event subprocesses are not supported; put a boundary event on a call activity.")

    def events(self, node: Node) -> None:
        allowed = _EVENTS_ALLOWED.get(node.kind)
        if allowed is None:
            if node.definitions and node.kind != "receiveTask":
                self.say(node.id, "An event definition does not belong here.")
            return
        if node.definitions not in allowed:
            self.say(node.id, "An event of this kind (%(kind)s) is not supported here.",
                     kind=", ".join(node.definitions) or "none")
            return
        if "messageEventDefinition" in node.definitions:
            self.message(node)
        if "timerEventDefinition" in node.definitions:
            self.timer(node, node.timing)
        if node.kind == "boundaryEvent":
            host = self.process.nodes.get(node.attached_to)
            if host is None or host.kind not in ACTIVITIES:
                self.say(node.id, "A boundary event must sit on a task, subprocess or call activity of its own process.")

    def message(self, node: Node) -> None:
        if not node.message:
            self.say(node.id, "It waits for a message; choose one that has a name.")

    def timer(self, node: Node, timing: Timing | None) -> None:
        if timing is None or not timing.expression:
            self.say(node.id, "The timer has no time; give it a date, a duration or a repetition.")
            return
        repeats = node.kind == "boundaryEvent" and not node.interrupting
        if timing.kind == "timeCycle" and not repeats:
            self.say(node.id, "Only a boundary event that does not interrupt may repeat.")
        if not self.expression(node.id, timing.expression, "time"):
            return
        value = _literal(timing.expression)
        if value is not None:
            read: Callable[[Any], Any] = {"timeCycle": clock.cycle, "timeDuration": clock.duration}.get(
                timing.kind, lambda text: clock.moment(text, clock.UTC))
            self.tried(node.id, "time", lambda: read(value))

    def ways(self, node: Node) -> None:
        out, into = self.out[node.id], self.into[node.id]
        if len(out) > MAX_WAYS or len(into) > MAX_WAYS:
            self.say(node.id, "More than %(limit)s flows meet here.", limit=MAX_WAYS)
        if node.kind in ("startEvent", "boundaryEvent") and into:
            self.say(node.id, "No flow may lead into this event.")
        if node.kind == "endEvent":
            if out:
                self.say(node.id, "No flow may lead out of an end event.")
        elif not out:
            self.say(node.id, "No flow leads on from here; connect it to what follows, at least an end event.")
        if len(out) > 1 and node.kind not in GATEWAYS:
            self.say(node.id, "Several flows lead out of this; put a gateway there to say whether all or one are taken.")
        if node.kind == "exclusiveGateway":
            self.conditions(node, out)
            return
        for flow in out:
            if flow.condition:
                self.say(flow.id, "A condition has a meaning only on a flow out of an exclusive gateway.")

    def conditions(self, node: Node, out: list[Flow]) -> None:
        if node.default and node.default not in {flow.id for flow in out}:
            self.say(node.id, "The default flow does not lead out of this gateway.")
        for flow in out:
            if flow.condition:
                self.expression(flow.id, flow.condition, "condition")
            elif len(out) > 1 and flow.id != node.default:
                self.say(flow.id, "This flow out of a gateway has no condition; give it one or make it the default.")
        if out and not node.default and all(flow.condition for flow in out):
            self.say(node.id, "There is no default flow: a case stops here when no condition applies.", "warning")

    def service(self, node: Node) -> None:
        if not node.operator:
            self.say(node.id, "The service task has no operator; choose what it does.")
        for name, code in node.parameters.items():
            self.expression(node.id, code, f"parameter {name}")
        if node.result_variable and not node.result_variable.isidentifier():
            self.say(node.id, "The result variable “%(name)s” is not a name.", name=node.result_variable)

    def call(self, node: Node) -> None:
        called = self.diagrams.processes.get(node.called)
        if called is None or called.parent:
            self.say(node.id, "It calls the process “%(id)s”, which is not in the package.", id=node.called)

    def repetition(self, node: Node, repetition: Repetition) -> None:
        if node.kind not in ACTIVITIES:
            self.say(node.id, "Only a task, subprocess or call activity may repeat.")
        if repetition.condition:
            self.expression(node.id, repetition.condition, "condition of the loop")
        if repetition.standard:
            if repetition.maximum and (not repetition.maximum.isdecimal() or not 1 <= int(repetition.maximum) <= MAX_LOOPS):
                self.say(node.id, "The loop's maximum must be 1 to %(limit)s.", limit=MAX_LOOPS)
            elif not repetition.maximum and not repetition.condition:
                self.say(node.id, "The loop has neither a condition nor a maximum.")
            return
        if bool(repetition.cardinality) == bool(repetition.collection):
            self.say(node.id, "Say either how often it runs or for which list, and not both.")
        if repetition.cardinality and self.expression(node.id, repetition.cardinality, "number of runs"):
            value = repetition.cardinality
            if value.isdecimal() and int(value) > MAX_INSTANCES:
                self.say(node.id, "A task may be repeated %(limit)s times at most.", limit=MAX_INSTANCES)
        if bool(repetition.output) != bool(repetition.output_item):
            self.say(node.id, "A list of results needs both the list's name and the item's.")
        for name in (repetition.collection, repetition.item, repetition.output, repetition.output_item):
            if name and not name.isidentifier():
                self.say(node.id, "“%(name)s” is not a name.", name=name)

    def start(self) -> None:
        starts = [node for node in self.process.nodes.values() if node.kind == "startEvent"]
        if len(starts) != 1:
            self.say(self.process.id, "A process needs exactly one start event; this one has %(count)s.",
                     count=len(starts))

    def reach(self) -> None:
        """Warn of what is never reached; refuse what can never stop, since nobody waits and nothing ends there."""
        after: dict[str, list[str]] = {
            name: [flow.target for flow in self.out[name]] for name in self.process.nodes}
        for node in self.process.nodes.values():
            if node.kind == "boundaryEvent":
                after.setdefault(node.attached_to, []).append(node.id)
        reached = _reachable({n.id for n in self.process.nodes.values() if n.kind == "startEvent"}, after)
        for name in self.process.nodes:
            if name not in reached:
                self.say(name, "No flow leads here from the start event.", "warning")
        before: dict[str, list[str]] = defaultdict(list)
        for name, targets in after.items():
            for target in targets:
                before[target].append(name)
        rests = {node.id for node in self.process.nodes.values()
                 if node.kind == "endEvent" or node.kind in _WAITS or node.called}
        stops = _reachable(rests, before)
        for name in self.process.nodes:
            if name in reached and name not in stops and self.out[name]:
                self.say(name, "From here on the process runs for ever: it comes to no end and waits for nobody.")

    def expression(self, element: str, code: str, what: str) -> bool:
        return self.tried(element, what, lambda: expressions.expression(code))

    def script(self, element: str, code: str, what: str) -> bool:
        return self.tried(element, what, lambda: expressions.script(code))

    def tried(self, element: str, what: str, attempt: Callable[[], Any]) -> bool:
        try:
            attempt()
        except ScriptError as error:
            self.say(element, error.message, **{**error.params, "part": what})
            return False
        return True


def _literal(code: str) -> str | None:
    if len(code) > 2 and code[0] == code[-1] and code[0] in "'\"" and code[0] not in code[1:-1] and "\\" not in code:
        return code[1:-1]
    return None


def _reachable(starts: set[str], after: Mapping[str, list[str]]) -> set[str]:
    seen, pending = set(starts), list(starts)
    while pending:
        for following in after.get(pending.pop(), ()):
            if following not in seen:
                seen.add(following)
                pending.append(following)
    return seen


def _recursion(diagrams: Diagrams) -> list[Problem]:
    """A process that comes to call itself, at whatever distance, never ends."""
    calls = {
        process.id: [node.called for node in process.nodes.values() if node.called in diagrams.processes]
        for process in diagrams.processes.values()
    }
    return [
        Problem(process.file, "It calls “%(id)s”, which comes to call it again.", node.id, {"id": node.called})
        for process in diagrams.processes.values() for node in process.nodes.values()
        if node.called in diagrams.processes and process.id in _reachable({node.called}, calls)
    ]
