"""The list of mistakes fits the tree, and the quickest of them is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.__main__ import PROJECT, put, survives
from tests.mutants.mistakes import MISTAKES, Mistake


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_each_mistake_finds_its_text_and_its_tests(mistake: Mistake, tmp_path: Path) -> None:
    file = tmp_path / mistake.file
    file.parent.mkdir(parents=True)
    file.write_text((PROJECT / mistake.file).read_text(encoding="utf-8"), encoding="utf-8")
    put(mistake, tmp_path)
    with pytest.raises(ValueError, match="0 times"):
        put(Mistake(mistake.name, "", mistake.file, "no such text", "", ()), tmp_path)
    for test in mistake.tests:
        place, name = test.split("::")
        assert f"def {name.partition('[')[0]}(" in (PROJECT / place).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["m2", "m15"])
def test_a_mistake_is_noticed(name: str) -> None:
    assert survives(next(mistake for mistake in MISTAKES if mistake.name == name)) == ""
