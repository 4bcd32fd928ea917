"""A copy of the embedded database, made while people work, and looked at before anybody relies on it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any

from app.errors import Permanent
from app.store.database import is_postgres

_PAGES = 2000  # copied at a time; writers get in between


def sqlite_copy(bound: Any, target: Path) -> dict[str, int]:
    """Write the whole database to `target`, which is there only when it is whole; gives {table: rows}, as counted in
    the copy. Raises Permanent where the copy is not sound, OSError and sqlite3.Error where it cannot be written."""
    if is_postgres():
        raise Permanent("Only the embedded database is copied as a file")
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)  # it holds what people told the body
    os.close(descriptor)
    try:
        source = sqlite3.connect(f"file:{bound.database}?mode=ro", uri=True, timeout=30)
        with contextlib.closing(source), contextlib.closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy, pages=_PAGES)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, which can be carried away alone
        counts = sqlite_counts(unfinished)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.rename(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return counts


def sqlite_counts(file: Path) -> dict[str, int]:
    """{table: rows} of a database file that is sound. Raises Permanent where it is not."""
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
        try:
            said = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(5)")]
            if said != ["ok"]:
                what = "; ".join(said)
                raise Permanent("The database file %(file)s is damaged: %(what)s", file=file.name, what=what)
            named = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            tables = [row[0] for row in named]
            return {
                name: copy.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - a table's own name
                for name in tables
            }
        except sqlite3.DatabaseError as error:
            raise Permanent(
                "The database file %(file)s is damaged: %(what)s", file=file.name, what=str(error)
            ) from error
