"""The Python of diagrams, parsed: which names it reads and sets. What is allowed in it is judged where it is run."""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache

MAX_CODE = 20_000  # characters
# What may be called in conditions and scripts (the engine's own list; a test compares the two).
FUNCTIONS = frozenset(
    {
        "abs", "all", "any", "bool", "dict", "divmod", "enumerate", "float", "int", "isinstance", "len", "list", "max",
        "min", "range", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "zip",
    }
)  # fmt: skip


@lru_cache(maxsize=2048)
def parsed(code: str) -> ast.Module | None:
    """The syntax tree of an expression or script; None of what is no Python, or too long."""
    if len(code) > MAX_CODE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # `x is 'a'`: told as a problem, not on the terminal
            return ast.parse(code.strip(" \t").strip("\n"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def expression(code: str) -> ast.expr | None:
    """The tree of one expression; None of anything else."""
    tree = parsed(code.strip())
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return None
    return tree.body[0].value


@lru_cache(maxsize=4096)
def names(tree: ast.AST | None, context: type[ast.expr_context]) -> frozenset[str]:
    """Names that the code reads (ast.Load; what is called does not count) or sets (ast.Store)."""
    if tree is None:
        return frozenset()
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context) and id(node) not in called
    )
