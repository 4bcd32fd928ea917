"""Values followed through the diagrams: what every name may be at every place, whichever way a case has come there.

A forward walk over all processes until nothing changes (abstract interpretation over `domains`). Called processes and
subprocesses are followed once for all who call them. Bounded: what does not settle is given up, and nothing is said.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from heapq import heappop, heappush

from app.bpmn import Flow
from app.catalogue.domains import ANY, State, of_kind, widened
from app.catalogue.drawn import Element
from app.catalogue.graph import Graph, called, inside
from app.catalogue.judging import run
from app.catalogue.model import Package
from app.catalogue.python import names, parsed
from app.catalogue.routed import routes
from app.catalogue.sets import Sets
from app.catalogue.verdicts import judged

MAX_VISITS = 40_000  # of elements, in all
WIDEN_AFTER = 12  # visits of one element, before ranges are made endless


class Following(Graph):
    """The states of one package. `whole`: everything settled within the bounds.

    `meant`: arrows that are followed although their condition can never be true, as if it were what its author meant:
    what lies behind a wrong word can be looked at so. `base`: the same without them, from which it then goes on: more
    arrows only add to what may be.
    """

    def __init__(self, package: Package, meant: Collection[str] = (), base: Following | None = None) -> None:
        super().__init__(package)
        self.meant = meant
        self.entry: dict[str, State] = {}  # what may be when an element is reached
        self.on: dict[str, State] = {}  # … when an arrow is taken, by its id
        self.ends: dict[str, State] = {}  # … when a process or subprocess has ended
        self.routes = routes(package)
        self.sets = Sets(package, self.routes)
        self.visits: dict[str, int] = defaultdict(int)
        self.pending: set[str] = set()
        self.queue: list[tuple[int, str]] = []
        if base is None:
            self._start()
        else:
            self.entry, self.on, self.ends = dict(base.entry), dict(base.on), dict(base.ends)
            for flow in package.flows:
                if flow.id in meant and flow.source in self.entry:
                    self._later(flow.source)
        self.whole = self._walk()

    def _later(self, name: str) -> None:
        if name not in self.pending:
            self.pending.add(name)
            heappush(self.queue, (self.ranks[name], name))

    def _start(self) -> None:
        self._begin(self.package.entry, State())
        for element in self.package.elements.values():
            begins = element.kind == "startEvent" and element.message and inside(element) == element.process
            if begins and element.process != self.package.entry:  # and no event subprocess, which stands in another
                self._begin(element.process, State())  # what the message carries comes with the start event

    def _walk(self) -> bool:
        count = 0
        while self.queue:
            count += 1
            if count > MAX_VISITS:
                return False
            _, name = heappop(self.queue)
            self.pending.remove(name)
            self._visit(self.package.elements[name])
        return True

    def _settled(self, state: State, sets: frozenset[str]) -> State:
        """Where processes call each other, a name that the other side sets is taken to be set: which of its ways a case
        has come by is not kept apart."""
        names_of = dict(state.names)
        for name in sets:
            domain = state.of(name)
            if domain.unset:
                bare = replace(domain, unset=False)
                names_of[name] = ANY if bare.empty else bare
        return State(names_of)

    def dead(self) -> list[Flow]:
        """Arrows with a condition out of gateways that are reached, which no case can take."""
        return [
            flow
            for flow in self.package.flows
            if flow.condition and flow.id not in self.on and flow.source in self.entry
            and self.package.elements[flow.source].kind == "exclusiveGateway"
        ]  # fmt: skip

    def _begin(self, container: str, state: State) -> None:
        if container != self.package.entry:
            state = self._settled(state, self.sets.outside(container))
        beside = state  # at any moment: whatever is set inside may be anything then
        for name in self.sets.inside(container) if self.standing.get(container) else ():
            beside = beside.with_(name, ANY)
        for element in self.standing.get(container, ()):
            self._reach(element.id, beside)
        for start in self.starts.get(container, ()):
            self._reach(start, state)

    def _reach(self, name: str, state: State) -> None:
        """A case may come to this element in this state."""
        for changed in self.sets.loose & state.names.keys():
            state = state.with_(changed, ANY)
        before = self.entry.get(name)
        after = state if before is None else before.joined(state)
        if before is not None:
            if self.visits[name] > WIDEN_AFTER:
                after = State({key: widened(before.of(key), found) for key, found in after.names.items()})
            if after is before or after.names == before.names:
                return
        self.entry[name] = after
        self._later(name)

    def _visit(self, element: Element) -> None:
        self.visits[element.id] += 1
        state = self.entry[element.id]
        if element.kind == "exclusiveGateway":
            for flow, taken in self.ways(element, state):
                self._take(flow, taken)
            return
        if element.kind == "parallelGateway":
            self._gather(element)
            return
        if element.kind == "endEvent":
            self._end(element, state)
            return
        container = called(element)
        if container:
            self._begin(container, self.within(element, self.before(element, state)))
        for border in self.borders[element.id]:
            self._reach(border.id, state)
        after = self.after(element, state)
        if after is None:
            return
        for flow, taken in self.several(element, after):
            self._take(flow, taken)
        if element.by_event:
            self._end(element, after)

    def _take(self, flow: Flow, state: State) -> None:
        before = self.on.get(flow.id)
        self.on[flow.id] = state if before is None else before.joined(state)
        target = self.package.elements[flow.target]
        if target.kind == "parallelGateway":
            # What comes together is looked at as a whole, flow by flow.
            self._reach(target.id, self.gathered(target))
        else:
            self._reach(target.id, state)

    def gathered(self, gateway: Element) -> State:
        """What may be behind a parallel gateway: set in one branch is set."""
        found: State | None = None
        for flow in self.into[gateway.id]:
            state = self.on.get(flow.id)
            if state is not None:
                found = state if found is None else found.gathered(state)
        return found or State()

    def _gather(self, gateway: Element) -> None:
        for flow in self.out[gateway.id]:
            self._take(flow, self.gathered(gateway))

    def _end(self, element: Element, state: State) -> None:
        """An end event, or an event subprocess that has ended. An error does not end its process as others do."""
        container = inside(element)
        if element.event == "error":
            return
        before = self.ends.get(container)
        after = state if before is None else before.joined(state)
        if before is not None and (after is before or after.names == before.names):
            return
        self.ends[container] = after
        for caller in self.callers[container]:
            if caller in self.entry:
                self._later(caller)

    # ---- what elements do

    def ways(self, gateway: Element, state: State) -> Iterator[tuple[Flow, State]]:
        """The arrows out of an exclusive gateway that may be taken, each with what may be then."""
        left: State | None = state
        flows = [flow for flow in self.out[gateway.id] if flow.id != gateway.default]
        for flow in flows:
            if left is None:
                return
            if not flow.condition:
                yield flow, left
                continue
            verdict = judged(flow.condition, left)
            if verdict.true is not None:
                yield flow, verdict.true
            elif flow.id in self.meant and (meant := self._meant(flow, left)) is not None:
                yield flow, meant
            left = verdict.false
        if left is not None:
            yield from ((flow, left) for flow in self.out[gateway.id] if flow.id == gateway.default)

    def several(self, element: Element, state: State) -> Iterator[tuple[Flow, State]]:
        """The arrows out of an inclusive gateway, an activity or an event that may be taken, each by its condition."""
        left: State | None = state  # where no condition holds
        for flow in self.out[element.id]:
            if flow.id == element.default:
                continue
            verdict = judged(flow.condition, state) if flow.condition else None
            if verdict is None:
                left = None
                yield flow, state
                continue
            if verdict.true is not None:
                yield flow, verdict.true
            left = judged(flow.condition, left).false if left is not None else None
        if left is not None:
            yield from ((flow, left) for flow in self.out[element.id] if flow.id == element.default)

    def _meant(self, flow: Flow, state: State) -> State | None:
        """What would be if the condition could be true."""
        for name in names(parsed(flow.condition), ast.Load):
            state = state.with_(name, ANY)
        return judged(flow.condition, state).true

    def before(self, element: Element, state: State) -> State:
        """When the element begins: after its script before."""
        code = element.scripts.get("script.before")
        return run(code, state) if code else state

    def within(self, element: Element, state: State) -> State:
        """In one run of an element that repeats: with the item of its list."""
        if element.loop is not None and element.loop.item:
            return state.with_(element.loop.item, ANY)
        return state

    def after(self, element: Element, state: State) -> State | None:
        """When the element is done; None where it never is."""
        state = self.before(element, state)
        container = called(element)
        if container and container not in self.ends:
            return None
        done = self._returned(element, container, state) if container else self.effect(element, state)
        code = element.scripts.get("script.after")
        done = run(code, done) if code else done
        return self._repeated(element, state, done)

    def _returned(self, element: Element, container: str, state: State) -> State:
        """After a call: what the called process sets and hands back is as it left it, the rest as it was."""
        sets = self.sets.inside(container)
        if "returns" in element.properties:
            sets = sets.intersection(element.listed("returns"))
        left = self._settled(self.ends[container], sets)
        return State({**state.names, **{name: left.of(name) for name in sets}})

    def effect(self, element: Element, state: State) -> State:
        """What one run of the element itself changes."""
        if code := element.scripts.get("script"):
            return run(code, state)
        for name, domain in self.routes[element.id].items():
            state = state.with_(name, domain)
        return state

    def _repeated(self, element: Element, before: State, done: State) -> State:
        loop = element.loop
        if loop is None:
            return done
        if loop.output:
            return before.with_(loop.output, of_kind("list"))
        found = before.joined(done)  # it may run no time at all
        if loop.item and loop.item not in before.names:
            found = State({name: domain for name, domain in found.names.items() if name != loop.item})
        return found
