"""Whoever has stored work wakes the workers: of this machine by a datagram, on PostgreSQL those of every machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

import psycopg
import pytest

from app.engine import Engine
from app.store import database, notices
from app.store.notices import Listener
from app.worker import Worker
from app.worker.poke import Bell, Ear, poke
from tests.services.conftest import APPLICATION, engine, open_bench
from tests.support.network import wait_until

__all__ = ["engine"]

LONG = 600.0  # seconds that nobody waits out


@pytest.fixture
def bell(tmp_path: Path) -> Iterator[Bell]:
    found = Bell(tmp_path / "bells")
    yield found
    found.close()


@pytest.fixture
def listener(postgres: str) -> Iterator[Listener]:
    database.connect(postgres)
    found = Listener()
    yield found
    found.close()
    database.proxy.obj.close_all()


def returns(ear: Ear, rung: Callable[[], object]) -> bool:
    """Whether waiting for long is over soon after this."""
    thread = threading.Thread(target=ear.wait, args=(LONG,), daemon=True)
    thread.start()
    rung()
    thread.join(30)
    return not thread.is_alive()


def test_a_datagram_wakes_the_workers_of_this_machine(bell: Bell, tmp_path: Path) -> None:
    assert returns(bell, lambda: poke(tmp_path / "bells"))
    assert returns(bell, bell.ring)


@pytest.mark.postgres
def test_a_notice_wakes_whoever_listens_wherever_it_comes_from(listener: Listener, postgres: str) -> None:
    assert returns(listener, notices.ring)
    with psycopg.connect(postgres, autocommit=True) as elsewhere:
        assert returns(listener, lambda: elsewhere.execute(f"NOTIFY {notices.CHANNEL}"))
    assert returns(listener, listener.ring)


@pytest.mark.postgres
def test_a_notice_inside_a_transaction_is_said_when_it_is_stored(listener: Listener) -> None:
    thread = threading.Thread(target=listener.wait, args=(LONG,), daemon=True)
    thread.start()
    with database.transaction():
        notices.ring()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(30)
    assert not thread.is_alive()


@pytest.mark.postgres
def test_a_listener_whose_connection_broke_looks_at_once_and_listens_again(listener: Listener, postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as admin:
        end = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert returns(listener, lambda: admin.execute(end))
    listener.wait(LONG)  # makes the connection anew, and does not wait for what it may have missed
    assert returns(listener, notices.ring)


def test_who_cannot_tell_the_workers_has_stored_the_work_all_the_same(tmp_path: Path) -> None:
    database.connect(f"sqlite:///{tmp_path}/nintei.db")
    notices.ring()  # SQLite knows no NOTIFY
    database.proxy.obj.close_all()


@pytest.mark.postgres
def test_a_worker_elsewhere_does_at_once_what_was_stored_here(
    tmp_path: Path, engine: Engine, postgres: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two portals with different data folders on one database; the worker would look by itself in ten minutes."""
    monkeypatch.setattr("app.worker.LONGEST_WAIT", LONG)
    bench = open_bench(tmp_path / "here", postgres, engine, Path(__file__).parents[2] / "bpmn")
    elsewhere = replace(
        bench.portal, settings=replace(bench.portal.settings, data_dir=tmp_path / "elsewhere"), poke=notices.ring
    )
    stop, listener = threading.Event(), Listener()
    worker = Worker(elsewhere, bench.hands(elsewhere), listener, stop)
    thread = threading.Thread(target=worker.run, args=(time.monotonic,))
    thread.start()
    took = []
    try:
        for n in range(8):
            walker = bench.walker(application={**APPLICATION, "email": f"v{n}@example.com", "system_name": f"S{n}"})
            began = time.monotonic()
            walker.take_application()
            notices.ring()
            wait_until(lambda n=n: len(bench.mailbox.letters) == n + 1, 60, f"mail {n}", pause=0.002)  # type: ignore[misc]
            took.append(time.monotonic() - began)
    finally:
        stop.set()
        listener.ring()
        thread.join(60)
        listener.close()
        database.proxy.obj.close_all()
    with capsys.disabled():
        print(f"\nfrom a step here to its mail elsewhere: median {median(took):.3f} s, longest {max(took):.3f} s")
