"""Values that were set before values had a day hold from the day on which they were set; none is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.store import database, schema
from app.store import settings as store
from tests.store.test_companies_step import FIRST, Tables
from tests.store.test_versions import data as data

both = pytest.mark.parametrize("data", FIRST, indirect=True, ids=["postgres", "sqlite"])


@both
def test_what_was_set_holds_from_its_day_in_japan(data: Any) -> None:
    settings, _ = data
    bound = database.connect(settings.database_url)
    late = datetime(2026, 3, 31, 15, 30, tzinfo=UTC)  # half past midnight of 1 April in Japan
    with database.transaction():
        Tables(bound).new(
            "setting", package_id="p", key="body.name", value="認定機構", changed_at=late, changed_by="管理 一"
        )
    schema.upgrade(bound, lambda _step: None)
    with database.connection():
        [row] = store.history("p")
        assert (row.value, row.changed_by, row.from_day) == ("認定機構", "管理 一", date(2026, 4, 1))
        assert store.in_force(store.kept("p"), date(2026, 4, 1))["body.name"].value == "認定機構"
    with database.transaction():
        store.put("p", {"body.name": "新しい機構"}, date(2026, 5, 1), late, "管理 二")
    with database.connection():
        assert len(store.history("p")) == 2  # the earlier value stays
        assert store.in_force(store.kept("p"), date(2026, 5, 1))["body.name"].value == "新しい機構"
        assert store.in_force(store.kept("p"), date(2026, 4, 30))["body.name"].value == "認定機構"
