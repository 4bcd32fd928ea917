"""What is wrong with a package's diagrams, all of it, each with its place and how to mend it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping

from app.engine import thrown
from app.engine.diagram import ACTIVITIES, Diagrams, Flow, Node, Process
from app.engine.element_checks import ElementChecker
from app.errors import Problem

MAX_NODES = 3_000  # in one package
MAX_WAYS = 50  # out of one gateway

_ID = re.compile(r"[^\W\d][\w.-]{0,99}")
_WAITS = frozenset({"userTask", "serviceTask", "receiveTask", "intermediateCatchEvent"})


def check(diagrams: Diagrams, entry: str, decisions: Collection[str], drawn: bool = True) -> list[Problem]:
    """Every problem, errors first to last in the order of the files, then warnings.

    `drawn=False` leaves out what can be said of the diagrams without running them (elements that are not supported,
    ids, what elements refer to), for callers whose own check of the package has said it.
    """
    found = list(diagrams.problems) if drawn else []
    for process in diagrams.processes.values():
        found += process.problems if drawn else []
    if drawn and (entry not in diagrams.processes or diagrams.processes[entry].parent):
        file = next(iter(sorted({process.file for process in diagrams.processes.values()})), "package.toml")
        found.append(
            Problem(
                file,
                "The process “%(id)s”, with which a case begins, is not in the diagrams.",
                params={"id": entry},
            )
        )
    large = too_large(diagrams)
    if large:
        return found + large
    homes: dict[str, str] = {}
    for process in diagrams.processes.values():
        checker = _ProcessChecker(process, diagrams, decisions, homes, drawn)
        checker.run()
        found += checker.problems
    if drawn:
        found += recursion(diagrams)
    found += thrown.check(diagrams)
    return sorted(found, key=lambda problem: problem.severity != "error")


class _ProcessChecker(ElementChecker):
    """Checks one process or embedded subprocess."""

    def __init__(
        self,
        process: Process,
        diagrams: Diagrams,
        decisions: Collection[str],
        homes: dict[str, str],
        drawn: bool,
    ) -> None:
        super().__init__(process, diagrams, decisions, drawn)
        self.homes = homes  # which file each element id was seen in
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
                "An id must begin with a letter and hold letters, digits, “_”, “-” and “.” alone, 100 at most.",
            )
        other = self.homes.setdefault(element, self.process.file)
        if other != self.process.file and element in self.process.nodes:
            self.drawn(
                element,
                "The id “%(id)s” is also used in %(file)s; ids are unique in a package.",
                id=element,
                file=other,
            )

    def flows(self) -> None:
        known = self.process.nodes.keys() | self.process.refused.keys()
        for flow in self.process.flows:
            if flow.source not in known or flow.target not in known:
                self.whole = False
                self.lost = self.lost or flow.source not in known
                self.drawn(flow.id, "This flow does not join two elements of the same process; draw it anew.")
            # What leads to something refused is a way all the same: its other end has nothing to be told.
            self.out[flow.source].append(flow)
            self.into[flow.target].append(flow)

    def ways(self, node: Node) -> None:
        out, into = self.out[node.id], self.into[node.id]
        if len(out) > MAX_WAYS or len(into) > MAX_WAYS:
            self.say(node.id, "More than %(limit)s flows meet here.", limit=MAX_WAYS)
        if node.kind in ("startEvent", "boundaryEvent") and into:
            self.say(node.id, "No flow may lead into this event.")
        if node.kind == "endEvent":
            if out:
                self.say(node.id, "No flow may lead out of an end event.")
        elif node.by_event:
            if out or into:
                self.say(node.id, "No flow may lead into or out of an event subprocess.")
        elif not out and not self.lost:
            self.say(node.id, "No flow leads on from here; connect it to what follows, at least an end event.")
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
                        "A condition has a meaning only on a flow out of an activity or a gateway that decides.",
                        part="condition",
                    )

    def several(self, node: Node, out: list[Flow]) -> None:
        """Flows of which each goes by its own condition."""
        if node.default and node.default not in {flow.id for flow in out}:
            self.say(node.id, "The default flow does not lead out of this gateway.")
        for flow in out:
            if flow.condition:
                self.expression(flow.id, flow.condition, "condition")
        if out and not node.default and all(flow.condition for flow in out):
            self.say(node.id, "There is no default flow: a case stops here when no condition applies.", "warning")

    def events_behind(self, node: Node, out: list[Flow]) -> None:
        """What an event-based gateway waits for (BPMN 2.0.2, section 10.6.6)."""
        if len(out) < 2:
            self.say(node.id, "An event-based gateway needs two events behind it at least.")
        hosts = {other.attached_to for other in self.process.nodes.values() if other.attached_to}
        for flow in out:
            target = self.process.nodes.get(flow.target)
            if target is None:
                continue  # said by `flows`
            waits = target.kind in ("intermediateCatchEvent", "receiveTask") and target.repetition is None
            if not waits or len(self.into[flow.target]) != 1 or flow.target in hosts:
                self.say(
                    flow.target,
                    "Behind an event-based gateway there may stand events that wait and receive tasks alone, each with "
                    "no other way in, no loop and no event on its border.",
                )

    def conditions(self, node: Node, out: list[Flow]) -> None:
        if node.default and node.default not in {flow.id for flow in out}:
            self.say(node.id, "The default flow does not lead out of this gateway.")
        for flow in out:
            if flow.condition:
                self.expression(flow.id, flow.condition, "condition")
            elif len(out) > 1 and flow.id != node.default:
                self.say(
                    flow.id,
                    "This flow out of a gateway has no condition; give it one or make it the default.",
                )
        if out and not node.default and all(flow.condition for flow in out):
            self.say(node.id, "There is no default flow: a case stops here when no condition applies.", "warning")

    def start(self) -> None:
        starts = [node for node in self.process.nodes.values() if node.kind == "startEvent"]
        # With one of several messages a process may begin, and then say what it does when it is simply begun.
        several = not self.process.parent and sum(node.trigger is None for node in starts) == 1
        if len(starts) != 1 and not several:
            self.say(
                self.process.id,
                "A process needs exactly one start event; this one has %(count)s.",
                count=len(starts),
            )

    def reach(self) -> None:
        """Warn of what is never reached; refuse what can never stop, since nobody waits and nothing ends
        there.
        """
        after: dict[str, list[str]] = {name: [flow.target for flow in self.out[name]] for name in self.process.nodes}
        for node in self.process.nodes.values():
            if node.kind == "boundaryEvent":
                after.setdefault(node.attached_to, []).append(node.id)
        begins = {n.id for n in self.process.nodes.values() if n.kind == "startEvent" or n.by_event}
        reached = _reachable(begins, after)
        for name in self.process.nodes:
            if name not in reached:
                self.say(name, "No flow leads here from the start event.", "warning")
        before: dict[str, list[str]] = defaultdict(list)
        for name, targets in after.items():
            for target in targets:
                before[target].append(name)
        rests = {
            node.id
            for node in self.process.nodes.values()
            if node.kind == "endEvent" or node.kind in _WAITS or node.called or node.operator
        }
        stops = _reachable(rests, before)
        for name in self.process.nodes:
            if name in reached and name not in stops and self.out[name]:
                self.say(name, "From here on the process runs for ever: it comes to no end and waits for nobody.")


def _reachable(starts: set[str], after: Mapping[str, list[str]]) -> set[str]:
    seen, pending = set(starts), list(starts)
    while pending:
        for following in after.get(pending.pop(), ()):
            if following not in seen:
                seen.add(following)
                pending.append(following)
    return seen


def too_large(diagrams: Diagrams) -> list[Problem]:
    """That there are more elements than any package needs."""
    if sum(len(process.nodes) for process in diagrams.processes.values()) <= MAX_NODES:
        return []
    return [Problem("", "The diagrams hold more than %(limit)s elements.", params={"limit": MAX_NODES})]


def recursion(diagrams: Diagrams) -> list[Problem]:
    """A process that comes to call itself, at whatever distance, never ends."""
    calls = {
        process.id: [node.called for node in process.nodes.values() if node.called in diagrams.processes]
        for process in diagrams.processes.values()
    }
    return [
        Problem(process.file, "It calls “%(id)s”, which comes to call it again.", node.id, {"id": node.called})
        for process in diagrams.processes.values()
        for node in process.nodes.values()
        if node.called in diagrams.processes and process.id in _reachable({node.called}, calls)
    ]
