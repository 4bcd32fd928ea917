"""The tables of an empty database are made by the portal's own program once in each test process; then SQLite's file is
copied, and PostgreSQL is told the same statements in one message. Making them takes a thirtieth of a second of a
processor there and more here, and hundreds of tests begin with it. Which they are is tried in tests/store by what makes
them (`anew`).
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.store import connections, schema

_prepare, _create = schema.prepare, schema._create
_files: dict[Any, Path] = {}  # by the steps that are known: a file with the tables
_statements: dict[Any, list[str]] = {}  # the same: what a server was told


def install() -> None:
    """Once for each test process, before any test."""
    schema.prepare, schema._create = prepare, create


@contextlib.contextmanager
def anew() -> Iterator[None]:
    """Inside, tables are made as people have them made."""
    schema.prepare, schema._create = _prepare, _create
    try:
        yield
    finally:
        install()


def prepare(bound: Any) -> None:
    """As `schema.prepare`."""
    if not isinstance(bound, connections.Sqlite):
        _prepare(bound)
        return
    made, target = _files.get(_known()), Path(bound.database)
    if made is not None and not target.exists():
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        fresh.write_bytes(made.read_bytes())
        with contextlib.suppress(FileExistsError):  # somebody else has made it meanwhile
            os.link(fresh, target)
        fresh.unlink()
    empty = not target.exists() or not target.stat().st_size
    _prepare(bound)
    if empty and made is None:
        _keep(target)


def create(bound: Any) -> None:
    """As `schema._create`."""
    if isinstance(bound, connections.Sqlite) or bound.get_tables():
        _create(bound)
        return
    if _known() in _statements:
        bound.execute_sql(";\n".join(_statements[_known()]))
        return
    heard: list[str] = []
    say = bound.execute_sql

    def listening(sql: str, params: Any = None, *rest: Any, **more: Any) -> Any:
        if not sql.startswith("SELECT"):
            heard.append(sql)
            assert not params
        return say(sql, params, *rest, **more)

    bound.execute_sql = listening
    try:
        _create(bound)
    finally:
        del bound.execute_sql
    _statements[_known()] = heard


def _known() -> Any:
    return schema.STEPS, tuple(step.name for step in schema.steps())


def _keep(file: Path) -> None:
    folder = tempfile.TemporaryDirectory(prefix="nintei-tables-")
    atexit.register(folder.cleanup)
    kept = Path(folder.name) / "tables.db"
    with contextlib.closing(sqlite3.connect(file)) as source, contextlib.closing(sqlite3.connect(kept)) as copy:
        source.backup(copy)
    _files[_known()] = kept
