"""What is wrong with a package's diagrams, all of it, each with its place and how to mend it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from app.bpmn import Element, Flow
from app.bpmn.faults import MAX_ELEMENTS
from app.bpmn.names import ACTIVITIES
from app.engine import thrown
from app.engine.diagram import Diagrams, Process
from app.engine.element_checks import ElementChecker
from app.errors import N_, Problem

MAX_WAYS = 50  # out of one gateway

_ID = re.compile(r"[^\W\d][\w.-]{0,99}")
_RESTS = frozenset({"userTask", "serviceTask", "endEvent"})


def check(diagrams: Diagrams) -> list[Problem]:
    """Every problem of running them, errors first to last in the order of the files, then warnings."""
    found: list[Problem] = []
    if not too_large(diagrams):
        for process in diagrams.processes.values():
            checker = _ProcessChecker(process, diagrams)
            checker.run()
            found += checker.problems
        found += thrown.check(diagrams)
    return sorted(found, key=lambda problem: problem.severity != "error")


class _ProcessChecker(ElementChecker):
    """Checks one process or embedded subprocess."""

    def __init__(self, process: Process, diagrams: Diagrams) -> None:
        super().__init__(process, diagrams)
        self.lost = False  # an arrow that begins nowhere may be the one that another element lacks
        self.whole = not process.refused  # else nothing is said of ways that lead through what is not known
        self.out: dict[str, list[Flow]] = defaultdict(list)
        self.into: dict[str, list[Flow]] = defaultdict(list)

    def run(self) -> None:
        self.flows()
        self.identity(self.process.id)
        for node in self.process.nodes.values():
            self.identity(node.id)
            self.node(node)
            self.ways(node)
        if self.whole:
            self.start()
            self.reach()

    def identity(self, element: str) -> None:
        if not _ID.fullmatch(element):
            self.say(
                element,
                N_("An id must begin with a letter and hold letters, digits, “_”, “-” and “.” alone, 100 at most."),
            )

    def flows(self) -> None:
        known = self.process.nodes.keys() | self.process.refused.keys()
        for flow in self.process.flows:
            if flow.source not in known or flow.target not in known:
                self.whole = False
                self.lost = self.lost or flow.source not in known
            # What leads to something refused is a way all the same: its other end has nothing to be told.
            self.out[flow.source].append(flow)
            self.into[flow.target].append(flow)

    def ways(self, node: Element) -> None:
        out, into = self.out[node.id], self.into[node.id]
        if len(out) > MAX_WAYS or len(into) > MAX_WAYS:
            self.say(node.id, N_("More than %(limit)s flows meet here."), limit=MAX_WAYS)
        if node.kind in ("startEvent", "boundaryEvent") and into:
            self.say(node.id, N_("No flow may lead into this event."))
        if node.kind == "endEvent":
            if out:
                self.say(node.id, N_("No flow may lead out of an end event."))
        elif node.by_event:
            if out or into:
                self.say(node.id, N_("No flow may lead into or out of an event subprocess."))
        elif not out and not self.lost and node.event != "link":  # of links `bpmn.faults` says it
            self.say(node.id, N_("No flow leads on from here; connect it to what follows, at least an end event."))
        if node.kind == "exclusiveGateway":
            self.conditions(node, out)
        elif node.kind == "inclusiveGateway" or node.kind in ACTIVITIES:
            self.several(node, out)
        elif node.kind == "eventBasedGateway":
            self.events_behind(node, out)
        if node.kind not in ACTIVITIES | {"exclusiveGateway", "inclusiveGateway"}:
            for flow in out:
                if flow.condition:
                    self.say(
                        flow.id,
                        N_("A condition has a meaning only on a flow out of an activity or a gateway that decides."),
                        part="condition",
                    )

    def several(self, node: Element, out: list[Flow]) -> None:
        """Flows of which each goes by its own condition."""
        if node.default and node.default not in {flow.id for flow in out}:
            self.say(node.id, N_("The default flow does not lead out of this gateway."))
        for flow in out:
            if flow.condition:
                self.expression(flow.id, flow.condition, "condition")
        if out and not node.default and all(flow.condition for flow in out):
            self.say(node.id, N_("There is no default flow: a case stops here when no condition applies."), "warning")

    def events_behind(self, node: Element, out: list[Flow]) -> None:
        """What an event-based gateway waits for (BPMN 2.0.2, section 10.6.6)."""
        if len(out) < 2:
            self.say(node.id, N_("An event-based gateway needs two events behind it at least."))
        hosts = {other.attached_to for other in self.process.nodes.values() if other.attached_to}
        for flow in out:
            target = self.process.nodes.get(flow.target)
            if target is None:
                continue  # said by `flows`
            if not target.waits or target.loop is not None or len(self.into[flow.target]) != 1 or flow.target in hosts:
                self.say(
                    flow.target,
                    N_(
                        "Behind an event-based gateway there may stand events that wait and receive tasks alone, "
                        "each with "
                        "no other way in, no loop and no event on its border."
                    ),
                )

    def conditions(self, node: Element, out: list[Flow]) -> None:
        if node.default and node.default not in {flow.id for flow in out}:
            self.say(node.id, N_("The default flow does not lead out of this gateway."))
        for flow in out:
            if flow.condition:
                self.expression(flow.id, flow.condition, "condition")
            elif len(out) > 1 and flow.id != node.default:
                self.say(
                    flow.id,
                    N_("This flow out of a gateway has no condition; give it one or make it the default."),
                )
        if out and not node.default and all(flow.condition for flow in out):
            self.say(node.id, N_("There is no default flow: a case stops here when no condition applies."), "warning")

    def start(self) -> None:
        starts = [node for node in self.process.nodes.values() if node.kind == "startEvent"]
        # With one of several messages a process may begin, and then say what it does when it is simply begun.
        several = not self.process.parent and sum(node.trigger is None for node in starts) == 1
        if len(starts) != 1 and not several:
            self.say(
                self.process.id,
                N_("A process needs exactly one start event; this one has %(count)s."),
                count=len(starts),
            )

    def reach(self) -> None:
        """Warn of what is never reached; refuse what can never stop, since nobody waits and nothing ends there."""
        after: dict[str, list[str]] = {name: [flow.target for flow in self.out[name]] for name in self.process.nodes}
        for node in self.process.nodes.values():
            if node.kind == "boundaryEvent":
                after.setdefault(node.attached_to, []).append(node.id)
        begins = {n.id for n in self.process.nodes.values() if n.kind == "startEvent" or n.by_event}
        reached = _reachable(begins, after)
        for name in self.process.nodes:
            if name not in reached:
                self.say(name, N_("No flow leads here from the start event."), "warning")
        before: dict[str, list[str]] = defaultdict(list)
        for name, targets in after.items():
            for target in targets:
                before[target].append(name)
        rests = {
            node.id
            for node in self.process.nodes.values()
            if node.waits or node.kind in _RESTS or node.runs or node.operator or not self.out[node.id]
        }
        stops = _reachable(rests, before)
        for name in self.process.nodes:
            if name in reached and name not in stops:
                self.say(name, N_("From here on the process runs for ever: it comes to no end and waits for nobody."))


def _reachable(starts: set[str], after: Mapping[str, list[str]]) -> set[str]:
    seen, pending = set(starts), list(starts)
    while pending:
        for following in after.get(pending.pop(), ()):
            if following not in seen:
                seen.add(following)
                pending.append(following)
    return seen


def too_large(diagrams: Diagrams) -> bool:
    """Whether there are more elements than any package needs."""
    return sum(len(process.nodes) for process in diagrams.processes.values()) > MAX_ELEMENTS
