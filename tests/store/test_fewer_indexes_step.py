"""What was stored with an offset is an instant like all others afterwards."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime

from app.store import database
from app.store.models import Task
from tests.services.conftest import Bench
from tests.services.conftest import bench as bench
from tests.services.conftest import engine as engine
from tests.services.steps import go, task

STEP = importlib.import_module("app.store.migrations.0035_fewer_indexes")


def test_since_when_a_task_is_held_has_no_offset_in_the_database(bench: Bench) -> None:
    held = task(go(bench, until="first_review"), "first_review").id
    with database.transaction():
        raw = database.proxy.obj.execute_sql
        raw("UPDATE task SET held_since = '2026-03-17 01:05:00+00:00' WHERE id = ?", (held,))
        STEP.up(None, database.proxy.obj)
        assert raw("SELECT held_since FROM task WHERE id = ?", (held,)).fetchone() == ("2026-03-17 01:05:00",)
        assert Task.get_by_id(held).held_since == datetime(2026, 3, 17, 1, 5, tzinfo=UTC)
