"""The token game: every way in which the tokens of one process can go, each with the values on which gateways decide.

After van der Aalst's soundness of workflow nets: each run comes to an end, and no token is left at a join. As the
engine has it, a token carries its own values, branches share nothing, and a parallel gateway takes one token from each
arrow.

Of tokens that can move, one moves at a time, always the first in a fixed order: none of them can stand in another's
way, so no place where tokens get stuck is missed (persistent sets, Godefroid 1996). Bounded: what is larger is said to
be so.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product

from app.bpmn import Flow
from app.catalogue.domains import Domain, State
from app.catalogue.drawn import Element
from app.catalogue.following import Following, inside
from app.catalogue.python import names, parsed

MAX_STATES = 6_000  # of one process
MAX_TOKENS = 120  # at once
_MOST_SPLIT = 64  # combinations of values into which a fork parts what is known

Values = tuple[Domain, ...]
Token = tuple[str, str, Values]  # (element, by which arrow it waits at a join or "", values of the tracked names)
Marking = tuple[Token, ...]


@dataclass(slots=True)
class Played:
    """What came of it. `stuck`: joins at which a token waits for ever, to the arrows by which none comes; `passed`:
    joins that were passed; `moves`: those that were made, each as (elements or arrows, arrows that were taken);
    `large`: it was given up.
    """

    stuck: dict[str, frozenset[str]] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    moves: set[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=set)
    large: bool = False


class Game:
    """One process or embedded subprocess, from its start event."""

    def __init__(self, following: Following, container: str) -> None:
        self.following = following
        self.elements = {
            name: element for name, element in following.package.elements.items() if inside(element) == container
        }
        self.starts = [name for name in following.starts.get(container, ()) if name in following.entry]
        self.tracked = self._tracked()
        self.played = Played()

    def _tracked(self) -> tuple[str, ...]:
        """The names by which more than one gateway decides: else one decision tells nothing of another."""
        found: Counter[str] = Counter()
        for element in self.elements.values():
            if element.kind == "exclusiveGateway":
                read = {name for flow in self.following.out[element.id] for name in _read(flow)}
                found.update(read)
        return tuple(sorted(name for name, count in found.items() if count > 1))

    def play(self) -> Played:
        """All runs."""
        first: list[Marking] = [
            self._marking([(name, "", self._values(self.following.entry[name]))]) for name in self.starts
        ]
        seen, todo = set(first), list(first)
        stuck: dict[str, list[frozenset[str]]] = defaultdict(list)
        while todo:
            marking = todo.pop()
            if len(seen) > MAX_STATES or len(marking) > MAX_TOKENS:
                self.played.large = True
                return self.played
            following = list(self._moves(marking))
            if not following and marking:
                for join, missing in self._waiting(marking).items():
                    stuck[join].append(missing)
            for each in following:
                if each not in seen:
                    seen.add(each)
                    todo.append(each)
        self.played.stuck = {join: frozenset().union(*missing) for join, missing in stuck.items()}
        return self.played

    # ---- moves

    def _moves(self, marking: Marking) -> Iterator[Marking]:
        mobile = next((token for token in marking if not token[1]), None)
        if mobile is None:
            yield from self._joins(marking)
            return
        rest = list(marking)
        rest.remove(mobile)
        if self._terminates(mobile[0]):
            yield ()
        for tokens in self._moved(mobile):
            yield self._marking([*rest, *tokens])

    def _moved(self, token: Token) -> Iterator[list[Token]]:
        """What one token that stands at an element may become."""
        name, _, values = token
        element, out = self.elements[name], self.following.out[name]
        state = self._state(values)
        if element.kind == "endEvent":
            yield []
        elif element.kind == "exclusiveGateway":
            for flow, taken in self.following.ways(element, state):
                yield [self._through(name, flow, self._values(taken))]
        elif element.kind == "parallelGateway":  # with one arrow in: a fork
            yield from self._forked(name, out, values)
        else:
            yield from self._done(element, out, state, values)

    def _done(self, element: Element, out: list[Flow], state: State, values: Values) -> Iterator[list[Token]]:
        after = self._values(self.following.after(element, state) or state)
        yield [self._through(element.id, flow, after) for flow in out]
        for border in self.following.borders[element.id]:
            beside = [self._through(element.id, flow, values) for flow in self.following.out[border.id]]
            if border.interrupting:
                yield beside
            else:
                self._note((element.id,), (flow.id for flow in (*out, *self.following.out[border.id])))
                yield [*(self._arrived(flow, after) for flow in out), *beside]

    def _forked(self, name: str, out: list[Flow], values: Values) -> Iterator[list[Token]]:
        """Each value that a name may have is one run: what one branch decides by it, the other decides, too."""
        self._note((name,), (flow.id for flow in out))
        choices = [
            [Domain(frozenset({value})) for value in sorted(each.known, key=str)] if each.exact else [each]
            for each in values
        ]
        count = 1
        for choice in choices:
            count *= len(choice)
        for split in product(*choices) if count <= _MOST_SPLIT else [values]:
            yield [self._arrived(flow, tuple(split)) for flow in out]

    def _joins(self, marking: Marking) -> Iterator[Marking]:
        """The first join at which a token waits at every arrow is passed."""
        at: dict[str, dict[str, list[Token]]] = defaultdict(lambda: defaultdict(list))
        for token in marking:
            at[token[0]][token[1]].append(token)
        for join, arrived in at.items():
            into, out = self.following.into[join], self.following.out[join]
            if any(flow.id not in arrived for flow in into):
                continue
            taken = [arrived[flow.id][0] for flow in into]
            rest = list(marking)
            for token in taken:
                rest.remove(token)
            state = self._state(taken[0][2])
            for token in taken[1:]:
                state = state.gathered(self._state(token[2]))
            self.played.passed.add(join)
            self._note((flow.id for flow in into), (flow.id for flow in out))
            yield self._marking([*rest, *(self._arrived(flow, self._values(state)) for flow in out)])
            return

    def _through(self, name: str, flow: Flow, values: Values) -> Token:
        self._note((name,), (flow.id,))
        return self._arrived(flow, values)

    def _arrived(self, flow: Flow, values: Values) -> Token:
        joins = self.elements[flow.target].kind == "parallelGateway" and len(self.following.into[flow.target]) > 1
        return flow.target, flow.id if joins else "", values

    def _note(self, into: Iterable[str], out: Iterable[str]) -> None:
        self.played.moves.add((tuple(into), tuple(out)))

    def _terminates(self, name: str) -> bool:
        return self.elements[name].event == "terminate"

    # ---- states

    def _waiting(self, marking: Marking) -> dict[str, frozenset[str]]:
        """Joins that wait for ever, to the arrows by which nothing comes; not those that wait for another of them."""
        arrived: dict[str, set[str]] = defaultdict(set)
        for name, flow, _ in marking:
            arrived[name].add(flow)
        missing = {
            name: frozenset(flow.id for flow in self.following.into[name]) - flows for name, flows in arrived.items()
        }
        ahead = {name: self._ahead(name) for name in missing}
        return {
            name: flows
            for name, flows in missing.items()
            if not any(other != name and flows & ahead[other] and not missing[other] & ahead[name] for other in missing)
        }

    def _ahead(self, name: str) -> frozenset[str]:
        """Arrows that can come after an element."""
        found: set[str] = set()
        todo = [name]
        while todo:
            here = todo.pop()
            for element in (here, *(border.id for border in self.following.borders[here])):
                for flow in self.following.out[element]:
                    if flow.id not in found:
                        found.add(flow.id)
                        todo.append(flow.target)
        return frozenset(found)

    def _marking(self, tokens: list[Token]) -> Marking:
        """In a fixed order; of tokens that are alike in all, three stand for any number."""
        counted = Counter(tokens)
        return tuple(sorted((token for token, count in counted.items() for _ in range(min(count, 3))), key=_order))

    def _values(self, state: State) -> Values:
        return tuple(state.of(name) for name in self.tracked)

    def _state(self, values: Values) -> State:
        return State(dict(zip(self.tracked, values, strict=True)))


def _order(token: Token) -> tuple[str, str, str]:
    return token[0], token[1], str(token[2])


def _read(flow: Flow) -> frozenset[str]:
    return names(parsed(flow.condition), ast.Load) if flow.condition else frozenset()
