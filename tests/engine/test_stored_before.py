"""States that were stored before there were events go on as they went on then."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.engine import Engine, Snapshot, report, state
from tests.engine.test_generated import act, table
from tests.engine.walking import Walk

STORED = json.loads(Path(__file__).with_name("states_before_events.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("stored", STORED, ids=range(len(STORED)))
def test_a_state_stored_before_goes_on_as_it_went_on_then(engine: Engine, stored: dict[str, Any]) -> None:
    program = engine.compile({"drawn.bpmn": stored["source"].encode()}, stored["entry"], {"table": table})
    blob, now = bytes.fromhex(stored["state"]), datetime.fromisoformat(stored["now"])
    case = state.load(blob, program, engine._evaluator, engine._zone, now)
    walk = object.__new__(Walk)
    walk.engine, walk.program, walk.now, walk.print = engine, program, now, program.fingerprint()
    walk.step = report.step(case, Snapshot(blob, "stored"))
    walk.jobs = {task: SimpleNamespace(element=element) for task, element in stored["jobs"].items()}  # type: ignore[misc]
    for step in stored["steps"]:
        assert walk.open() == step["open"]
        assert walk.step.data == step["data"]
        act(walk, step["choice"], step["value"])
