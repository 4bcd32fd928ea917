"""A worker whose rounds fail: one line for each trouble, and a new process where only that can help."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import peewee
import pytest

from app.errors import Temporary, Unready
from app.services.base import versions
from app.store import database
from app.worker import Worker
from app.worker.weather import MOST_ROUNDS, Weather

AWAY = peewee.OperationalError("the server closed the connection\n\tunexpectedly")
AWAY.sqlstate = "57P01"  # type: ignore[attr-defined]  # as psycopg's errors have it


class Rounds(Worker):
    """Rounds that raise what a test lays down; the worker ends after the last."""

    def __init__(self, *what: Exception | None) -> None:
        self.stop = threading.Event()
        self.waits: list[float] = []
        super().__init__(None, None, self, self.stop)  # type: ignore[arg-type]  # a round uses neither
        self.left: Iterator[Exception | None] = iter(what)

    def wait(self, seconds: float) -> None:
        """The bell's."""
        self.waits.append(seconds)

    def once(self, moment: float) -> bool:
        for error in self.left:
            if error is not None:
                raise error
            return False
        self.stop.set()
        return False


@pytest.fixture(autouse=True)
def signs(tmp_path: Path) -> None:
    """The database in which a worker signs after a round that went well."""
    versions.prepare(database.connect(f"sqlite:///{tmp_path}/nintei.db"))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two rounds."""
    monkeypatch.setattr("app.worker.weather.LONGEST_PAUSE", 0.0)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "nintei.worker"]


def test_a_database_that_is_away_for_long_is_one_line_and_one_when_it_is_back(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.pages.health.answers", lambda: False)
    caplog.set_level(logging.INFO)
    Rounds(None, *[AWAY] * 50, None, None).run(iter(range(1000)).__next__)  # type: ignore[arg-type]
    first, last = said(caplog)
    assert first == "no work is done until this is over: the server closed the connection unexpectedly"
    assert "50 rounds in vain" in last
    assert all(record.exc_info is None for record in caplog.records)


def test_a_defect_of_ours_is_told_with_its_trace_once(caplog: pytest.LogCaptureFixture) -> None:
    Rounds(*[KeyError("x")] * 5).run(iter(range(1000)).__next__)  # type: ignore[arg-type]
    [record] = [each for each in caplog.records if each.name == "nintei.worker"]
    assert record.exc_info is not None


def test_where_the_database_answers_all_the_while_the_worker_ends_for_a_new_one() -> None:
    weather = Weather(lambda: 0.0, lambda: True)
    with pytest.raises(Temporary, match="a new one goes on"):
        for _ in range(MOST_ROUNDS + 1):
            weather.foul(AWAY)


def test_rounds_that_fail_now_and_then_end_no_worker() -> None:
    weather = Weather(lambda: 0.0, lambda: True)
    for _ in range(10):
        for _ in range(MOST_ROUNDS - 1):
            weather.foul(AWAY)
        weather.fair()


def test_a_database_of_another_version_is_waited_for_however_long() -> None:
    weather: Any = Weather(lambda: 0.0, lambda: True)
    for _ in range(10 * MOST_ROUNDS):
        weather.foul(Unready("The portal is being brought up to a new version"))
