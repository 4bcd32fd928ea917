"""The two kinds of database as the portal's threads hold them: nobody reads outside a connection.

peewee would open one by itself for whoever reads without, and nobody would give it back: the thread kept it for good,
also when its database had been restarted. So none opens by itself, and one that is broken is thrown away.
"""

from __future__ import annotations

import select
import threading
import time
from datetime import datetime
from typing import Any

import peewee
import psycopg
from playhouse.pool import MaxConnectionsExceeded, PooledPostgresqlDatabase

from app.store.beside import Beside
from app.store.remembering import Memory, Remembering

proxy: Any = peewee.DatabaseProxy()  # the one that is open
WAIT_FOR_LOCK = 30  # seconds that a step waits for another one's rows; then it may be tried again
WAIT_FOR_PLACE = 15  # seconds that a thread waits until another one gives its connection back
SYNCHRONOUS = "full"  # SQLite's: what was stored outlives a power cut
STALE = 300  # seconds after which a connection is opened anew
STILL_AWAY = 0.5  # seconds for which a server that was not reached is not asked again by every thread


class _Counting:
    """Knows whether this thread has stored something: only what stored nothing may be done once more."""

    _counts: threading.local
    in_transaction: Any
    _execute_cursor: Any

    @property
    def stored(self) -> int:
        """How often this thread has stored something."""
        return getattr(self._counts, "stored", 0)

    def has_stored(self) -> None:
        """A commit went out, or a statement outside a transaction."""
        self._counts.stored = self.stored + 1

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """As peewee has it."""
        if not self.in_transaction() and not sql.lstrip(" \n(")[:6].upper().startswith("SELECT"):
            self.has_stored()
        return self._execute_cursor(sql, params)  # all that peewee's own does

    def commit(self) -> Any:
        """As peewee has it."""
        self.has_stored()  # also when it fails: whether the server took it is not known then
        return super().commit()  # type: ignore[misc]  # peewee's


class Sqlite(Remembering, _Counting, Beside, peewee.SqliteDatabase):
    """A file. A thread that closes its connection keeps it at hand: opening one costs as much as a step's reading."""

    _log_query: Any  # peewee's types leave them out
    _state: Any

    def __init__(self, path: str) -> None:
        self._counts = threading.local()
        self.memory = Memory()
        self.seldom: tuple[str, dict[Any, Any]] = ("", {})  # `store.seldom`
        self.noted: dict[str, datetime] = {}  # `store.trail.seldom_noted`
        self._kept = threading.local()
        super().__init__(
            path,
            lock_type="IMMEDIATE",  # with the default BEGIN, 688 of 800 concurrent read-modify-writes failed
            timeout=WAIT_FOR_LOCK,
            autoconnect=False,
            pragmas={
                "journal_mode": "wal",
                "synchronous": SYNCHRONOUS,
                "foreign_keys": 1,
                "busy_timeout": WAIT_FOR_LOCK * 1000,
            },
        )

    def _execute_cursor(self, sql: str, params: Any, **options: Any) -> Any:
        """As peewee has it, on the connection itself: a cursor made before costs as much as a small statement."""
        if self.is_closed():
            return super()._execute_cursor(sql, params, **options)  # which says so
        self._log_query(sql, params)
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined]  # the stubs leave it out
            return self._state.conn.execute(sql, params or ())

    def _connect(self) -> Any:
        kept = getattr(self._kept, "connection", None)
        self._kept.connection = None
        opened: Any = super()  # peewee's types leave it out
        return opened._connect() if kept is None else kept

    def _close(self, conn: Any) -> None:
        if conn.in_transaction:
            conn.close()  # a rollback that failed: what it had begun must not go on in the next block
        else:
            self._kept.connection = conn

    def close_all(self) -> None:
        """Let go of the file in this thread."""
        if not self.is_closed():
            self.close()
        kept = getattr(self._kept, "connection", None)
        self._kept.connection = None
        if kept is not None:
            kept.close()


class Postgres(Remembering, _Counting, Beside, PooledPostgresqlDatabase):
    """A server, with as many connections as threads may want at once; whoever comes when all are out waits a while."""

    def __init__(self, name: str, most: int, **options: Any) -> None:
        self._counts = threading.local()
        self.memory = Memory()
        self.seldom: tuple[str, dict[Any, Any]] = ("", {})
        self.noted: dict[str, datetime] = {}
        self._away_until = 0.0
        self._away_with: Exception | None = None
        super().__init__(
            name,
            prefer_psycopg3=True,
            autoconnect=False,
            max_connections=most,
            stale_timeout=STALE,
            timeout=WAIT_FOR_PLACE,
            # A server that vanished without a word is noticed within a minute and a half.
            connect_timeout=5,
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
            tcp_user_timeout=60_000,
            application_name="nintei",
            options=f"-c lock_timeout={WAIT_FOR_LOCK}s -c TimeZone=UTC",  # whatever the server's is: all instants are
            **options,
        )

    def _connect(self) -> Any:
        if time.monotonic() < self._away_until and self._away_with is not None:
            raise type(self._away_with)(*self._away_with.args)
        try:
            return PooledPostgresqlDatabase._connect(self)
        except MaxConnectionsExceeded:
            raise
        except Exception as error:
            if self._in_use:  # the server may have no place for one more: then one of ours that comes back will do
                raise MaxConnectionsExceeded(str(error)) from error
            self._away_until, self._away_with = time.monotonic() + STILL_AWAY, error
            raise

    def counted(self) -> dict[str, int]:
        """How many connections are out, and how many lie at hand."""
        return {"in_use": len(self._in_use), "idle": len(self._connections)}

    def apart(self) -> Any:
        """A connection of one's own, beside the pool, each statement by itself (psycopg's)."""
        return psycopg.connect(dbname=self.database, autocommit=True, **self.connect_params)

    def _is_closed(self, conn: Any) -> bool:
        """Whether it cannot be used any more. An idle one has nothing to say but that it ended."""
        if conn.closed or conn.pgconn.transaction_status != 0:  # 0: idle
            return True
        ready = select.poll()
        ready.register(conn.fileno(), select.POLLIN)
        return bool(ready.poll(0))
