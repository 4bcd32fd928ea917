"""What a page reads it reads once; what is stored, locked or begun is seen at once."""

from __future__ import annotations

import contextlib
import threading
from datetime import date
from pathlib import Path

import peewee
import pytest

from app.services.base import versions
from app.store import accounts, closings, database, statements
from app.store.models import ClosingDay, Counter
from app.store.remembering import MOST
from tests.support.statements import counted

TODAY = date(2026, 8, 13)


@pytest.fixture
def opened(tmp_path: Path) -> None:
    versions.prepare(database.connect(f"sqlite:///{tmp_path}/nintei.db"))


def days() -> int:
    return len(statements.rows(ClosingDay, "1 = 1"))


def test_a_page_asks_the_database_once_for_what_it_asks_twice(opened: None) -> None:
    with database.reading_once(), counted() as seen:
        assert accounts.user(1) is None
        assert accounts.user(1) is None
        assert accounts.user(2) is None
    assert len(seen.statements) == 2


def test_rows_that_were_kept_are_read_as_rows_of_their_own(opened: None) -> None:
    with database.reading_once():
        Counter.create(name="a", value=1)
        first, second = (statements.one(Counter, "name = ?", "a") for _ in range(2))
    assert first is not None
    assert second is not None
    first.value = 5
    assert second.value == 1


def test_what_is_stored_is_seen_at_once(opened: None) -> None:
    with database.reading_once():
        assert days() == 0
        closings.close(TODAY, "夏季休業")
        assert days() == 1
        closings.reopen(TODAY)
        assert days() == 0


def test_what_is_stored_elsewhere_does_not_take_back_what_was_read(opened: None) -> None:
    with database.reading_once(), database.transaction(), counted() as seen:
        days()
        Counter.create(name="b", value=1)
        days()
    assert len([sql for sql in seen.statements if "closing_day" in sql]) == 1


def test_a_transaction_begins_with_what_is_there_then(opened: None) -> None:
    def close() -> None:
        with database.connection():
            closings.close(TODAY, "夏季休業")

    with database.reading_once():
        assert days() == 0
        other = threading.Thread(target=close)
        other.start()
        other.join()
        assert days() == 0  # a page is of one moment
        with database.transaction():
            assert days() == 1


def test_a_lock_shows_what_is_there_then(opened: None) -> None:
    memory = database.proxy.obj.memory
    with database.reading_once():
        days()
        assert memory.found
        memory.wrote('SELECT "id" FROM "case" FOR UPDATE')
        assert not memory.found


def test_a_union_that_postgresql_has_in_brackets_is_read_too(opened: None) -> None:
    bound = database.proxy.obj
    with database.reading_once():
        days()
        kept, stored = dict(bound.memory.found), bound.stored
        with contextlib.suppress(peewee.OperationalError):  # SQLite has no brackets there
            bound.execute_sql("(SELECT 1) UNION ALL (SELECT 2)")
        assert (bound.memory.found, bound.stored) == (kept, stored)


def test_outside_a_page_nothing_is_kept(opened: None) -> None:
    with database.connection(), counted() as seen:
        days()
        days()
    assert len(seen.statements) == 2


def test_what_finds_many_rows_is_read_whole_and_not_kept(opened: None) -> None:
    many = [{"day": TODAY.replace(year=1000 + n), "title": "x"} for n in range(MOST + 1)]
    with database.transaction():
        ClosingDay.insert_many(many).execute()
    with database.reading_once(), counted() as seen:
        assert (days(), days()) == (MOST + 1, MOST + 1)
    assert len(seen.statements) == 2


def kept() -> int:
    return len(closings.days())


def test_what_seldom_changes_is_read_once_until_somebody_changes_it(opened: None) -> None:
    with database.connection():
        kept()
        with counted() as seen:
            assert kept() == 0
        assert len(seen.statements) == 1  # the stamp
        closings.close(TODAY, "夏季休業")
        assert kept() == 1
        with database.transaction():
            closings.reopen(TODAY)
            assert kept() == 0
        assert kept() == 0


def test_what_is_given_up_was_never_there(opened: None) -> None:
    with database.connection():
        with pytest.raises(RuntimeError), database.transaction():
            closings.close(TODAY, "夏季休業")
            assert kept() == 1
            raise RuntimeError
        assert kept() == 0


def test_what_another_process_changes_is_seen_by_the_next_page(opened: None) -> None:
    seen: list[int] = []

    def page() -> None:
        with database.reading_once():
            seen.append(kept())

    with database.reading_once():
        assert kept() == 0
        other = threading.Thread(target=closed_by_another)
        other.start()
        other.join()
        assert kept() == 0  # this page was asked for before
    page()
    assert seen == [1]


def closed_by_another() -> None:
    with database.connection():
        closings.close(TODAY, "夏季休業")
