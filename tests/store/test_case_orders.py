"""Cases in another order than that of their last change, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.services.base import versions
from app.states import Side, Turn
from app.store import cases, database, duefirst
from app.store.models import Release, Task

NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/nintei.db" if request.param == "sqlite" else request.getfixturevalue("postgres")
    versions.prepare(database.connect(url))


def test_cases_come_by_number_or_by_what_is_due_first_and_by_turn(
    opened: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction():
        release = Release.create(package_id="p", number=1, title="p", digest="d", archive=b"", stored_at=NOW)
        for n, due in enumerate((date(2026, 5, 2), None, date(2026, 4, 3))):
            case = cases.create(
                number=f"2026-{n}", package_id="p", release=release, email="a@a.jp", turn="vendor" if n else "both",
                turn_since=NOW, created_at=NOW, changed_at=NOW,
            )  # fmt: skip
            Task.create(
                id=f"t{n}", case=case, element="e", process="p", title="t", side=Side.VENDOR, opened_at=NOW, due_on=due
            )

        def numbers(**asked: object) -> list[str]:
            found = cases.search(**asked)  # type: ignore[arg-type]
            return [each.number[-1] for each in found]

        assert numbers(order="due") == ["2", "0", "1"]
        assert numbers(order="number") == ["2", "1", "0"]
        assert numbers(order="due", turn=Turn.OPERATOR) == ["0"]
        cases.create(
            number="2026-3", package_id="p", release=release, email="a@a.jp", turn="operator", turn_since=NOW,
            created_at=NOW, changed_at=NOW,
        )  # fmt: skip
        Task.create(id="later", case=1, element="e", process="p", title="t", side=Side.OPERATOR, opened_at=NOW,
                    due_on=date(2027, 1, 1))  # fmt: skip
        for few in (1000, 0):  # put in order; read from the tasks
            monkeypatch.setattr(duefirst, "FEW", few)
            assert numbers(order="due") == ["2", "0", "1", "3"]
            assert [numbers(order="due", limit=1, offset=n) for n in range(5)] == [["2"], ["0"], ["1"], ["3"], []]
            assert numbers(order="due", limit=3, offset=2) == ["1", "3"]
            assert numbers(order="due", turn=Turn.VENDOR) == ["2", "0", "1"]
            assert numbers(order="due", text="2026-0") == ["0"]
        assert cases.count(order="due", turn=Turn.VENDOR) == 3
