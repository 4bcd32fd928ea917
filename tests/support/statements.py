"""Counts what one piece of work asks of the database: the statements as they are run, with their values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from app.store import database

_WRITES = re.compile(r'(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) "?(\w+)', re.IGNORECASE)
_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")
# Once in a while, by the clock, whichever page is asked for then (sessions.seen).
_BY_THE_CLOCK = re.compile(r'UPDATE "?session"? SET "?seen_at"?', re.IGNORECASE)


@dataclass
class Counted:
    """What was run, in its order."""

    run: list[str] = field(default_factory=list)

    @property
    def statements(self) -> list[str]:
        """Those that read or write, but that a session is in use."""
        told = (sql for sql in self.run if not _BY_THE_CLOCK.match(sql))
        return [sql for sql in told if not sql.upper().startswith(_FRAME)]

    @property
    def duplicates(self) -> list[str]:
        """Those that were run before, with the same values, while nothing was written to what they read; each as often
        as it was run once more."""
        found: list[str] = []
        known: set[str] = set()
        for sql in self.statements:
            if written := _WRITES.match(sql):
                table = re.compile(rf"\b{written[1]}\b")
                known = {each for each in known if not table.search(each)}
            if sql in known:
                found.append(sql)
            known.add(sql)
        return found

    @property
    def writes(self) -> int:
        """How many transactions took the writer's lock, but to note that a session is in use."""
        noted = sum(_BY_THE_CLOCK.match(sql) is not None for sql in self.run)
        return sum(sql.upper().startswith("BEGIN") for sql in self.run) - noted


@contextmanager
def counted() -> Iterator[Counted]:
    """The statements of this thread while the block runs; on PostgreSQL, of this process. What triggers run is not
    among them."""
    found = Counted()
    with _on_postgres(found) if database.is_postgres() else _on_sqlite(found):
        yield found


@contextmanager
def _on_sqlite(found: Counted) -> Iterator[None]:
    with database.connection():
        connection = database.proxy.obj.connection()

    def ran(sql: str) -> None:
        last = found.run[-1] if found.run else ""
        if sql != last or sql.startswith("SELECT"):  # SQLite says a writing statement again for each trigger
            found.run.append(sql)

    connection.set_trace_callback(ran)
    try:
        yield
    finally:
        connection.set_trace_callback(None)


@contextmanager
def _on_postgres(found: Counted) -> Iterator[None]:
    bound = database.proxy.obj

    class Noting(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            found.run.append(psycopg.ClientCursor(self.connection).mogrify(query, params))
            return super().execute(query, params, **more)

    bound.cursor = lambda *_: Noting(bound.connection())
    try:
        yield
    finally:
        del bound.cursor
