"""Decision tables with values in the places of names, as far as they are known before anybody asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.feel.decision import Decision
from app.feel.expression import Expression, UnaryTests
from app.feel.syntax import ARITHMETIC, Node


def bound(decision: Decision, names: Mapping[str, Any]) -> Decision:
    """The table with each path that begins with one of these names replaced by its value, and sums worked out. A path
    that leads to nothing stays."""
    return replace(
        decision,
        inputs=tuple(replace(each, expression=_expression(each.expression, names)) for each in decision.inputs),
        rules=tuple(
            replace(
                rule,
                tests=tuple(_tests(each, names) for each in rule.tests),
                outputs=tuple(_expression(each, names) if each is not None else None for each in rule.outputs),
            )
            for rule in decision.rules
        ),
    )


def paths(decision: Decision, root: str) -> Iterator[tuple[str, ...]]:
    """Every path below this name that the table reads, as (first key, second key, …); one may come twice."""
    nodes = [each.expression.node for each in decision.inputs]
    for rule in decision.rules:
        nodes += [test for tests in rule.tests for test in tests.tests or ()]
        nodes += [each.node for each in rule.outputs if each is not None]
    for node in nodes:
        yield from _paths(node, root)


def _paths(node: Node, root: str) -> Iterator[tuple[str, ...]]:
    if node[0] == "name":
        if node[1] == root:
            yield tuple(node[2:])
        return
    for part in node[1:]:
        if isinstance(part, tuple):
            yield from _paths(part, root)


def _expression(expression: Expression, names: Mapping[str, Any]) -> Expression:
    return replace(expression, node=_put(expression.node, names))


def _tests(tests: UnaryTests, names: Mapping[str, Any]) -> UnaryTests:
    return replace(tests, tests=tuple(_put(each, names) for each in tests.tests) if tests.tests is not None else None)


def _put(node: Node, names: Mapping[str, Any]) -> Node:
    if node[0] == "name":
        if node[1] not in names:
            return node
        value: Any = names[node[1]]
        for key in node[2:]:
            value = value.get(key) if isinstance(value, Mapping) else None
        return node if value is None else _literal(value)
    if node[0] in ("lit", "num"):
        return node
    made = tuple(_put(part, names) if isinstance(part, tuple) else part for part in node)
    if made[0] in ARITHMETIC and all(part[0] == "num" for part in made[1:]):
        found = Expression("", made).evaluate({})
        return made if found is None else ("num", str(found))
    return made


def _literal(value: Any) -> Node:
    return ("num", str(value)) if isinstance(value, int) and not isinstance(value, bool) else ("lit", value)
