"""docs/bpmn.md says of each thing that BPMN can draw what becomes of it here, and that is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.bpmn import faults, read_all
from app.catalogue.dropped import dropped
from app.engine import Engine, Evaluator
from app.errors import Problem
from tests.bpmn.probes import COMMON_EXECUTABLE, OTHERS
from tests.planted.support import japanese

DOCS = Path(__file__).parents[2] / "docs"
ALL = COMMON_EXECUTABLE | OTHERS
RUNS, DRAWING, REFUSED = "runs", "drawing", "refused"
WORDS = {"bpmn.en.md": {"runs": RUNS, "drawing": DRAWING, "refused": REFUSED},
         "bpmn.md": {"動く": RUNS, "絵": DRAWING, "使えない": REFUSED}}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(Evaluator(workers=1))  # nothing is evaluated


def said(engine: Engine, source: bytes) -> list[Problem]:
    """Errors of the drawing and of what cannot run."""
    diagrams = read_all({"probe.bpmn": source})
    found = [*faults(diagrams, "p"), *dropped("probe.bpmn", diagrams.files[0].document.root)]
    found += engine.check({"probe.bpmn": source}, "p")
    return [problem for problem in found if problem.severity == "error"]


def verdict(engine: Engine, source: bytes) -> str:
    if said(engine, source):
        return REFUSED
    engine.compile({"probe.bpmn": source}, "p", {"table": lambda _: {}})
    diagrams = read_all({"probe.bpmn": source})
    running = diagrams.running("p")
    known = {it.id for it in (*diagrams.elements(), *diagrams.flows()) if it.inside in running}
    known.update(flow.id for flow in diagrams.files[0].message_flows)
    return RUNS if "probe" in known else DRAWING


def rows(page: str) -> dict[str, tuple[str, str]]:
    """Name of the row to what it says becomes of it, and why or how."""
    found = {}
    for line in (DOCS / page).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\| `([^`]+)`[^|]*\| ([^|]+) \| (.*) \|$", line):
            assert match[1] not in found
            found[match[1]] = (match[2].strip(), match[3])
    return found


@pytest.mark.parametrize("page", sorted(WORDS))
def test_the_page_has_a_row_for_each_in_the_order_of_the_standard(page: str) -> None:
    names = list(rows(page))
    assert names[: len(COMMON_EXECUTABLE)] == list(COMMON_EXECUTABLE)
    assert sorted(names[len(COMMON_EXECUTABLE) :]) == sorted(OTHERS)


@pytest.mark.parametrize("name", ALL)
def test_what_the_pages_say_becomes_of_it_is_so(engine: Engine, name: str) -> None:
    found = verdict(engine, ALL[name])
    for page, words in WORDS.items():
        told, why = rows(page)[name]
        assert words[told] == found, [str(problem) for problem in said(engine, ALL[name])]
        if found == REFUSED:  # in the words of the check
            problem = said(engine, ALL[name])[0]
            reason = str(problem.params.get("reason", problem.message))
            assert (reason if page.endswith("en.md") else japanese()(reason)) in why


def test_of_the_common_executable_sub_class_all_but_what_the_page_says_runs(engine: Engine) -> None:
    found = [verdict(engine, source) for source in COMMON_EXECUTABLE.values()]
    figures = {word: found.count(word) for word in (RUNS, DRAWING, REFUSED)}
    assert figures[RUNS] >= 18
    for page in WORDS:
        text = (DOCS / page).read_text(encoding="utf-8")
        told = re.search(r"(\d+)[^\d\n]*?(\d+)[^\d\n]*?(\d+)[^\d\n]*?<!-- figures -->", text)
        assert told is not None
        assert [int(each) for each in told.groups()] == [len(found), figures[RUNS], figures[DRAWING]]


def test_of_the_rest_as_many_run_as_the_page_says(engine: Engine) -> None:
    found = [verdict(engine, source) for source in OTHERS.values()]
    for page in WORDS:
        text = (DOCS / page).read_text(encoding="utf-8")
        told = re.search(r"^.*<!-- the rest -->", text, re.MULTILINE)
        assert told is not None
        figures = [int(each) for each in re.findall(r"\d+", told[0])]
        assert figures == [len(found), *(found.count(word) for word in (RUNS, DRAWING, REFUSED))]
