"""Every scenario of the CCUS package comes out as its analysts wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app import catalogue
from app.catalogue import Package, scenarios
from app.engine import Engine, Evaluator
from tests.package.walk import Walk, Wrong

FOLDER = Path(__file__).parents[2] / "bpmn" / "ccus_api_certification"
SCENARIOS = sorted(path.stem for path in (FOLDER / "scenarios").glob("*.toml"))


@pytest.fixture(scope="module")
def package() -> Package:
    return catalogue.load(FOLDER, FOLDER.parent / "_shared")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with closing(Evaluator(workers=1)) as evaluator:
        yield Engine(evaluator)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_scenario_comes_out_as_written(name: str, package: Package, engine: Engine) -> None:
    walk = Walk(package, engine)
    untouched = walk.program.fingerprint()
    for number, step in enumerate(scenarios.steps(package.files, name), 1):
        try:
            walk.take(step)
        except Wrong as error:
            what = step.get("complete") or step.get("message") or step.get("advance")
            raise Wrong(f"step {number} ({what}): {error}") from None
    assert walk.program.fingerprint() == untouched


def test_the_scenarios_pass_over_every_flow_element(package: Package, engine: Engine) -> None:
    """A step of the chart that no scenario reaches would be untried."""
    passed: set[str] = set()
    for name in SCENARIOS:
        walk = Walk(package, engine)
        for step in scenarios.steps(package.files, name):
            walk.take(step)
        passed |= walk.completed
    unreached = {
        element.id
        for element in package.elements.values()
        if element.kind in ("userTask", "serviceTask", "receiveTask", "scriptTask", "businessRuleTask")
        and element.id not in passed
    }
    assert not unreached
