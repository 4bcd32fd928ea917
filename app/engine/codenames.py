"""Which names a piece of a diagram's Python reads and sets, in the order in which it does."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

Known = frozenset[str]
Operation = tuple[Known, Known]  # names that are read, then names that are set


def named(name: str) -> Known:
    return frozenset({name}) if name else frozenset()


@lru_cache(maxsize=4096)
def read(code: str) -> Known:
    """The names that an expression reads."""
    tree = _tree(code)
    return _loads(tree) if tree is not None else frozenset()


@lru_cache(maxsize=1024)
def script(code: str) -> Operation:
    """The names that a script reads before it has set them, and those that it sets on every way through it."""
    tree = _tree(code)
    reads: set[str] = set()
    sets = _body(tree.body, frozenset(), reads) if tree is not None else frozenset()
    return frozenset(reads), sets


def _tree(code: str) -> ast.Module | None:
    try:
        return ast.parse(code.strip()) if code else None
    except (SyntaxError, ValueError, RecursionError):
        return None  # whether it can run at all is the check's to say


def _body(statements: Iterable[ast.stmt], bound: Known, reads: set[str]) -> Known:
    for each in statements:
        match each:
            case ast.If():
                reads |= _loads(each.test) - bound
                bound = _body(each.body, bound, reads) & _body(each.orelse, bound, reads)
            case ast.For():
                reads |= _loads(each.iter) - bound
                _body(each.body, bound | _stores(each.target), reads)
            case ast.While():
                reads |= _loads(each.test) - bound
                _body(each.body, bound, reads)
            case ast.Assign():
                reads |= _loads(each) - bound
                bound |= frozenset().union(*(_stores(target) for target in each.targets))
            case ast.AugAssign():
                reads |= (_loads(each) | _stores(each.target)) - bound
            case _:
                reads |= _loads(each) - bound
    return bound


def _loads(tree: ast.AST) -> Known:
    """Names whose values are asked for; not what is called, nor the variables of a comprehension."""
    nodes = list(ast.walk(tree))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    own = frozenset().union(*(_stores(node.target) for node in nodes if isinstance(node, ast.comprehension)))
    loaded = {
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called
    }
    return frozenset(loaded) - own


def _stores(tree: Any) -> Known:
    return frozenset(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
