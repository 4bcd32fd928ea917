"""What other tools have written is read, named where nothing reads it, and written again without loss."""

from __future__ import annotations

import pytest

from app import bpmn
from app.catalogue.dropped import dropped
from app.engine import Engine, Evaluator
from app.text import xml
from tests.bpmn.dialects import BPMN_IO, DIALECTS, SIGNAVIO
from tests.bpmn.miwg import models
from tests.bpmn.test_writing import facts, saved
from tests.engine.walking import NOON

FILES = [(text.encode(), read_by_nobody) for text, read_by_nobody in DIALECTS.values()]


@pytest.mark.parametrize(("data", "read_by_nobody"), FILES, ids=DIALECTS)
def test_what_another_tool_adds_is_named_and_kept(data: bytes, read_by_nobody: set[str]) -> None:
    diagram = bpmn.read("foreign.bpmn", data)
    said = [problem for problem in dropped("foreign.bpmn", diagram.document.root) if problem.severity == "warning"]
    assert {problem.params["found"] for problem in said} == read_by_nobody
    assert all(problem.line for problem in said)
    assert facts(xml.read(saved(data))) == facts(diagram.document)
    assert saved(saved(data)) == saved(data)


@pytest.mark.parametrize("text", [SIGNAVIO, BPMN_IO], ids=["Signavio", "bpmn.io"])
def test_a_drawing_of_abstract_and_manual_tasks_runs_to_its_end(text: str) -> None:
    evaluator = Evaluator(workers=1)
    engine, sources = Engine(evaluator), {"foreign.bpmn": text.encode()}
    assert bpmn.faults(bpmn.read_all(sources), "p") == []
    assert [problem for problem in engine.check(sources, "p") if problem.severity == "error"] == []
    assert engine.start(engine.compile(sources, "p", {}), {}, NOON).ended
    evaluator.close()


def test_no_diagram_of_the_interchange_group_breaks_the_check_or_is_stopped_by_tasks_alone() -> None:
    engine, runs = Engine(Evaluator(workers=1)), 0  # nothing is evaluated
    for name, data in models().items():
        found = bpmn.read_all({name: data})
        entry = next(process.id for process in found.processes.values() if not process.parent)
        said = [*bpmn.faults(found, entry), *engine.check({name: data}, entry)]
        refused = [problem for problem in said if problem.severity == "error"]
        assert not any(problem.params.get("kind") in ("task", "manualTask") for problem in refused)
        if not refused:
            engine.compile({name: data}, entry, {})
            runs += 1
    assert runs == 4  # the others lack what their group leaves open: names of messages, conditions, what is done


def test_names_over_several_lines_are_one_line_for_people() -> None:
    names = {element.name for element in bpmn.read("foreign.bpmn", SIGNAVIO.encode()).elements()}
    assert "Check papers" in names
