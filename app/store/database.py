"""The one database of this process: SQLite (WAL, FULL, BEGIN IMMEDIATE) or PostgreSQL (row locks).

Rooms above say *what* is one transaction; how it is begun and locked is known here alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import peewee

proxy: Any = peewee.DatabaseProxy()


class Row(peewee.Model):
    """Base of every table."""

    if TYPE_CHECKING:
        id: Any

        def __getattr__(self, name: str) -> Any:
            """peewee gives each row `id`, `<foreign key>_id` and back references, which its stubs do not know."""

    class Meta:
        database = proxy
        legacy_table_names = False
        only_save_dirty = True  # a step writes what it changed


class UtcField(peewee.DateTimeField):
    """An instant: aware UTC in Python, naive UTC in the database (both databases sort and compare it alike)."""

    formats = ["%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S"]  # noqa: RUF012 - peewee's own attribute

    def db_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("an instant needs its time zone")
            return super().db_value(value.astimezone(UTC).replace(tzinfo=None))
        return super().db_value(value)

    def python_value(self, value: Any) -> Any:
        value = super().python_value(value)
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


class JsonField(peewee.TextField):
    """JSON as text: the same on both databases, never queried by content."""

    def db_value(self, value: Any) -> Any:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def python_value(self, value: Any) -> Any:
        return None if value is None else json.loads(value)


def connect(url: str) -> Any:
    """Open `sqlite:///path` or `postgresql://user:password@host:port/name` and bind every model to it."""
    database = _open(url)
    proxy.initialize(database)
    return database


def _open(url: str) -> Any:
    parts = urlsplit(url)
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        return peewee.SqliteDatabase(
            str(path),
            lock_type="IMMEDIATE",  # with the default BEGIN, 688 of 800 concurrent read-modify-writes failed
            timeout=30,
            pragmas={"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "busy_timeout": 30000},
        )
    if parts.scheme in {"postgresql", "postgres"}:
        from playhouse.pool import PooledPostgresqlDatabase

        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        host = query.get("host") or parts.hostname
        options = {
            "host": unquote(host) if host else None,
            "port": parts.port,
            "user": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
        }
        return PooledPostgresqlDatabase(
            parts.path.lstrip("/"),
            prefer_psycopg3=True,
            max_connections=32,
            stale_timeout=300,
            **{key: value for key, value in options.items() if value is not None},
        )
    raise ValueError(f"unknown database scheme: {parts.scheme}")


def sqlite_path(url: str) -> Path | None:
    """The file of an embedded database; none for a server's."""
    parts = urlsplit(url)
    if parts.scheme != "sqlite":
        return None
    return Path(unquote(parts.path[1:]) if not parts.netloc else unquote(parts.path))


def is_postgres() -> bool:
    """Whether the bound database takes row locks and SKIP LOCKED."""
    return isinstance(proxy.obj, peewee.PostgresqlDatabase)


@contextmanager
def transaction() -> Iterator[None]:
    """All of the block is stored, or nothing. Opens this thread's connection when there is none."""
    with connection(), proxy.obj.atomic():
        yield


@contextmanager
def connection() -> Iterator[None]:
    """This thread's connection for the block; nested uses share it. SQLite's stays open for the thread's next block
    (opening it costs as much as a step's reading); PostgreSQL's goes back to the pool."""
    database = proxy.obj
    if not database.is_closed():
        yield
        return
    database.connect()
    try:
        yield
    finally:
        if is_postgres():
            database.close()


def locked(query: Any, *, skip: bool = False) -> Any:
    """The query's rows, locked until the transaction ends; `skip` passes over rows that another one holds.
    On SQLite the whole database is locked by BEGIN IMMEDIATE already."""
    if not is_postgres():
        return query
    return query.for_update(skip_locked=True) if skip else query.for_update()


def lock_name(name: str) -> None:
    """Serialise whoever says the same name until this transaction ends (PostgreSQL; SQLite has one writer)."""
    if is_postgres():
        proxy.obj.execute_sql("SELECT pg_advisory_xact_lock(hashtext(%s))", (name,))
