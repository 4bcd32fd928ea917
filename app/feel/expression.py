"""Parsed expressions and cells, and their evaluation: pure, bounded, total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.feel import syntax, values
from app.feel.parser import Parser
from app.feel.scanner import FeelError
from app.feel.syntax import ARITHMETIC, COMPARISONS, Node


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression. `text` is as written, without a leading "="."""

    text: str
    node: Node

    def evaluate(self, names: Mapping[str, Any]) -> Any:
        """The outcome: None, bool, int, float, str, a list of them, or a name's value as it was (a mapping).

        Absent names are null. Nothing raises.
        """
        return values.plain(_value(self.node, names))

    def holds(self, names: Mapping[str, Any]) -> bool:
        """Whether the outcome is exactly true: what a condition asks (null is not true)."""
        return _value(self.node, names) is True

    def names(self) -> frozenset[str]:
        """The names read; of a path a.b, the a."""
        return frozenset(syntax.names_in(self.node))

    def to_json(self) -> Any:
        """JSON arrays as described in `app.feel.syntax`."""
        return syntax.to_json(self.node)


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """What an input cell of a decision table says; `tests` is None for "-" (matches everything)."""

    text: str
    negated: bool
    tests: tuple[Node, ...] | None

    def matches(self, value: Any, names: Mapping[str, Any]) -> bool:
        """Whether the value passes: exactly true, as in `Expression.holds`."""
        if self.tests is None:
            return True
        found = _passes(values.normal(value), self.tests, names)
        return found is False if self.negated else found is True

    def names(self) -> frozenset[str]:
        return frozenset(name for test in self.tests or () for name in syntax.names_in(test))


def parse(text: str) -> Expression:
    """Raises FeelError, which names the position (counted in the text as given)."""
    start = len(text) - len(text.lstrip())
    skipped = start + 1 if text[start : start + 1] == "=" else 0
    body = text[skipped:]
    try:
        return Expression(body.strip(), Parser(body).whole_expression())
    except FeelError as error:
        # % formatting was done for the shorter text: say it again with the place in the whole one.
        params = {key: value for key, value in error.params.items() if key != "position"}
        raise FeelError(error.message, error.position + skipped, **params) from None


def parse_unary_tests(text: str) -> UnaryTests:
    """An input cell: "-", tests separated by commas, or not(tests). Raises FeelError."""
    negated, tests = Parser(text).whole_tests()
    return UnaryTests(text.strip(), negated, tests)


def _value(node: Node, names: Mapping[str, Any]) -> Any:
    kind = node[0]
    if kind == "lit":
        return node[1]
    if kind == "num":
        return values.normal(Decimal(node[1]))
    if kind == "name":
        value = values.normal(names.get(node[1]))
        for key in node[2:]:
            value = values.member(value, key)
        return value
    if kind == "list":
        return [_value(item, names) for item in node[1:]]
    if kind == "in":
        return _passes(_value(node[1], names), node[2:], names)
    arguments = [_value(part, names) for part in node[1:]]
    if kind == "and":
        return values.conjunction(arguments)
    if kind == "or":
        return values.disjunction(arguments)
    if kind == "not":
        return not arguments[0] if isinstance(arguments[0], bool) else None
    if kind == "neg":
        return values.negative(arguments[0])
    if kind == "date":
        return arguments[0] if isinstance(arguments[0], date) else values.as_date(arguments[0])
    if kind in ARITHMETIC:
        return values.calculate(kind, arguments[0], arguments[1])
    assert kind in COMPARISONS, kind  # noqa: S101 - the parser makes no others
    return values.compare(kind, arguments[0], arguments[1])


def _passes(value: Any, tests: tuple[Node, ...], names: Mapping[str, Any]) -> bool | None:
    return values.disjunction([_test(value, test, names) for test in tests])


def _test(value: Any, test: Node, names: Mapping[str, Any]) -> bool | None:
    if test[0] == "cmp":
        return values.compare(test[1], value, _value(test[2], names))
    if test[0] == "range":
        low, high = _value(test[2], names), _value(test[3], names)
        return values.conjunction(
            [
                values.compare(">=" if test[1] else ">", value, low),
                values.compare("<=" if test[4] else "<", value, high),
            ]
        )
    wanted = _value(test[1], names)
    if isinstance(wanted, list) and not isinstance(value, list):
        return values.disjunction([values.equal(value, item) for item in wanted])
    return values.equal(value, wanted)
