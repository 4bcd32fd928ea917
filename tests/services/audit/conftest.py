"""An open database of either kind, and entries in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from app.services.base import trail
from app.services.base.actors import Actor
from app.states import Act, Side, Thing
from app.store import database, schema

NOW = datetime(2026, 11, 30, 1, 2, 3, tzinfo=UTC)
SATO = Actor(7, "佐藤 美咲", Side.OPERATOR, frozenset({"operator"}))
Write = Callable[..., None]


@pytest.fixture
def open_database(either: str) -> str:
    schema.prepare(database.connect(either))
    return either


@pytest.fixture
def write(open_database: str) -> Write:
    """Put so many facts on the record."""

    def some(count: int = 1, first: int = 0) -> None:
        with database.transaction():
            for n in range(first, first + count):
                about = trail.about(Thing.SETTING, f"bank:{n}", "口座番号")
                at = NOW + timedelta(seconds=n, microseconds=n % 2)
                trail.note(at, SATO, Act.SETTING_CHANGED, about, before={"value": str(n)}, after={"value": "x"})

    return some
