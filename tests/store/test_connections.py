"""Connections: nothing is read outside of one, a broken one is thrown away; what met another step is done again."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import peewee
import psycopg
import pytest
from peewee import CharField, IntegerField

from app.store import database, passing
from app.store.database import Row
from tests.support.network import wait_until


class Thing(Row):
    """A table of these tests."""

    name = CharField(unique=True)
    n = IntegerField(default=0)


@contextmanager
def opened(url: str, connections: int = database.CONNECTIONS) -> Iterator[Any]:
    """The database with two things in it."""
    bound = database.connect(url, connections)
    try:
        with database.connection():
            bound.create_tables([Thing])
        with database.transaction():
            Thing.create(name="a")
            Thing.create(name="b")
        yield bound
    finally:
        bound.close_all()


def add(name: str, n: int = 1) -> None:
    Thing.update(n=Thing.n + n).where(Thing.name == name).execute()


def count(name: str) -> int:
    with database.connection():
        return int(Thing.get(Thing.name == name).n)


def together(*runs: Callable[[], Any]) -> list[BaseException]:
    """Each in a thread of its own; what they raised."""
    errors: list[BaseException] = []

    def one(run: Callable[[], Any]) -> None:
        try:
            run()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(run,)) for run in runs]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert not any(each.is_alive() for each in threads)
    return errors


def end_sessions(url: str) -> None:
    """What a restart of the server does to whoever is connected."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"SELECT pg_terminate_backend(pid) {others}".encode())
        wait_until(lambda: admin.execute(f"SELECT 1 {others}".encode()).fetchone() is None, 30, "their end")


def test_nothing_is_read_or_written_outside_a_connection(either: str) -> None:
    with opened(either):
        for attempt in (lambda: list(Thing.select()), lambda: Thing.create(name="c")):
            with pytest.raises(peewee.InterfaceError, match="not opened"):
                attempt()
        assert count("a") == 0


def test_a_thread_takes_its_connection_up_again(either: str) -> None:
    with opened(either) as bound:
        for n in range(3):
            with database.transaction():
                add("a")
            assert bound.is_closed()
            assert count("a") == n + 1


def test_what_failed_in_the_middle_is_not_there_afterwards(either: str) -> None:
    with opened(either):
        with pytest.raises(RuntimeError), database.transaction():
            add("a")
            raise RuntimeError("power")
        assert count("a") == 0


@pytest.mark.postgres
def test_a_connection_that_broke_in_the_middle_is_thrown_away(postgres: str) -> None:
    with opened(postgres):
        with pytest.raises(peewee.PeeweeException) as caught, database.transaction():
            add("a")
            end_sessions(postgres)
            add("a")
        assert passing.lost(caught.value)
        assert database.passes(caught.value)
        assert count("a") == 0
        with database.transaction():
            add("a")
        assert count("a") == 1


@pytest.mark.postgres
def test_an_idle_connection_whose_server_was_restarted_is_given_to_nobody(postgres: str) -> None:
    with opened(postgres) as bound:
        together(*[lambda: count("a")] * 4)
        end_sessions(postgres)
        assert together(*[lambda: count("a")] * 6) == []
        assert count("a") == 0
        assert len(bound._in_use) == 0


@pytest.mark.postgres
def test_a_request_whose_connection_ends_before_anything_is_stored_goes_on_with_another(postgres: str) -> None:
    ended = []

    def press() -> int:
        if not ended:
            ended.append(True)
            end_sessions(postgres)
        with database.transaction():
            add("a")
        return count("a")

    with opened(postgres), database.connection():
        assert database.again(press) == 1


@pytest.mark.postgres
def test_what_has_stored_something_is_not_done_again(postgres: str) -> None:
    def press() -> None:
        with database.transaction():
            add("a")
        end_sessions(postgres)
        with database.transaction():
            add("b")

    with opened(postgres):
        with pytest.raises(peewee.PeeweeException), database.connection():
            database.again(press)
        assert (count("a"), count("b")) == (1, 0)


@pytest.mark.postgres
def test_of_two_steps_that_wait_for_each_other_both_are_done_in_the_end(postgres: str) -> None:
    gate = threading.Barrier(2)
    times = threading.local()

    def step(first: str, second: str) -> None:
        def once() -> None:
            with database.transaction():
                add(first)
                if not getattr(times, "met", False):
                    times.met = True
                    gate.wait(20)
                add(second)

        database.again(once)

    with opened(postgres):
        assert together(lambda: step("a", "b"), lambda: step("b", "a")) == []
        assert (count("a"), count("b")) == (2, 2)


def test_inside_a_transaction_nothing_is_done_again(either: str) -> None:
    done = []

    def collide() -> None:
        done.append(1)
        error = peewee.OperationalError("deadlock detected")
        error.sqlstate = "40P01"  # type: ignore[attr-defined]  # as psycopg's errors have it
        raise error

    with opened(either):
        with pytest.raises(peewee.OperationalError), database.transaction():
            database.again(collide)
        assert len(done) == 1
        with pytest.raises(peewee.OperationalError):
            database.again(collide)
        assert len(done) == 1 + database.TRIES


@pytest.mark.postgres
def test_more_threads_than_connections_wait_for_each_other(postgres: str) -> None:
    def look() -> None:
        for _ in range(5):
            with database.transaction():
                add("a")

    with opened(postgres, 2) as bound:
        assert together(*[look] * 9) == []
        assert count("a") == 45
        assert len(bound._connections) <= 2


@pytest.mark.postgres
def test_where_the_server_has_no_place_for_one_more_connection_one_of_ours_serves(postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as admin:
        name = postgres.split("@/", 1)[1].split("?", 1)[0]
        admin.execute("CREATE ROLE narrow LOGIN CONNECTION LIMIT 2")
        try:
            admin.execute(f'ALTER DATABASE "{name}" OWNER TO narrow'.encode())
            with opened(postgres.replace("postgres@", "narrow@"), 20):
                assert together(*[lambda: count("a")] * 12) == []
        finally:
            admin.execute("REASSIGN OWNED BY narrow TO postgres")
            admin.execute("DROP OWNED BY narrow")
            admin.execute("DROP ROLE narrow")


@pytest.mark.postgres
def test_whoever_holds_a_row_for_too_long_is_waited_for_no_longer(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.connections.WAIT_FOR_LOCK", 1)
    with opened(postgres), psycopg.connect(postgres) as other:
        other.execute("UPDATE thing SET n = 5 WHERE name = 'a'")
        with pytest.raises(peewee.OperationalError) as caught, database.transaction():
            add("a")
        assert database.passes(caught.value)
        assert not passing.lost(caught.value)


def test_a_file_that_another_process_writes_to_is_busy_and_that_passes(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.connections.WAIT_FOR_LOCK", 0)
    with opened(f"sqlite:///{tmp_path}/nintei.db"):
        import sqlite3

        other = sqlite3.connect(tmp_path / "nintei.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(peewee.OperationalError) as caught, database.transaction():
            add("a")
        assert database.passes(caught.value)
        other.close()


def test_a_row_that_is_there_already_does_not_pass_by_itself(either: str) -> None:
    with opened(either):
        with pytest.raises(peewee.IntegrityError) as caught, database.transaction():
            Thing.create(name="a")
        assert not database.passes(caught.value)
        with pytest.raises(peewee.PeeweeException) as wrong, database.connection():
            database.proxy.obj.execute_sql("SELECT nothing FROM nowhere")
        assert not database.passes(wrong.value)


def test_a_full_disk_passes_and_a_missing_file_does_not() -> None:
    assert database.passes(OSError(errno.ENOSPC, "No space left on device"))
    assert database.passes(OSError(errno.EMFILE, "Too many open files"))
    assert not database.passes(FileNotFoundError(errno.ENOENT, "No such file"))
    assert not database.passes(ValueError("boom"))


def test_what_the_address_says_of_tls_reaches_the_server() -> None:
    bound = database.connect("postgresql://u@db.example.jp/d?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem")
    said = {name: bound.connect_params[name] for name in ("host", "sslmode", "sslrootcert")}
    assert said == {"host": "db.example.jp", "sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}


@pytest.mark.postgres
def test_a_server_that_is_away_is_lost_and_passes(tmp_path: Any) -> None:
    database.connect(f"postgresql://postgres@/none?host={tmp_path}")
    with pytest.raises(peewee.OperationalError) as caught, database.connection():
        pass
    assert passing.lost(caught.value)
    assert database.passes(caught.value)


def test_what_is_begun_beside_a_commit_is_begun_once_before_it_and_not_of_what_is_given_up(either: str) -> None:
    begun: list[int] = []

    def begin() -> None:
        begun.append(1)

    with opened(either):
        with database.transaction():
            database.beside_commit(begin)
            with database.transaction():
                database.beside_commit(begin)
            assert begun == []
        assert len(begun) == 1
        with pytest.raises(ZeroDivisionError), database.transaction():
            database.beside_commit(begin)
            raise ZeroDivisionError
        with database.transaction():
            add("a")
        assert len(begun) == 1
