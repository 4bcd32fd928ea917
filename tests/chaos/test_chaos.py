"""A short run of `make chaos` on each database: whatever happens to the processes, what was promised holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.trial import perform

pytestmark = pytest.mark.xdist_group("chaos")

SECONDS = 20.0


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_whoever_is_killed_or_frozen_nothing_is_lost_or_twice_or_stuck_or_somebodys_trouble(
    kind: str, tmp_path: Path
) -> None:
    outcome = perform(kind, 2026, SECONDS, tmp_path)
    found = {name: examples for name, examples in outcome.verdict.wrong.items() if examples}
    assert not found, f"{found}\n{outcome.table()}"
    assert outcome.faults and outcome.verdict.figures["acknowledged"]
