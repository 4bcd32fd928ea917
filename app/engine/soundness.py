"""The token game from where a case stands: are there ways on which a token rests at a join for ever?

After van der Aalst's soundness of workflow nets, over the places that the engine itself runs. `app.catalogue.game` asks
the same of a diagram from its start, with the values on which gateways decide, and tells analysts; here the question is
what becomes of *this* marking, values left aside. Therefore an answer counts only beside that of the version which the
case comes from: what both report is nothing new.

Of tokens that can move, one moves at a time (persistent sets, Godefroid 1996): none can stand in another's way, so no
place where they get stuck is missed. Bounded; what is larger is said to be so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from app.engine.gateways import Choice, End, EndJoin, Inclusive, Parallel, Split
from app.engine.marking import Marking, Token
from app.engine.specs import ProcessSpec
from app.engine.waiting import Border, Boundary, EventGate

MAX_STATES = 20_000
_MOST_WAYS = 5  # out of one place by conditions of their own, of which every choice is looked at

Place = tuple[str, Any]  # name of a spec; at a join by which way, elsewhere the events that stand by (a frozenset)
State = tuple[tuple[Place, int], ...]
Stuck = tuple[str, int, int]  # a join, how many ways lead into it, by how many of them nothing comes
_NONE: frozenset[str] = frozenset()
_OVER = [("", _NONE)]  # everything ends


class TooLarge(Exception):
    """More states than are looked at."""


def stuck(process: ProcessSpec, tokens: Iterable[Place]) -> frozenset[Stuck]:
    """The joins at which a token rests for ever on some way. Raises TooLarge."""
    game = _Game(process)
    first = game.state(Counter(tokens))
    seen, todo = {first}, [first]
    found: set[Stuck] = set()
    while todo:
        if len(seen) > MAX_STATES:
            raise TooLarge
        here = todo.pop()
        following = list(game.moves(Counter(dict(here))))
        if not following and here:
            found.update(game.waiting(here))
        for each in following:
            state = game.state(each)
            if state not in seen:
                seen.add(state)
                todo.append(state)
    return frozenset(found)


def places(process: ProcessSpec, marking: Marking, kept: Iterable[tuple[str, str]] | None = None) -> list[Place]:
    """Where the tokens of a marking stand in this process. `kept`: of the events that stand by, each as (place that it
    stands by, event), those that do there; all, where it is left out."""
    wanted = None if kept is None else set(kept)

    def place(token: Token) -> Place:
        if isinstance(process.task_specs[token.spec], Parallel | Inclusive):
            return token.spec, token.came
        armed = (each.spec for each in token.armed)
        beside = {name for name in armed if wanted is None or (token.spec, name) in wanted}
        beside |= {event for host, event in wanted or () if host == token.spec}
        return token.spec, frozenset(beside)

    return [place(token) for token in marking.tokens]


class _Game:
    def __init__(self, process: ProcessSpec) -> None:
        self.specs = process.task_specs

    def state(self, tokens: Counter[Place]) -> State:
        """In a fixed order. Of tokens that are alike two stand for any number, at a join three."""
        most = {place: 3 if isinstance(place[1], str) else 2 for place in tokens}
        return tuple(sorted(((p, min(n, most[p])) for p, n in tokens.items() if n > 0), key=_order))

    def moves(self, tokens: Counter[Place]) -> Iterator[Counter[Place]]:
        mobile = min((place for place in tokens if not isinstance(place[1], str)), key=_order_of, default=None)
        if mobile is None:
            yield from self.joined(tokens)
            return
        rest = Counter(tokens)
        rest[mobile] -= 1
        for put in self.ways(*mobile):
            yield Counter() if put is _OVER else +(rest + Counter(put))

    def ways(self, name: str, armed: frozenset[str]) -> Iterator[list[Place]]:
        """What a token that stands here may become."""
        spec = self.specs[name]
        if isinstance(spec, EventGate):
            for event in sorted(armed):
                yield self.arrived(self.specs[event]._outputs, event)
            return
        for event in sorted(armed):
            standing = self.specs[event]
            beside = self.arrived(standing._outputs, event)
            if not standing.interrupting:
                once = standing.timing is not None and standing.timing.kind != "timeCycle"
                beside.append((name, armed - {event} if once else armed))
            yield beside
        if isinstance(spec, Border):
            events = frozenset(each for each in spec._outputs if isinstance(self.specs[each], Boundary))
            yield [(spec.main, events)]
        elif isinstance(spec, Choice):
            yield from (self.arrived([target], name) for target in dict.fromkeys(each for each, _ in spec.ways))
        elif isinstance(spec, Split):
            yield from self.chosen(spec)
        elif isinstance(spec, End) and (spec.terminates or (spec.throws is not None and spec.throws.kind == "error")):
            yield _OVER
        else:
            yield self.arrived(spec._outputs, name)

    def chosen(self, spec: Split) -> Iterator[list[Place]]:
        """Each choice of ways that may be taken together."""
        always = [target for target, condition in spec.ways if not condition]
        others = [target for target, condition in spec.ways if condition]
        sizes = range(len(others) + 1) if len(others) <= _MOST_WAYS else (0, 1, len(others))
        for size in sizes:
            for picked in combinations(others, size):
                taken = always + list(picked) or ([spec.default] if spec.default else [])
                if taken:
                    yield self.arrived(taken, spec.name)

    def arrived(self, targets: Iterable[str], source: str) -> list[Place]:
        found: list[Place] = []
        for target in targets:
            spec = self.specs[target]
            if isinstance(spec, Parallel | Inclusive):
                found.append((target, source))
            elif isinstance(spec, EventGate):
                found.append((target, frozenset(spec._outputs)))
            elif not isinstance(spec, EndJoin):
                found.append((target, _NONE))
        return found

    def joined(self, tokens: Counter[Place]) -> Iterator[Counter[Place]]:
        """All rest at joins: the first that is complete is passed."""
        arrived: dict[str, Counter[str]] = {}
        for (name, came), count in tokens.items():
            arrived.setdefault(name, Counter())[came] += count
        for name in sorted(arrived):
            spec, here = self.specs[name], arrived[name]
            if isinstance(spec, Inclusive):
                if any(spec.may_come(other, here) for other in arrived if other != name):
                    continue
                taken = Counter(dict.fromkeys(here, 1))
                out: Iterable[list[Place]] = self.chosen(spec)
            else:
                taken = Counter(spec._inputs)
                if any(here[came] < count for came, count in taken.items()):
                    continue
                out = [self.arrived(spec._outputs, name)]
            rest = Counter(tokens)
            rest.subtract({(name, came): count for came, count in taken.items()})
            yield from (+(+rest + Counter(put)) for put in out)
            return

    def waiting(self, state: State) -> Iterator[Stuck]:
        arrived: dict[str, set[str]] = {}
        for (name, came), _ in state:
            arrived.setdefault(name, set()).add(came)
        for name, ways in arrived.items():
            inputs = set(self.specs[name]._inputs)
            yield name, len(inputs), len(inputs - ways)


def _order_of(place: Place) -> tuple[str, str]:
    return place[0], place[1] if isinstance(place[1], str) else ",".join(sorted(place[1]))


def _order(item: tuple[Place, int]) -> tuple[str, str]:
    return _order_of(item[0])
