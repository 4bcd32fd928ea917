"""What follows what in a package's diagrams, for a case that stands somewhere in them.

The values of the case decide at gateways where they can: what only comes in another year, or only after a failure, is
not what follows. The way out of a called process leads on behind the call in which the case stands.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from app.catalogue import Element, Package
from app.catalogue.domains import ANY, State, one
from app.catalogue.judging import run
from app.catalogue.verdicts import judged
from app.catalogue.vocabulary import PORTAL_ROUTES
from app.states import Side

SETTLES = 6  # so often a place is looked at anew; then, as in a loop that counts, nothing is known there
_CHOOSES = frozenset({"exclusiveGateway", "inclusiveGateway"})


def next_user_task(
    package: Package, element: str, side: Side, data: Mapping[str, Any] | None = None, standing: Collection[str] = ()
) -> Element | None:
    """The nearest user task of this side that can follow the element, through everything but user tasks.

    `data`: the routing values there; without them every way is open. `standing`: elements of the case on which a token
    stands; the call activities among them are where a called process leads back to.
    """
    way = _Way(package, data, standing)
    for found in way.ahead(element, calls=True, through=False):
        if found.kind == "userTask" and found.side == side:
            return found
    return None


def upcoming(
    package: Package,
    element: str,
    side: Side,
    limit: int = 6,
    data: Mapping[str, Any] | None = None,
    standing: Collection[str] = (),
) -> list[Element]:
    """User tasks of this side (empty: of both) that come after the element in the same process, in the order of the
    flow; out of a subprocess, or of a call in which the case stands, the way leads on behind it. For `data` and
    `standing` see `next_user_task`."""
    found: list[Element] = []
    for each in _Way(package, data, standing).ahead(element, calls=False, through=True):
        if each.kind == "userTask" and side in (Side.UNSAID, each.side):
            found.append(each)
            if len(found) == limit:
                break
    return found


class _Way:
    """The ways through a package's diagrams that are open with these values."""

    def __init__(self, package: Package, data: Mapping[str, Any] | None, standing: Collection[str]) -> None:
        self.package = package
        self.state = None if data is None else State({name: one(value) for name, value in data.items()})
        calls = (package.elements[each] for each in standing if each in package.elements)
        self.callers = [each for each in calls if each.kind == "callActivity"]
        self.flows = {flow.id: flow for flow in package.flows}

    def ahead(self, element: str, *, calls: bool, through: bool) -> Iterator[Element]:
        """What comes behind the element, the nearest first. `calls`: into called processes, too; `through`:
        behind user tasks, too."""
        start = self.package.elements.get(element)
        if start is None:
            return
        known: dict[str, State | None] = {element: None}
        times: Counter[str] = Counter()  # how often more came to be known of a place
        queue = deque(self._behind(start, self._after(start, self.state)))
        while queue:
            name, state = queue.popleft()
            each = self.package.elements.get(name)
            if each is None or name == element:
                continue
            if name in known:
                before, times[name] = known[name], times[name] + 1
                state = _joined(before, state) if times[name] <= SETTLES else None
                if state == before:
                    continue  # nothing more can be than was thought: branches that come together are joined here
            else:
                yield each
            known[name] = state
            if each.kind == "userTask" and not through:
                continue
            if each.kind == "subProcess" or (calls and each.kind == "callActivity"):
                queue.extend((inner.id, state) for inner in self._begins(each))
            queue.extend(self._behind(each, self._after(each, state)))

    def _begins(self, around: Element) -> Iterator[Element]:
        for other in self.package.elements.values():
            within = other.process == around.called and not other.parent if around.called else other.parent == around.id
            if other.kind == "startEvent" and within:
                yield other

    def _behind(self, each: Element, state: State | None) -> list[tuple[str, State | None]]:
        if each.kind == "endEvent":
            around = [self.package.elements[each.parent]] if each.parent else self._called_by(each.process)
            return [place for holder in around for place in self._behind(holder, state)]
        if each.kind in _CHOOSES and state is not None:
            return self._chosen(each, state)
        return [(target, state) for target in each.outgoing]

    def _called_by(self, process: str) -> list[Element]:
        return [caller for caller in self.callers if caller.called == process]

    def _chosen(self, gateway: Element, state: State) -> list[tuple[str, State | None]]:
        """The ways out that may be taken: up to the first that is sure, the default where none is."""
        found: list[tuple[str, State | None]] = []
        for name in gateway.leaving:
            flow = self.flows[name]
            if name == gateway.default or not flow.condition:
                continue
            verdict = judged(flow.condition, state)
            if verdict.true is not None:
                found.append((flow.target, verdict.true))
            if verdict.false is None and gateway.kind == "exclusiveGateway":
                return found
        default = self.flows.get(gateway.default)
        plain = [self.flows[name] for name in gateway.leaving if not self.flows[name].condition]
        return [*found, *((flow.target, state) for flow in plain if default is None or flow is default)]

    def _after(self, each: Element, state: State | None) -> State | None:
        """The values behind an element: what its people or its work say is not known before."""
        if state is None:
            return None
        for part in ("script.before", "script", "script.after"):
            if each.scripts.get(part):
                state = run(each.scripts[part], state)
        new = {*each.listed("routes"), *((each.result_variable,) if each.result_variable else ())}
        if each.decision and each.decision in self.package.decisions:
            new |= {output.name for output in self.package.decisions[each.decision].outputs}
        new |= {routed for name, routed in PORTAL_ROUTES.items() if each.properties.get(name)}
        for name in new:
            state = state.with_(name, ANY)
        return state


def _joined(one_way: State | None, other: State | None) -> State | None:
    """What may be when one comes by either way; None, which is anything, where nobody knows of one of them."""
    return one_way.joined(other) if one_way is not None and other is not None else None
