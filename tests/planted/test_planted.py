"""Each planted error is named, where it is, in the reader's language; and of what is right nothing is said."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from app.catalogue import domains, dropped, portal_needs, python
from app.engine import expressions
from app.services.packages import folders
from tests.planted.plants import KNOWN, MORE, Plant
from tests.planted.support import ROOT, SHIPPED, THREE_STEPS, TOGETHER, files_of, japanese, planted, said

pytestmark = TOGETHER

PLANTS = [*KNOWN, *MORE]


@pytest.mark.parametrize("plant", PLANTS, ids=[plant.name for plant in PLANTS])
def test_a_planted_error_is_named_where_it_is(plant: Plant) -> None:
    found = said(planted(SHIPPED if plant.shipped else THREE_STEPS, plant.edit))
    named = [
        problem
        for problem in found
        if (problem.file, problem.element) == (plant.file, plant.element)
        and problem.part in (plant.part, problem.part if not plant.part else "")
        and re.search(plant.says, str(problem))
    ]
    assert len(named) == 1, "\n".join(map(str, found))
    sentence = named[0].said(japanese())
    assert re.search("[ぁ-ん]", sentence), sentence
    assert "“" not in sentence, sentence  # an English part of a sentence
    assert not re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", re.sub(r"「[^」]*」|'[^']*'", "", sentence)), sentence


def test_there_are_as_many_as_were_asked_for() -> None:
    assert len(KNOWN) >= 33
    assert len(MORE) >= 30
    assert len({plant.name for plant in PLANTS}) == len(PLANTS)


@pytest.mark.parametrize("folder", [SHIPPED, THREE_STEPS], ids=["shipped", "three steps"])
def test_of_what_is_right_nothing_is_said(folder: Path) -> None:
    assert [str(problem) for problem in said(files_of(folder))] == []


def test_two_folders_with_one_id_are_told_apart_before_one_takes_the_others_place(tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(THREE_STEPS, tmp_path / name)
    (found,) = folders.twins(tmp_path / "one", folders.read(tmp_path / "one"))
    assert "The folder two holds a package of the same id" in str(found)
    assert re.search("[ぁ-ん]", found.said(japanese()))
    (tmp_path / "two" / "package.toml").write_text('id = "another"\n', "utf-8")
    assert folders.twins(tmp_path / "one", folders.read(tmp_path / "one")) == []


def test_words_that_stand_in_tables_have_their_japanese() -> None:
    words = [
        *domains._KINDS.values(),
        *dropped._INSTEAD.values(),
        *(need.without for need in portal_needs.NEEDS),
        *(need.kind.value for need in portal_needs.NEEDS),
    ]
    assert [each for each in words if japanese()(each) == each] == []


def test_the_functions_of_conditions_are_those_of_the_engine() -> None:
    assert expressions.FUNCTIONS == python.FUNCTIONS


def test_the_manual_shows_all_that_the_portal_needs() -> None:
    manual = (ROOT / "docs" / "package-format.md").read_text("utf-8")
    rows = {
        tuple(cell.strip() for cell in row.strip("|").split(" | ")) for row in manual.split("\n") if row.count("|") == 6
    }
    for need in portal_needs.NEEDS:
        row = (need.kind.value, f"`{need.name}`", need.weight.value, need.when.words or "always", need.without)
        assert row in rows, " | ".join(row)
