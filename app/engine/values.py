"""What task data may be: plain JSON of bounded size. Everything that enters a case's data passes through `clean`."""

from __future__ import annotations

import math
from typing import Any

from app.errors import ScriptError

MAX_DEPTH = 20
MAX_NODES = 20_000
MAX_TEXT = 200_000  # characters, all strings together
MAX_INT = 2**63  # what every database and every JSON reader agrees on

# Task data is kept as JSON; SpiffWorkflow's own serializer cannot load a state that has this key.
REFUSED_KEYS = frozenset({"typename", "__builtins__"})


def clean(value: Any, where: str = "value") -> Any:
    """A deep copy of `value` in plain JSON types (tuples become lists).

    Raises ScriptError when JSON cannot say it (Decimal, set, NaN, NUL characters, cycles) or it is too big.
    """
    return _Cleaner(where).copy(value, 0)


def clean_data(data: Any, where: str = "data") -> dict[str, Any]:
    """As `clean`, for a mapping of names to values."""
    if not isinstance(data, dict):
        raise ScriptError("%(where)s must be a mapping of names to values.", where=where)
    copied: dict[str, Any] = clean(data, where)
    return copied


def clone(value: Any) -> Any:
    """A deep copy of a value that is known to be clean: branches never share nested data."""
    if type(value) is dict:
        return {key: clone(item) if type(item) in (dict, list) else item for key, item in value.items()}
    if type(value) is list:
        return [clone(item) if type(item) in (dict, list) else item for item in value]
    return value


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: unlike Python's `==`, True is not 1 and 1 is not 1.0."""
    if type(one) is not type(other):
        return False
    if type(one) is dict:
        return one.keys() == other.keys() and all(same(item, other[key]) for key, item in one.items())
    if type(one) is list:
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


class _Cleaner:
    """Counts while it copies, so that a small value that unfolds into a huge one is stopped early."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.nodes = 0
        self.text = 0

    def copy(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise ScriptError("%(where)s is too large or nested too deeply.", where=self.where)
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return self.string(value)
        if kind is int:
            return self.integer(value)
        if kind is float:
            return self.number(value)
        if kind is list or kind is tuple:
            return [self.copy(item, depth + 1) for item in value]
        if kind is dict:
            return {self.key(key): self.copy(item, depth + 1) for key, item in value.items()}
        raise ScriptError(
            "%(where)s holds a value of type %(type)s, which cannot be stored.",
            where=self.where,
            type=kind.__name__,
        )

    def key(self, key: Any) -> str:
        if type(key) is not str:
            raise ScriptError("%(where)s has a key that is not text.", where=self.where)
        if key in REFUSED_KEYS:
            raise ScriptError("%(where)s has the reserved key “%(key)s”.", where=self.where, key=key)
        return self.string(key)

    def string(self, value: str) -> str:
        self.text += len(value)
        if self.text > MAX_TEXT:
            raise ScriptError("%(where)s holds too much text.", where=self.where)
        # A lone surrogate cannot be written as UTF-8, NUL cannot be stored by PostgreSQL.
        bad = "\0" in value or (not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value))
        if bad:
            raise ScriptError("%(where)s holds characters that cannot be stored.", where=self.where)
        return value

    def integer(self, value: int) -> int:
        if not -MAX_INT <= value < MAX_INT:
            raise ScriptError("%(where)s holds a number that is too large.", where=self.where)
        return value

    def number(self, value: float) -> float:
        if not math.isfinite(value):
            raise ScriptError("%(where)s holds a number that is not finite.", where=self.where)
        return value


GONE = object()  # stands where a name has no value


def alike(one: Any, other: Any) -> bool:
    """As `same`, of what may be GONE."""
    if one is GONE or other is GONE:
        return one is other
    return same(one, other)
