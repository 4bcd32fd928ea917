"""docs/accessibility.md: every criterion of WCAG 2.2 A and AA has its line, and what is said to hold it is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "accessibility.md"
# W3C Recommendation of 5 October 2023: (guideline, last criterion of level A or AA), those of AAA left out below.
WCAG_20 = (
    "1.1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 1.4.3 1.4.4 1.4.5 2.1.1 2.1.2 2.2.1 2.2.2 2.3.1 "
    "2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7 3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.3.1 3.3.2 3.3.3 3.3.4 4.1.1 4.1.2"
)
SINCE = (
    "1.3.4 1.3.5 1.4.10 1.4.11 1.4.12 1.4.13 2.1.4 2.4.11 2.5.1 2.5.2 2.5.3 2.5.4 2.5.7 2.5.8 3.2.6 3.3.7 3.3.8 4.1.3"
)
BY_PEOPLE = {"by reading", "by measure", "–"}
# What nobody but people can see; nothing is added here that a test could notice.
PEOPLE_ALONE = {"1.2.1", "1.3.3", "1.4.2", "1.4.5", "1.4.13", "2.2.2", "2.3.1", "2.4.5", "2.5.1", "3.2.1", "3.3.7"}


def lines() -> list[list[str]]:
    text = PAGE.read_text(encoding="utf-8")
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("| ")
    ][2:]


def named(cell: str) -> list[str]:
    """The criteria of a line: `1.2.1–1.2.5 …` are five."""
    found = re.findall(r"\d\.\d\.\d+", cell)
    if "–" not in cell.split(" ")[0]:
        return found
    head, first, last = found[0].rsplit(".", 1)[0], int(found[0].rsplit(".", 1)[1]), int(found[1].rsplit(".", 1)[1])
    return [f"{head}.{number}" for number in range(first, last + 1)] + found[2:]


def test_every_criterion_of_both_levels_has_its_line() -> None:
    found = [each for line in lines() for each in named(line[0])]
    assert sorted(found) == sorted([*WCAG_20.split(), *SINCE.split()])


def test_the_japanese_standard_is_that_of_2008() -> None:
    wrong = {line[0]: line[2] for line in lines() if (line[2] == "yes") != (named(line[0])[0] in WCAG_20.split())}
    assert wrong == {}


def test_what_holds_a_criterion_is_there() -> None:
    text = PAGE.read_text(encoding="utf-8").split("| criterion")[0]
    short = {name: path for name, path in re.findall(r"\*(\w+)\*\s+(?:is\s+)?`([^`]+)`", text)}  # noqa: C416
    assert {"axe", "reach", "away", "forms", "tongues", "english", "templates"} <= short.keys()
    for line in lines():
        tests = re.findall(r"`(tests/[^`]+)`", line[4])
        words = {each.split(" (")[0].strip() for each in re.sub(r"`[^`]+`", "", line[4]).split(",")}
        known = {each for each in words if each in short}
        assert words - known - BY_PEOPLE - {""} == set() or "check" in line[4], line
        for path in [*tests, *(short[each] for each in known)]:
            assert (ROOT / path).is_file(), f"{line[0]}: {path}"
        if not tests and not known and "check" not in line[4]:
            assert named(line[0])[0] in PEOPLE_ALONE, f"{line[0]} is held by nobody but people"
