"""Decision tables tried with every case that makes a difference: the values that cells name, those between and beside
them, and what forms and scripts can give. What a table does with them, it does with all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

from app.catalogue.domains import Domain, Known, Range
from app.feel.decision import Decision, Rule
from app.feel.expression import UnaryTests
from app.feel.syntax import Node

MOST_POINTS = 20_000  # combinations of one table
_OTHER = "…"  # stands for every text that no cell names


@dataclass(frozen=True, slots=True)
class Column:
    """An input with the values that are tried. `name`: what it reads, "" where it is more than a name: then it is left
    open, and a cell of it may or may not fit."""

    label: str
    name: str
    points: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """One combination, in the order of the columns, and the rows that fit it."""

    values: tuple[Known, ...]
    rows: tuple[Rule, ...]


class Table:
    """`domains`: what each name may be where the table is asked. `whole`: all of it can be tried, within bounds."""

    def __init__(self, decision: Decision, domains: Mapping[str, Domain]) -> None:
        self.decision = decision
        self.columns = [self._column(number, domains) for number in range(len(decision.inputs))]
        count = 1
        for column in self.columns:
            count *= max(len(column.points), 1)
        self.followed = all(column.name for column in self.columns)
        self.small = count <= MOST_POINTS
        self.whole = self.followed and self.small

    def tries(self) -> Iterator[Tried]:
        """All combinations, in a steady order."""
        for values in product(*(column.points for column in self.columns)):
            plain = [bare(value) for value in values]
            names = {column.name: value for column, value in zip(self.columns, plain, strict=True)}
            rows = tuple(
                rule
                for rule in self.decision.rules
                if all(test.matches(value, names) for test, value in zip(rule.tests, plain, strict=True))
            )
            yield Tried(values, rows)

    def names(self, values: tuple[Known, ...]) -> dict[str, Any]:
        """The combination as a table is asked."""
        return {column.name: bare(value) for column, value in zip(self.columns, values, strict=True)}

    def _column(self, number: int, domains: Mapping[str, Domain]) -> Column:
        inputs = self.decision.inputs[number]
        node = inputs.expression.node
        name = node[1] if node[0] == "name" and len(node) == 2 else ""
        cells = [rule.tests[number] for rule in self.decision.rules]
        if not name or any(not constant(cell) for cell in cells):
            return Column(inputs.label, "", ())
        named = [value for cell in cells for value in named_in(cell)]
        return Column(inputs.label, str(name), tuple(points(domains.get(name, Domain(unset=True)), named)))


def bare(value: Known) -> Any:
    """The value as FEEL reads it."""
    return value[1]


def constant(cell: UnaryTests) -> bool:
    """Whether the cell names values alone, and no names."""
    return not cell.names() and all(_plain(test) for test in cell.tests or ())


def _plain(node: Node) -> bool:
    return node[0] != "date" and all(_plain(part) for part in node[1:] if isinstance(part, tuple))


def named_in(cell: UnaryTests) -> Iterator[Known]:
    """Every value that the cell names."""
    for test in cell.tests or ():
        yield from _values(test)


def _values(node: Node) -> Iterator[Known]:
    match node:
        case ("lit", str() as text):
            yield ("text", text)
        case ("lit", bool() as flag):
            yield ("bool", flag)
        case ("lit", None):
            yield ("none", None)
        case ("num", str() as figure):
            yield ("number", Decimal(figure))
        case ("neg", ("num", str() as figure)):
            yield ("number", -Decimal(figure))
        case _:
            for part in node[1:]:
                if isinstance(part, tuple):
                    yield from _values(part)


def points(domain: Domain, named: list[Known]) -> Iterator[Known]:
    """Values of the domain that stand for all of it, where cells tell apart those that they name."""
    if domain.any:
        domain = _guessed(named)
    yield from sorted((value for value in domain.known if value[0] != "none"), key=_plainest)
    if "text" in domain.kinds:
        texts = dict.fromkeys(value for value in named if value[0] == "text" and value not in domain.known)
        yield from (*texts, ("text", _OTHER))
    if domain.numbers is not None:
        yield from (
            ("number", figure) for figure in _figures(domain.numbers, named) if ("number", figure) not in domain.known
        )
    if domain.unset or ("none", None) in domain.known:
        yield ("none", None)


def _plainest(value: Known) -> tuple[bool, str, Any]:
    """An empty text last: nobody reads of it first."""
    return value == ("text", ""), *value


def _guessed(named: list[Known]) -> Domain:
    """Of a name that may be anything: what the cells themselves name, which they know best."""
    return Domain(frozenset(named))


def _figures(numbers: Range, named: list[Known]) -> Iterator[Decimal]:
    """The numbers that cells name, one between each two and one beyond either end, as far as the range has them."""
    marks = sorted(
        {value[1] for value in named if value[0] == "number"}
        | {end for end in (numbers.low, numbers.high) if end.is_finite()}
    )
    found: set[Decimal] = set()
    for low, high in zip([None, *marks], [*marks, None], strict=True):
        if low is not None:
            found.add(low)
        if low is None and high is not None:
            found.add(high - 1)
        elif high is None and low is not None:
            found.add(low + 1)
        elif low is not None and high is not None:
            between = low + 1 if numbers.whole else (low + high) / 2
            if low < between < high:
                found.add(between)
    yield from sorted(figure for figure in found or {Decimal(0)} if numbers.holds(figure))
