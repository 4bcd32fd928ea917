"""Generated diagrams and edits of them, in which what was not edited keeps its id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.engine.drawing import Drawing
from tests.engine.generated import Block, Sheet, made_of_others


class Numbered(Sheet):
    """Draws pieces; ids follow from a piece's number alone, not from what was drawn before it or what kind it is."""

    def __init__(self, numbers: dict[int, int]) -> None:
        super().__init__()
        self.numbers = numbers

    def name(self, kind: str) -> str:
        self.count += 1
        return f"n{self.count}"

    def draw(self, on: Drawing, block: Block, inside: str = "") -> tuple[str, str]:
        kept, self.count = self.count, self.numbers[id(block)] * 20
        found = super().draw(on, block, inside)
        self.count = kept
        return found


class Plan:
    """A tree of blocks, each a list so that it can be edited in place: [number, kind, parts…]."""

    def __init__(self, seed: int) -> None:
        chance = Random(seed)
        parts = [made_of_others(chance, chance.choice((1, 2, 3))) for _ in range(chance.choice((1, 2)))]
        self.count = 0
        self.root = self.numbered(("chain", *parts))
        self.terminates = chance.random() < 0.3

    def numbered(self, block: Block) -> list[Any]:
        self.count += 1
        number = self.count
        return [number, block[0], *(self.numbered(part) if isinstance(part, tuple) else part for part in block[1:])]

    def every(self, node: list[Any] | None = None) -> Iterator[list[Any]]:
        node = node or self.root
        yield node
        for part in node[2:]:
            if isinstance(part, list):
                yield from self.every(part)

    def drawings(self) -> list[Drawing]:
        numbers: dict[int, int] = {}
        alive: list[Block] = []

        def block(node: list[Any]) -> Block:
            made = (node[1], *(block(part) if isinstance(part, list) else part for part in node[2:]))
            alive.append(made)
            numbers[id(made)] = node[0]
            return made

        sheet = Numbered(numbers)
        top = sheet.process(block(self.root), "top", terminates=self.terminates)
        return [top, *sheet.drawings]


SIMPLE = frozenset({"user", "service", "script", "timer", "receive", "rule", "send", "ring", "hear", "up", "link"})
ROUTES = ("both", "either", "some")


def edit(plan: Plan, chance: Random) -> str:
    """One edit in place; gives its name."""
    nodes = list(plan.every())
    simple = [node for node in nodes if node[1] in SIMPLE]
    choices: list[tuple[str, Callable[[], None]]] = []

    def fresh(kind: str) -> list[Any]:
        return plan.numbered((kind, 1) if kind in ("timer", "script") else (kind,))

    def become(node: list[Any], other: list[Any]) -> None:
        node[:] = other

    if simple:
        at = chance.choice(simple)
        kind = chance.choice(("user", "user", "service", "script", "receive", "up"))
        choices += [
            ("after", lambda: become(at, [*plan.numbered(("chain",)), list(at), fresh(kind)])),
            ("before", lambda: become(at, [*plan.numbered(("chain",)), fresh(kind), list(at)])),
            ("retyped", lambda: become(at, [at[0], *fresh(kind)[1:]])),
            ("redrawn", lambda: become(at, fresh(at[1]))),
            ("fork", lambda: become(at, [*plan.numbered(("both",)), list(at), fresh("user")])),
        ]
    for node in nodes:
        if node[1] in ROUTES:
            other = chance.choice([each for each in ROUTES if each != node[1]])
            choices.append(("gateway", lambda node=node, other=other: become(node, [node[0], other, *node[2:]])))  # type: ignore[misc]
            choices.append(("branch", lambda node=node: node.append(fresh("user"))))  # type: ignore[misc]
            if len(node) > 4:
                choices.append(("pruned", lambda node=node: node.pop()))  # type: ignore[misc]
        if node[1] == "first":
            choices.append(("event", lambda node=node: node.append(fresh("user"))))  # type: ignore[misc]
        if node[1] == "border":
            place = chance.choice((2, 3))
            choices.append(("border", lambda node=node, place=place: node.__setitem__(place, not node[place])))  # type: ignore[misc]
        if node[1] == "each":
            place = chance.choice((2, 4))
            choices.append(("each", lambda node=node, place=place: node.__setitem__(place, not node[place])))  # type: ignore[misc]
        if node[1] == "beside":
            trigger = chance.choice(("message", "timer", "signal", "escalation"))
            choices.append(("beside", lambda node=node, trigger=trigger: node.__setitem__(2, trigger)))  # type: ignore[misc]
        if node[1] == "chain" and len(node) > 3:
            choices.append(("shuffled", lambda node=node: node.insert(2, node.pop())))  # type: ignore[misc]
            choices.append(("removed", lambda node=node: node.pop(2)))  # type: ignore[misc]
    name, change = chance.choice(choices)
    change()
    return name
