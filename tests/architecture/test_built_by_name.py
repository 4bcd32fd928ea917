"""A view of many fields is built by their names: one put in the middle would shift all that follow, and types would not
always tell."""

from __future__ import annotations

import ast
from pathlib import Path

PROJECT = Path(__file__).parents[2]
MOST = 8  # arguments by position
SOURCES = [path for room in ("app", "admin", "hardware") for path in (PROJECT / room).rglob("*.py")]


def dataclasses(tree: ast.Module) -> set[str]:
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(each) for each in node.decorator_list)
    }


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_what_has_many_fields_is_built_by_name() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES if "node_modules" not in path.parts}
    known = set[str]().union(*map(dataclasses, trees.values()))
    found = [
        f"{path.relative_to(PROJECT)}:{node.lineno} {called(node)}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and len(node.args) > MOST and called(node) in known
    ]
    assert found == []
