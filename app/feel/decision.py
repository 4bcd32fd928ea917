"""Decision tables, ready to decide (DMN 1.3, chapter 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import ScriptError
from app.feel.expression import Expression, UnaryTests

HIT_POLICIES = ("UNIQUE", "FIRST", "COLLECT")


class DecisionError(ScriptError):
    """A table that cannot decide on these values."""


@dataclass(frozen=True, slots=True)
class Input:
    """A column that is asked about. `label` is for people."""

    label: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Output:
    """A column that is answered, under `name`."""

    name: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A row. `number` counts from 1, as people see it; an empty output cell is None."""

    number: int
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression | None, ...]
    annotation: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision table as its DMN file draws it."""

    id: str
    name: str
    hit_policy: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    def decide(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """Output name to value. No row fits: each is None. COLLECT gives lists in row order, maybe empty.

        Raises DecisionError where UNIQUE finds two rows.
        """
        hits = list(self._hits(names))
        if self.hit_policy == "COLLECT":
            rows = [self._answer(rule, names) for rule in hits]
            return {output.name: [row[output.name] for row in rows] for output in self.outputs}
        if self.hit_policy == "UNIQUE" and len(hits) > 1:
            raise DecisionError(
                "In the decision table %(table)s more than one row fits: %(rows)s.",
                table=self.id,
                rows=", ".join(str(rule.number) for rule in hits),
            )
        return self._answer(hits[0], names) if hits else {output.name: None for output in self.outputs}

    def names(self) -> frozenset[str]:
        """Every name that the table reads."""
        read_names: set[str] = set()
        for column in self.inputs:
            read_names |= column.expression.names()
        for rule in self.rules:
            for test in rule.tests:
                read_names |= test.names()
            for cell in rule.outputs:
                read_names |= cell.names() if cell else frozenset()
        return frozenset(read_names)

    def _hits(self, names: Mapping[str, Any]) -> Iterator[Rule]:
        values = [column.expression.evaluate(names) for column in self.inputs]
        for rule in self.rules:
            if all(test.matches(value, names) for test, value in zip(rule.tests, values, strict=True)):
                yield rule
                if self.hit_policy == "FIRST":
                    return

    def _answer(self, rule: Rule, names: Mapping[str, Any]) -> dict[str, Any]:
        return {
            output.name: cell.evaluate(names) if cell else None
            for output, cell in zip(self.outputs, rule.outputs, strict=True)
        }
