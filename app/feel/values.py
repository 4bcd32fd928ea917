"""The values of FEEL and what can be done with two of them. `None` is FEEL's null all through."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # fromisoformat alone would also take 2026-W01-1
# decimal128 (IEEE 754; DMN 1.3, 10.3.2.3.1); the exponent is bounded by `_bounded`, not by the context.
_CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-999999,
    Emax=999999,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
_MOST = 300  # powers of ten beyond which a number is null, so that every outcome is a JSON number


def normal(value: object) -> Any:
    """A value as the evaluator keeps it: numbers as Decimal, days and moments as ISO text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)  # a subclass (Markup, an enum's member) would not equal in type
    if isinstance(value, Decimal):
        return _bounded(value)
    if isinstance(value, int):
        return _bounded(Decimal(value)) if abs(value) < 10**_MOST else None
    if isinstance(value, float):
        return _bounded(Decimal(repr(value)))
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [normal(item) for item in value]
    return value


def plain(value: Any) -> Any:
    """The way out: a number becomes int where it is whole, float otherwise; a date its ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def member(value: Any, key: str) -> Any:
    """`value.key`; null where there is none."""
    return normal(value.get(key)) if isinstance(value, Mapping) else None


def calculate(operator: str, left: Any, right: Any) -> Any:
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) <= 100_000 else None
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return None
    if operator == "+":
        return _bounded(_CONTEXT.add(left, right))
    if operator == "-":
        return _bounded(_CONTEXT.subtract(left, right))
    if operator == "*":
        return _bounded(_CONTEXT.multiply(left, right))
    return _bounded(_CONTEXT.divide(left, right)) if right else None


def negative(value: Any) -> Any:
    return _CONTEXT.subtract(Decimal(0), value) if isinstance(value, Decimal) else None


def equal(left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return left is right
    left, right = _alike(left, right)
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return False
        return conjunction([equal(a, b) for a, b in zip(left, right, strict=True)])
    if type(left) is not type(right) or not isinstance(left, bool | str | Decimal | date):
        return None
    return bool(left == right)


def compare(operator: str, left: Any, right: Any) -> bool | None:
    """One of = != < <= > >= ; texts by code point."""
    if operator in ("=", "!="):
        same = equal(left, right)
        return same if operator == "=" or same is None else not same
    left, right = _alike(left, right)
    if type(left) is not type(right) or not isinstance(left, str | Decimal | date):
        return None
    if operator == "<":
        return bool(left < right)
    if operator == "<=":
        return bool(left <= right)
    if operator == ">":
        return bool(left > right)
    return bool(left >= right)


def conjunction(values: Sequence[Any]) -> bool | None:
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


def disjunction(values: Sequence[Any]) -> bool | None:
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else None


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, date) and isinstance(right, str):
        return left, as_date(right)
    if isinstance(right, date) and isinstance(left, str):
        return as_date(left), right
    return left, right


def _bounded(value: Decimal) -> Decimal | None:
    if not value.is_finite():
        return None
    value = _CONTEXT.plus(value)
    return value if not value or -_MOST < value.adjusted() < _MOST else None


def as_date(text: object) -> date | None:
    """The day that a text of the form 2026-11-22 names; None for anything else."""
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
