"""Every scenario of the CCUS package comes out as its analysts wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app import catalogue
from app.catalogue import Package, scenarios
from app.engine import Engine, Evaluator
from app.services.base.businessdays import JAPAN
from app.services.base.releases import Releases
from app.services.packages import folders
from app.services.rehearsal import walk
from app.services.rehearsal.walk import Rehearsal
from config.clock import SystemClock

FOLDER = Path(__file__).parents[2] / "bpmn" / "ccus_api_certification"
SCENARIOS = sorted(path.stem for path in (FOLDER / "scenarios").glob("*.toml"))


@pytest.fixture(scope="module")
def package() -> Package:
    return folders.read(FOLDER)


@pytest.fixture(scope="module")
def releases() -> Iterator[Releases]:
    with closing(Evaluator(workers=1)) as evaluator:
        yield Releases(Engine(evaluator, zone=JAPAN), SystemClock())


@pytest.fixture(scope="module")
def walked(package: Package, releases: Releases) -> Rehearsal:
    program = releases.compiled(package)
    untouched = program.fingerprint()
    found = walk.rehearse(package, program, releases.engine)
    assert program.fingerprint() == untouched
    return found


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_scenario_comes_out_as_written(name: str, walked: Rehearsal) -> None:
    outcome = next(each for each in walked.outcomes if each.scenario.name == name)
    assert outcome.problem is None, str(outcome.problem)
    assert outcome.steps == len(scenarios.read(folders.read(FOLDER).files).walk(name)) > 0


def test_the_scenarios_pass_over_every_flow_element(walked: Rehearsal) -> None:
    """A step of the chart that no scenario reaches would be untried."""
    assert walked.missed == ()
    assert len(walked.covered) > 100


def test_a_scenario_that_begins_with_another_comes_out_as_it_would_alone(package: Package, releases: Releases) -> None:
    """It goes on from a copy of the other one's case, which must not know of it."""
    alone = {"scenarios/happy_path.toml", "scenarios/exam_retests.toml"}
    kept = {path: data for path, data in package.files.items() if "scenarios/" not in path or path in alone}
    text = package.files["scenarios/happy_path.toml"].decode()
    head, tail = text.index("[[step]]"), package.files["scenarios/exam_retests.toml"].decode()
    last = text.rindex("[[step]]", 0, text.index('complete = "exam__operator"'))
    spelled_out = text[:head] + text[head:last] + tail[tail.index("[[step]]") :]
    kept["scenarios/exam_retests.toml"] = spelled_out.encode()
    other = catalogue.from_files(kept)
    found = walk.rehearse(other, releases.compiled(other), releases.engine)
    assert [(each.scenario.begin, each.problem) for each in found.outcomes] == [(None, None)] * 2
