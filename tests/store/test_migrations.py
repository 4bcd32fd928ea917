"""The steps and the models say the same, whoever takes the steps, however often, and wherever the power fails."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import peewee
import pytest
from playhouse.schema_diff import diff_models

from app.errors import Unready
from app.store import copies, database, schema
from app.store.models import ALL
from tests.store.test_versions import EMBEDDED, KEPT, data
from tests.support import tables

__all__ = ["data"]
FIRST = [file for file in KEPT if file.name.startswith("0001")]


@pytest.fixture(autouse=True)
def _as_people_have_them() -> Iterator[None]:
    """What makes the tables is tried here."""
    with tables.anew():
        yield


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/nintei.db"
        return
    yield request.getfixturevalue("postgres")
    database.proxy.obj.close_all()


def shape(bound: Any) -> dict[str, Any]:
    """Every table: its columns (type, may be empty, key), indexes, references; and the triggers."""
    found: dict[str, Any] = {}
    with database.connection():
        for table in sorted(bound.get_tables()):
            found[table] = {
                "columns": {
                    each.name: (str(each.data_type).upper(), each.null, each.primary_key)
                    for each in bound.get_columns(table)
                },
                "indexes": sorted(
                    (tuple(map(str, each.columns)), each.unique, " WHERE " in str(each.sql).upper())
                    for each in bound.get_indexes(table)
                ),
                "references": sorted(
                    (each.column, each.dest_table, each.dest_column) for each in bound.get_foreign_keys(table)
                ),
            }
        if database.is_postgres():
            triggers = "SELECT DISTINCT trigger_name FROM information_schema.triggers"
        else:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        found["triggers"] = sorted(name for (name,) in bound.execute_sql(triggers).fetchall())
    return found


def differences(bound: Any, models: Any) -> list[str]:
    """What a step would have to do. Indexes that are declared as SQL are not read by the library."""
    with database.connection():
        found = str(diff_models(bound, models)).splitlines()
    declared = ("index task.worklist_", "index company.company_proved_number")
    return [line for line in found if not any(each in line for each in declared)]


@pytest.mark.parametrize("data", FIRST, indirect=True, ids=["postgres", "sqlite"])
def test_a_database_brought_up_is_like_a_new_one(data: Any, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    settings, _ = data
    bound = database.connect(settings.database_url)
    schema.upgrade(bound, lambda _step: None)
    assert differences(bound, ALL) == []
    brought_up = shape(bound)
    url = f"sqlite:///{tmp_path}/new.db"
    if database.is_postgres():
        bound.close_all()
        url = request.getfixturevalue("postgres")
    new = database.connect(url)
    schema.prepare(new)
    assert brought_up == shape(new)
    if database.is_postgres():
        new.close_all()


def test_a_model_that_changes_without_a_step_is_found(tmp_path: Path) -> None:
    class Clock(peewee.Model):
        title = peewee.CharField()
        mood = peewee.CharField(default="")

    bound = database.connect(f"sqlite:///{tmp_path}/nintei.db")
    schema.prepare(bound)
    assert "add column clock.mood" in differences(bound, [Clock])


def test_a_new_database_fits_and_a_second_start_changes_nothing(empty: str) -> None:
    bound = database.connect(empty)
    assert schema.version(bound).found == 0
    schema.prepare(bound)
    assert schema.fits(bound)
    assert schema.version(bound).fits
    statements: list[str] = []
    run = bound.execute_sql
    bound.execute_sql = lambda sql, *more, **kw: (statements.append(sql), run(sql, *more, **kw))[1]
    schema.prepare(bound)
    assert statements
    assert not [sql for sql in statements if sql.lstrip().upper().startswith(("CREATE", "ALTER", "DROP", "INSERT"))]


def test_processes_that_start_together_create_the_tables_once(empty: str) -> None:
    bound = database.connect(empty)
    gate, errors = threading.Barrier(6), []

    def start() -> None:
        gate.wait()
        try:
            schema.prepare(bound)
        except BaseException as error:
            errors.append(error)
        finally:
            with contextlib.suppress(peewee.InterfaceError):
                bound.close()

    threads = [threading.Thread(target=start) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []
    assert schema.version(bound).fits


@pytest.mark.parametrize("data", FIRST, indirect=True, ids=["postgres", "sqlite"])
def test_two_that_upgrade_together_take_each_step_once(data: Any) -> None:
    settings, _ = data
    bound = database.connect(settings.database_url)
    pending = [step.number for step in schema.version(bound).pending]
    gate, errors, taken = threading.Barrier(3), [], []

    def start() -> None:
        gate.wait()
        try:
            taken.extend(step.number for step in schema.upgrade(bound, lambda _step: None))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []
    assert sorted(taken) == pending
    assert schema.version(bound).fits


@pytest.mark.parametrize("data", EMBEDDED[:1], indirect=True, ids=["sqlite"])
def test_a_step_that_fails_leaves_the_version_before_it(
    data: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings, _ = data
    steps = tmp_path / "steps"
    steps.mkdir()
    for file in schema.STEPS.iterdir():
        if file.suffix in {".py", ".json"} and file.stem != "__init__":
            (steps / file.name).write_bytes(file.read_bytes())
    (steps / "9998_half.py").write_text(
        '"""Half a step."""\n\ndef up(migrator, db):\n    db.execute_sql("CREATE TABLE half (n INTEGER)")\n'
        "    raise RuntimeError('the power fails')\n"
    )
    monkeypatch.setattr(schema, "STEPS", steps)
    bound = database.connect(settings.database_url)
    with pytest.raises(RuntimeError, match="the power fails"):
        schema.upgrade(bound, lambda _step: None)
    with database.connection():
        assert "half" not in bound.get_tables()
        assert [step.number for step in schema.version(bound).pending] == [9998]
        assert bound.execute_sql("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_newer_database_is_refused_in_plain_words(empty: str) -> None:
    bound = database.connect(empty)
    schema.prepare(bound)
    with database.transaction():
        bound.execute_sql(f"INSERT INTO {schema.HISTORY} (name, applied) VALUES ('9999_of_later', '2030-01-01')")
    assert not schema.fits(bound)
    with pytest.raises(Unready, match=r"version 9999, made by a newer Nintei") as refused:
        schema.prepare(bound)
    assert refused.value.params["wanted"] == schema.steps()[-1].number


def test_tables_of_no_release_are_refused_and_stay_as_they_are(tmp_path: Path) -> None:
    bound = database.connect(f"sqlite:///{tmp_path}/nintei.db")
    with database.connection():
        bound.execute_sql('CREATE TABLE "case" (id INTEGER PRIMARY KEY, number TEXT)')
        before = shape(bound)
        with pytest.raises(Unready, match="no released version"):
            schema.prepare(bound)
        with pytest.raises(Unready, match="no released version"):
            schema.upgrade(bound, lambda _step: None)
        assert shape(bound) == before


def test_a_copy_that_is_damaged_is_no_copy(tmp_path: Path) -> None:
    bound = database.connect(f"sqlite:///{tmp_path}/nintei.db")
    schema.prepare(bound)
    copy = tmp_path / "copy.db"
    counts = copies.sqlite_copy(bound, copy)
    assert counts[schema.HISTORY] == len(schema.steps())
    spoiled = bytearray(copy.read_bytes())
    spoiled[5000:60000] = b"\xff" * 55000
    copy.write_bytes(spoiled)
    with pytest.raises(Exception, match="damaged"):
        copies.sqlite_counts(copy)


def test_each_step_has_a_number_of_its_own() -> None:
    """A database says by a number how far it has come: two steps of one number could not be told apart."""
    numbers = [step.number for step in schema.steps()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_index_is_the_beginning_of_another(tmp_path: Path) -> None:
    """Whatever is stored would write both, and the longer one answers what the shorter one does."""
    bound = database.connect(f"sqlite:///{tmp_path}/nintei.db")
    schema.prepare(bound)
    with database.connection():
        whole = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
        partial = {name for (name,) in bound.execute_sql(whole).fetchall()}
        found = {
            table: [each for each in bound.get_indexes(table) if each.name not in partial]
            for table in bound.get_tables()
        }
    twice = [
        (short.name, longer.name)
        for indexes in found.values()
        for short in indexes
        for longer in indexes
        if short is not longer and not short.unique and longer.columns[: len(short.columns)] == short.columns
    ]
    assert twice == []
