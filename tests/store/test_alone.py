"""One at a time for what is no row, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import Busy
from app.store import database
from app.store.alone import alone
from tests.support import needs


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, needs.needs("postgres")])])
def locks(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    url = f"sqlite:///{tmp_path}/x.db" if request.param == "sqlite" else request.getfixturevalue("postgres")
    bound = database.connect(url)
    request.addfinalizer(bound.close_all)
    return tmp_path / "locks"


def test_the_second_waits_or_is_told(locks: Path) -> None:
    with alone("a", locks), alone("b", locks), pytest.raises(Busy), alone("a", locks, wait=0.2):
        pass
    with alone("a", locks):
        pass


def test_who_fails_lets_go(locks: Path) -> None:
    with pytest.raises(RuntimeError), alone("a", locks):
        raise RuntimeError
    with alone("a", locks):
        pass
