"""The token game: every way in which the tokens of one process can go, each with the values on which gateways decide.

After van der Aalst's soundness of workflow nets: each run comes to an end, and no token is left at a join. As
the engine has it, a token carries its own values, branches share nothing, and a parallel gateway takes one token
from each arrow.

Of tokens that can move, one moves at a time, always the first in a fixed order: none of them can stand in another's
way, so no place where tokens get stuck is missed (persistent sets, Godefroid 1996). Bounded: what is larger is
said to be so.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from app.bpmn import Flow
from app.catalogue.domains import Domain, State
from app.catalogue.drawn import Element
from app.catalogue.following import Following
from app.catalogue.graph import inside
from app.catalogue.python import names, parsed
from app.catalogue.verdicts import judged

MAX_STATES = 6_000  # of one process
MAX_TOKENS = 120  # at once
_MOST_WAYS = 6  # out of one place by conditions of their own, of which every choice is looked at
_MOST_SPLIT = 64  # combinations of values into which a fork parts what is known

JOINS = frozenset({"parallelGateway", "inclusiveGateway"})

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
            if element.kind in ("exclusiveGateway", "inclusiveGateway"):
                read = {name for flow in self.following.out[element.id] for name in _read(flow)}
                found.update(read)
        return tuple(sorted(name for name, count in found.items() if count > 1))

    def play(self) -> Played:
        """Follow every run from every beginning until nothing new is met."""
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
        elif element.kind == "eventBasedGateway":
            for flow in out:
                yield [self._through(name, flow, values)]
        elif element.kind == "parallelGateway":  # with one arrow in: a fork
            yield from self._forked(name, out, values)
        elif element.kind == "inclusiveGateway":
            yield from self._chosen(element, values)
        else:
            yield from self._done(element, out, state, values)

    def _done(self, element: Element, out: list[Flow], state: State, values: Values) -> Iterator[list[Token]]:
        done, borders = self.following.after(element, state), self.following.borders[element.id]
        after = self._values(done or state)
        if done is not None or not borders:  # else what is inside ends by an error, always
            yield from self._chosen(element, after)
        for border in borders:
            beside = [self._arrived(flow, values) for flow in self.following.out[border.id]]
            self._note((element.id,), (flow.id for flow in self.following.out[border.id]))
            if border.interrupting:
                yield beside
            else:
                self._note((element.id,), (flow.id for flow in (*out, *self.following.out[border.id])))
                yield [*(self._arrived(flow, after) for flow in out), *beside]

    def _chosen(self, element: Element, values: Values, needs: tuple[str, ...] = ()) -> Iterator[list[Token]]:
        """Every choice of arrows that may be taken together, each by its condition. `needs`: what it takes tokens from,
        where that is not any one arrow into the element.
        """
        for split, taken in self._choices(element, values):
            self._note(needs or (element.id,), (flow.id for flow in taken))
            yield [self._arrived(flow, split) for flow in taken]

    def _choices(self, element: Element, values: Values) -> Iterator[tuple[Values, list[Flow]]]:
        out = self.following.out[element.id]
        if len(out) == 1:
            yield values, out
            return
        for split in self._split(values):
            state = self._state(split)
            flows = [flow for flow, _ in self.following.several(element, state)]
            always = [flow for flow in flows if flow.id != element.default and _always(flow, state)]
            others = [flow for flow in flows if flow not in always]
            default = [flow for flow in others if flow.id == element.default]
            open_ones = [flow for flow in others if flow.id != element.default]
            if len(open_ones) > _MOST_WAYS:
                yield split, always + open_ones
                continue
            for picked in product((True, False), repeat=len(open_ones)):
                taken = always + [flow for flow, is_in in zip(open_ones, picked, strict=True) if is_in]
                if taken or default:
                    yield split, taken or default

    def _forked(self, name: str, out: list[Flow], values: Values) -> Iterator[list[Token]]:
        """Each value that a name may have is one run: what one branch decides by it, the other decides, too."""
        self._note((name,), (flow.id for flow in out))
        for split in self._split(values):
            yield [self._arrived(flow, split) for flow in out]

    def _split(self, values: Values) -> Iterator[Values]:
        """Each combination of values by itself, where they are known and not too many."""
        choices = [
            [Domain(frozenset({value})) for value in sorted(each.known, key=str)] if each.exact else [each]
            for each in values
        ]
        count = 1
        for choice in choices:
            count *= len(choice)
        return (tuple(split) for split in product(*choices)) if count <= _MOST_SPLIT else iter([values])

    def _joins(self, marking: Marking) -> Iterator[Marking]:
        """The first join at which a token waits at every arrow is passed; when there is none, an inclusive one, to
        which nothing can come any more.
        """
        at: dict[str, dict[str, list[Token]]] = defaultdict(lambda: defaultdict(list))
        for token in marking:
            at[token[0]][token[1]].append(token)
        full = [join for join, arrived in at.items() if all(flow.id in arrived for flow in self.following.into[join])]
        inclusive = [join for join in at if self.elements[join].kind == "inclusiveGateway"]
        awaited = [join for join in inclusive if not any(self._may_come(other, join, at) for other in at)]
        for join in (full or awaited or inclusive)[:1]:
            into, out = self.following.into[join], self.following.out[join]
            taken = [at[join][flow.id][0] for flow in into if flow.id in at[join]]
            rest = list(marking)
            for token in taken:
                rest.remove(token)
            state = self._state(taken[0][2])
            for token in taken[1:]:
                state = state.gathered(self._state(token[2]))
            self.played.passed.add(join)
            values = self._values(state)
            if self.elements[join].kind == "inclusiveGateway":
                needs = tuple(flow.id for flow in into if flow.id in at[join])
                for tokens in self._chosen(self.elements[join], values, needs):
                    yield self._marking([*rest, *tokens])
                continue
            self._note((flow.id for flow in into), (flow.id for flow in out))
            yield self._marking([*rest, *(self._arrived(flow, values) for flow in out)])

    def _may_come(self, other: str, join: str, at: Mapping[str, Mapping[str, object]]) -> bool:
        """Whether what waits at another join can come to this one by an arrow on which nothing waits."""
        empty = {flow.id for flow in self.following.into[join] if flow.id not in at[join]}
        return other != join and bool(empty & self._ahead(other))

    def _through(self, name: str, flow: Flow, values: Values) -> Token:
        self._note((name,), (flow.id,))
        return self._arrived(flow, values)

    def _arrived(self, flow: Flow, values: Values) -> Token:
        joins = self.elements[flow.target].kind in JOINS and len(self.following.into[flow.target]) > 1
        return flow.target, flow.id if joins else "", values

    def _note(self, into: Iterable[str], out: Iterable[str]) -> None:
        self.played.moves.add((tuple(into), tuple(out)))

    def _terminates(self, name: str) -> bool:
        return self.elements[name].event in ("terminate", "error")

    # ---- states

    def _waiting(self, marking: Marking) -> dict[str, frozenset[str]]:
        """Joins that wait for ever, to the arrows by which nothing comes; not those that wait for another of them."""
        arrived: dict[str, set[str]] = defaultdict(set)
        for name, flow, _ in marking:
            if flow:  # what has no way on is told by itself
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


def _always(flow: Flow, state: State) -> bool:
    return not flow.condition or judged(flow.condition, state).false is None


def _order(token: Token) -> tuple[str, str, str]:
    return token[0], token[1], str(token[2])


def _read(flow: Flow) -> frozenset[str]:
    return names(parsed(flow.condition), ast.Load) if flow.condition else frozenset()
