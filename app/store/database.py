"""The one database of this process: SQLite (WAL, FULL, BEGIN IMMEDIATE) or PostgreSQL (row locks).

Rooms above say *what* is one transaction; how it is begun and locked is known here alone.

**One order of locks.** Whoever locks more than one thing takes them in this order, so that no two wait for each other:
names of what may not be there yet or is of no one case (`lock_name`: an account, an application, a release), then the
case, then its job, then all other rows, by id; last the names of series (numbers, calendars), which nobody holds while
waiting for a case. Writing a line that refers to a case locks the case a little, too: lock it first. Who meets a
deadlock all the same is let go by the server with nothing stored, and does the whole once more (`again`).

**Nobody looks and then inserts** on the strength of that look: two do so at once. A row of which there may be one only
is inserted with ON CONFLICT, or looked for and inserted under a name's lock.

**What passes by itself** is known to `passes`: deadlocks, a server that is away, a full disk. It is nobody's mistake
and no incident: work waits for a while and goes on, a person is told that nothing is lost and to try again.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar, ParamSpec, Self, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

import peewee

from app.store import inserting, passing
from app.store.composed import looked_up
from app.store.connections import Postgres, Sqlite
from app.store.connections import proxy as proxy
from app.store.rowmaking import new_row

log = logging.getLogger("nintei.database")
passes = passing.passes
T = TypeVar("T")
P = ParamSpec("P")
TRIES = 5  # of a piece of work that others are in the way of

CONNECTIONS = 8  # of PostgreSQL, for a process that serves no pages


class Table(peewee.Model):
    """Base of every table.

    mypy knows of a row what its class declares: columns by their fields (peewee's own stubs give each its type),
    and beside a reference `<name>_id`, the key as it is stored. A name that is declared nowhere does not pass; nor does
    it among the keywords of a new row (`scripts/mypy_rows.py`).
    """

    _dirty: set[str]

    class Meta:
        database = proxy
        legacy_table_names = False
        only_save_dirty = True  # a step writes what it changed

    @classmethod
    def select(cls, *fields: Any) -> Any:
        """As peewee has it, composed in less time."""
        return Select(cls, fields or cls._meta.sorted_fields, is_default=not fields)

    @classmethod
    def get(cls, *query: Any, **filters: Any) -> Any:
        """As peewee has it; by one value, and where a reference leads, in a text that is composed once."""
        kept = looked_up(cls, query) if query and not filters else None
        if kept is None:
            return super().get(*query, **filters)
        found = kept.one(query[0].rhs)
        if found is None:
            raise cls.DoesNotExist(  # type: ignore[attr-defined]  # peewee makes one for each table
                f"There is no such row in {cls._meta.table_name}"
            )
        return found

    @classmethod
    def create(cls, **query: Any) -> Self:
        """Store a new row. Raises TypeError for a name that is no column: peewee would keep it beside the row."""
        cls.require(query)
        row: Self = new_row(cls, query)
        inserting.insert(row)
        return row

    @classmethod
    def require(cls, names: Iterable[str]) -> None:
        """Raise TypeError unless each is a column, or the stored key of a reference."""
        known = cls._meta.combined
        wrong = [name for name in names if name not in known]
        if wrong:
            raise TypeError(f"{cls.__name__} has no column {', '.join(sorted(wrong))}")


class Select(peewee.ModelSelect):
    """A query whose list of columns, where it is all of its table's, is composed once for each name of the table: that
    is most of a query's text, and putting it together took longer than a small query."""

    _lists: ClassVar[dict[tuple[type[peewee.Model], str, str], str]] = {}

    def __sql_selection__(self, ctx: Any, is_subquery: bool = False) -> Any:
        """As peewee has it."""
        if is_subquery or not self._is_default:  # type: ignore[attr-defined]  # peewee's own
            return super().__sql_selection__(ctx, is_subquery)
        meta = self.model._meta
        key = (self.model, ctx.alias_manager[meta.table], ctx.state.quote)
        if key not in self._lists:
            columns = (peewee.Entity(key[1], field.column_name) for field in meta.sorted_fields)
            self._lists[key] = peewee.Context(quote=key[2]).sql(peewee.CommaNodeList(list(columns))).query()[0]
        return ctx.literal(self._lists[key])


class Row(Table):
    """A table whose rows are numbered."""

    id = peewee.AutoField()


def connect(url: str, connections: int = CONNECTIONS) -> Any:
    """Open `sqlite:///path` or `postgresql://user:password@host:port/name?sslmode=verify-full` and bind every model to
    it. What stands behind the `?` is libpq's (`parse.database_url` says what is taken).

    `connections`: how many threads may hold one of PostgreSQL's at once.
    """
    database = _open(url, connections)
    proxy.initialize(database)
    return database


def _open(url: str, connections: int) -> Any:
    parts = urlsplit(url)
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Sqlite(str(path))
    if parts.scheme in {"postgresql", "postgres"}:
        query = dict(parse_qsl(parts.query))
        options = query | {
            "host": query.get("host") or (unquote(parts.hostname) if parts.hostname else None),
            "port": parts.port,
            "user": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
        }
        given = {key: value for key, value in options.items() if value is not None}
        return Postgres(parts.path.lstrip("/"), connections, **given)
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


def beside_commit(act: Callable[[], None]) -> None:
    """Begin something else while this transaction waits for the disk (`beside`). Inside a transaction."""
    proxy.obj.beside_commit(act)


class _Connection:
    """What `connection` gives. A class of its own: a step enters a dozen, and a generator takes three times as long."""

    __slots__ = ("_opened",)

    def __enter__(self) -> None:
        database = proxy.obj
        self._opened = database if database.is_closed() else None
        if self._opened is not None:
            database.connect()

    def __exit__(self, *_failed: object) -> None:
        if self._opened is not None:
            self._opened.close()

    def __call__(self, run: Callable[P, T]) -> Callable[P, T]:
        """The function, each call within a connection."""

        @wraps(run)
        def within(*args: P.args, **kwargs: P.kwargs) -> T:
            with _Connection():
                return run(*args, **kwargs)

        return within


def connection() -> _Connection:
    """This thread's connection for the block, or around a function; nested uses share it. Nobody reads without."""
    return _Connection()


@contextmanager
def reading_once() -> Iterator[None]:
    """The same for a page: what was read is not read again until something is stored or locked (`remembering`)."""
    database = proxy.obj
    with connection():
        before = database.memory.found
        database.memory.found = {} if before is None else before
        try:
            yield
        finally:
            database.memory.found = before
            if before is None:
                database.memory.forget()


def once(key: Hashable, make: Callable[[], T]) -> T:
    """What a page makes of what it reads, made once for it; what is stored or locked takes it back (`remembering`)."""
    found: T = proxy.obj.memory.once(key, make)
    return found


def anew() -> None:
    """From here on the page reads as things are now: what kept others away was no lock of the database."""
    proxy.obj.memory.forget()


def again(run: Callable[[], T]) -> T:
    """Do a whole piece of work; once more, a few times, when another step was in its way or the connection was gone
    before anything was stored. Inside somebody's transaction it is done once: only the whole can be repeated."""
    database = proxy.obj
    tried = 0
    while True:
        tried, before = tried + 1, database.stored
        try:
            return run()
        except Exception as error:
            once = passing.lost(error) or passing.beaten(error)
            in_the_way = passing.collided(error) or (once and tried == 1)
            if tried >= TRIES or database.stored != before or database.in_transaction() or not in_the_way:
                raise
            log.info("done once more (%s): %s", tried, error)
        database.memory.forget()
        if not database.is_closed() and not database.is_connection_usable():
            database.close()
            database.connect()
        time.sleep(random.uniform(0, 0.05 * 2**tried))  # noqa: S311 - so that the two do not meet again


def pool() -> dict[str, int]:
    """How many connections of this process to the server are in use and idle; {} for an embedded database."""
    bound = proxy.obj
    return bound.counted() if isinstance(bound, Postgres) else {}


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
