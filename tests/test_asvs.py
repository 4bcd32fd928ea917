"""docs/asvs.md says the truth: each requirement of ASVS 5.0, levels 1 and 2, stands there once, and its tests exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([\w ]+) \| (.+?) \| (.*?) ?\|$", PAGE, re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
REQUIREMENTS = 253  # of levels 1 and 2 in version 5.0.0


@cache
def named_in(path: str) -> frozenset[str]:
    file = PROJECT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.Module([], [])
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


def test_each_requirement_stands_there_once() -> None:
    numbers = [number for number, *_ in ROWS]
    assert len(numbers) == len(set(numbers)) == REQUIREMENTS


def test_each_test_that_is_named_is_there() -> None:
    named = set(TEST.findall(PAGE))
    assert len(named) > 100
    assert [f"{path}::{name}" for path, name in sorted(named) if name not in named_in(path)] == []


def test_what_is_held_has_a_test_and_what_is_not_a_reason() -> None:
    assert {state for _, state, *_ in ROWS} == {"held", "not here", "not yet"}
    assert [number for number, state, _, tests in ROWS if (state == "held") is not bool(TEST.findall(tests))] == []
    assert [number for number, _, words, _ in ROWS if not words.strip()] == []


def test_the_sums_are_right() -> None:
    found = [sum(state == wanted for _, state, *_ in ROWS) for wanted in ("held", "not here", "not yet")]
    said = re.search(r"(\d+) of (\d+) are held by a test, (\d+) do not apply, (\d+) (?:is|are) not held yet", PAGE)
    assert said is not None
    assert [int(each) for each in said.groups()] == [found[0], REQUIREMENTS, *found[1:]]
