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
from app.catalogue.judging import run
from app.catalogue.model import Package
from app.catalogue.python import names, parsed
from app.catalogue.routed import routes
from app.catalogue.verdicts import judged

MAX_VISITS = 40_000  # of elements, in all
WIDEN_AFTER = 12  # visits of one element, before ranges are made endless


class Following:
    """The states of one package. `whole`: everything settled within the bounds.

    `meant`: arrows that are followed although their condition can never be true, as if it were what its author meant:
    what lies behind a wrong word can be looked at so. `base`: the same without them, from which it then goes on: more
    arrows only add to what may be.
    """

    def __init__(self, package: Package, meant: Collection[str] = (), base: Following | None = None) -> None:
        self.package = package
        self.meant = meant
        self.entry: dict[str, State] = {}  # what may be when an element is reached
        self.on: dict[str, State] = {}  # … when an arrow is taken, by its id
        self.ends: dict[str, State] = {}  # … when a process or subprocess has ended
        self.out: dict[str, list[Flow]] = defaultdict(list)
        self.into: dict[str, list[Flow]] = defaultdict(list)
        self.borders: dict[str, list[Element]] = defaultdict(list)
        self.starts: dict[str, list[str]] = defaultdict(list)
        self.standing: dict[str, list[Element]] = defaultdict(list)  # event subprocesses, by what they stand by in
        self.callers: dict[str, list[str]] = defaultdict(list)
        self.routes = routes(package)
        self.sets = self._sets()  # by process or subprocess
        self.loose = self._loose()
        self.around: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        self.visits: dict[str, int] = defaultdict(int)
        self.pending: set[str] = set()
        self.queue: list[tuple[int, str]] = []
        self._drawn()
        self.ranks = self._ranked()
        if base is None:
            self._start()
        else:
            self.entry, self.on, self.ends = dict(base.entry), dict(base.on), dict(base.ends)
            for flow in package.flows:
                if flow.id in meant and flow.source in self.entry:
                    self._later(flow.source)
        self.whole = self._walk()

    def _drawn(self) -> None:
        for flow in self.package.flows:
            if flow.source in self.package.elements and flow.target in self.package.elements:
                self.out[flow.source].append(flow)
                self.into[flow.target].append(flow)
        for element in self.package.elements.values():
            if element.attached_to:
                self.borders[element.attached_to].append(element)
            if element.kind == "startEvent":
                self.starts[inside(element)].append(element.id)
            if element.by_event:
                self.standing[inside(element)].append(element)
            if container := called(element):
                self.callers[container].append(element.id)

    def _ranked(self) -> dict[str, int]:
        """Elements in the order in which cases come to them, as far as there is one: whoever is visited in it has
        mostly heard of all that leads there."""
        done: dict[str, None] = {}
        seen: set[str] = set()
        starts = [start for starts in self.starts.values() for start in starts]
        for first in [*starts, *self.package.elements]:
            ways = [(first, iter(self._ahead(first)))] if first not in seen else []
            seen.add(first)
            while ways:
                here, ahead = ways[-1]
                there = next((each for each in ahead if each not in seen), None)
                if there is None:
                    done[here] = None
                    ways.pop()
                else:
                    seen.add(there)
                    ways.append((there, iter(self._ahead(there))))
        return {name: -place for place, name in enumerate(done)}

    def _ahead(self, name: str) -> list[str]:
        """Where a case may come next; last into what the element runs, which so is ranked before what follows."""
        element = self.package.elements[name]
        after = [flow.target for flow in self.out[name]] + [border.id for border in self.borders[name]]
        return after + self.starts.get(called(element), []) if called(element) else after

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

    def _sets(self) -> dict[str, frozenset[str]]:
        """The names that the elements right inside a process or subprocess set."""
        found: dict[str, set[str]] = defaultdict(set)
        for element in self.package.elements.values():
            found[inside(element)].update(self.routes[element.id], (element.loop.output,) if element.loop else ())
            for code in element.scripts.values():
                found[inside(element)].update(names(parsed(code), ast.Store))
        return {container: frozenset(each) for container, each in found.items()}

    def _loose(self) -> frozenset[str]:
        """Names that event subprocesses set: at any moment, beside what runs."""
        aside = {element.id for element in self.package.elements.values() if element.by_event}
        return frozenset().union(*(each for container, each in self.sets.items() if container in aside))

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

    def _cached(self, container: str) -> tuple[frozenset[str], frozenset[str]]:
        """Names that are set outside the container, and inside it."""
        if container not in self.around:
            self.around[container] = (self._outside(container), self._inside(container))
        return self.around[container]

    def _outside(self, container: str) -> frozenset[str]:
        return frozenset().union(*(each for other, each in self.sets.items() if other != container))

    def _inside(self, container: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        """The names that a process sets, with all that it calls."""
        found = self.sets.get(container, frozenset())
        for element in self.package.elements.values():
            deeper = called(element) if inside(element) == container else ""
            if deeper and deeper not in seen:
                found |= self._inside(deeper, seen | {container})
        return found

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
            state = self._settled(state, self._cached(container)[0])
        beside = state  # at any moment: whatever is set inside may be anything then
        for name in self._cached(container)[1] if self.standing.get(container) else ():
            beside = beside.with_(name, ANY)
        for element in self.standing.get(container, ()):
            self._reach(element.id, beside)
        for start in self.starts.get(container, ()):
            self._reach(start, state)

    def _reach(self, name: str, state: State) -> None:
        """A case may come to this element in this state."""
        for changed in self.loose & state.names.keys():
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
        sets = self._cached(container)[1]
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


def inside(element: Element) -> str:
    """The process or subprocess in which the element stands."""
    return element.parent or element.process


def called(element: Element) -> str:
    """The process or subprocess that the element runs; "" of every other element."""
    return element.runs
