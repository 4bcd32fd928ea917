"""The abstract syntax: nested tuples, which as JSON arrays are what the page evaluates.

    ["lit", v]                       v: null, true, false or a text
    ["num", "1.50"]                  a number, as text so that no digit is lost
    ["name", "a", "b"]               a.b
    ["list", e, ...]
    ["date", e]                      a text made a date; null if it is none
    ["not", e]   ["neg", e]
    ["and", e, e]   ["or", e, e]
    [op, e, e]                       op one of = != < <= > >= + - * /
    ["in", e, test, ...]             true if any test holds
where a test is one of
    ["range", closed, low, high, closed]     low, high: expressions; closed: whether the end belongs to it
    ["cmp", op, e]                           op one of = != < <= > >=
    ["is", e]                                equal to e; if e is a list, contained in it
"""

from __future__ import annotations

from typing import Any

Node = tuple[Any, ...]

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
ARITHMETIC = ("+", "-", "*", "/")


def to_json(node: Node) -> list[Any]:
    """The node as JSON arrays."""
    return [to_json(part) if isinstance(part, tuple) else part for part in node]


def names_in(node: Node) -> set[str]:
    """First parts of all names that the node reads."""
    if node[0] == "name":
        return {node[1]}
    if node[0] in ("lit", "num"):
        return set()
    return {name for part in node[1:] if isinstance(part, tuple) for name in names_in(part)}
