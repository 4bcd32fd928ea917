"""Fourteen edits at every position of the certification's happy path: what is called safe is walked on and does not
break, what was never an obstacle is none, and what cannot be is said.

`NINTEI_TABLE=all` tries all positions and prints the table; the suite tries some.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app import catalogue, forms
from app.catalogue import Package, scenarios
from app.engine import CompleteTask, Decisions, Engine, Evaluator, TooLate, verdict
from app.errors import BadPackage, NinteiError
from app.forms import FormSpec
from app.services.base.businessdays import JAPAN
from app.services.base.releases import Loaded
from app.services.moves import versions
from app.services.packages import folders
from app.services.rehearsal.case import RehearsalCase
from app.services.rehearsal.stage import Stage
from app.text.memo import Memo
from tests.services.moves.edits import EDITS, Sheet

FOLDER = Path(__file__).parents[3] / "bpmn" / "ccus_api_certification"
EVERY = 1 if os.environ.get("NINTEI_TABLE") == "all" else 9
AHEAD = 6  # steps that a case that moved walks on
# What each edit leads to, wherever the case stands.
EXPECTED = {
    "renamed": {"safe"}, "after": {"safe"}, "before": {"safe"}, "condition": {"safe"}, "lane": {"safe"},
    "border": {"decide"}, "done_removed": {"safe", "decide", "stays"}, "branch": {"safe", "stays"},
    "name_ahead": {"decide"}, "removed": {"decide", "stays"}, "redrawn": {"decide"}, "wrapped": {"decide", "stays"},
    "service": {"decide", "stays"}, "repeated": {"decide", "stays"},
}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with closing(Evaluator(workers=1)) as evaluator, Memo(100_000_000).used():  # an edit changes one file of many
        yield Engine(evaluator, zone=JAPAN)


def stage(engine: Engine, package: Package) -> Stage:
    decide = {name: decision.decide for name, decision in package.decisions.items()}
    program = engine.compile(package.bpmn, package.entry, decide)
    return Stage(package, program, engine, {name: spec(name, json.dumps(each)) for name, each in package.forms.items()})


@cache
def spec(name: str, schema: str) -> FormSpec:
    """A form as the stage has it; an edit changes one of many."""
    return forms.load(json.loads(schema), name)


def loaded(at: Stage) -> Loaded:
    return Loaded(0, 0, at.package, at.program, at.forms, at.package)


def moved(case: RehearsalCase, to: Stage, decisions: Decisions) -> RehearsalCase:
    """The case upon the other version."""
    other = case.branch()
    old, new = versions.version(loaded(case.stage)), versions.version(loaded(to))
    step = case.stage.engine.moved(old, new, case.step.snapshot, decisions, case.now)
    other.stage, other.step = to, replace(case.step, snapshot=step.snapshot, open_tasks=step.open_tasks)
    return other


def goes_on(case: RehearsalCase, steps: list[dict[str, Any]]) -> None:
    """Some steps further; what an edit added is done as it comes, what it removed is passed over."""
    for raw in steps[:AHEAD]:
        for task in [each for each in case.step.open_tasks if each.element in ("added", "around_s")]:
            case._send(CompleteTask(task.id))
        if "complete" in raw and raw["complete"] not in case.open():
            if raw["complete"] not in case.stage.package.elements:
                continue
            raise AssertionError(f"{raw['complete']} is not open, but {case.open()}")
        case.take(raw)


def test_what_is_called_safe_runs_and_each_edit_leads_where_it_must(engine: Engine) -> None:
    package = folders.read(FOLDER)
    first = stage(engine, package)
    steps = [dict(step) for step in scenarios.steps(package.files, "happy_path")]
    case, done = RehearsalCase(first), []
    table: dict[str, Counter[str]] = defaultdict(Counter)
    broke: list[Any] = []
    for place, raw in enumerate(steps):
        people = [each for each in case.step.open_tasks if package.elements[each.element].kind == "userTask"]
        if people and place and place % EVERY == 1 % EVERY:
            names = [each.element for each in people]
            task = raw["complete"] if raw.get("complete") in names else names[0]
            for name, edit in EDITS.items():
                sheet = Sheet(package.files)
                if not edit(sheet, task, done):
                    continue
                try:
                    new = stage(engine, catalogue.from_files(sheet.done()))
                except BadPackage as error:
                    pytest.fail(f"{name} at {task} made no program: {error}")
                old_version, new_version = versions.version(loaded(first)), versions.version(loaded(new))
                found = engine.sorting(old_version, new_version, case.step.snapshot)
                said = verdict(found)
                table[name][said] += 1
                assert said in EXPECTED[name], (name, task, said, [str(each.problem) for each in found])
                if said != "safe" or name == "lane":  # … whose steps another person does
                    continue
                try:
                    goes_on(moved(case, new, {}), steps[place:])
                    table[name]["walked on"] += 1
                except (NinteiError, TooLate, AssertionError, KeyError) as error:
                    broke.append((name, task, repr(error)))
        case.take(raw)
        if "complete" in raw:
            done.append(raw["complete"])
    for name, counts in table.items():
        print(f"{name:14} {dict(counts)}")
    assert broke == []
