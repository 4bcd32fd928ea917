"""Which troubles pass by themselves: whoever meets one of them tries again later, and calls nobody.

PostgreSQL says by SQLSTATE what happened (its manual, appendix A), SQLite by result code (sqlite.org/rescode.html), the
machine by errno.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import Any

import peewee
from playhouse.pool import MaxConnectionsExceeded

# Nothing was stored, and the same once more may well succeed: serialization failure, deadlock, lock timeout.
COLLIDED = frozenset({"40001", "40P01", "55P03"})
# The server ends, begins, or has no room now: cancelled, shut down, starting up; a stand-by that becomes the server.
SERVER = frozenset({"57014", "57P01", "57P02", "57P03", "57P05", "58030", "25006"})
# Classes: connection (08), out of memory, places or disk (53).
CLASSES = frozenset({"08", "53"})
# Two were the first at once (unique_violation; SQLITE_CONSTRAINT_PRIMARYKEY, _UNIQUE): who looks again finds the row.
FIRST, FIRST_SQLITE = "23505", frozenset({1555, 2067})
BUSY = frozenset({5, 6})  # SQLite: another process writes
# SQLite: no memory, read-only, disk error, disk full, the file cannot be opened (no descriptors left), odd locks.
SQLITE = BUSY | {7, 8, 10, 13, 14, 15}
ERRNO = frozenset(
    {
        errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EROFS,
        errno.ECONNRESET, errno.ECONNREFUSED, errno.ECONNABORTED, errno.EPIPE, errno.ETIMEDOUT,
        errno.ENETUNREACH, errno.EHOSTUNREACH,
    }
)  # fmt: skip


def passes(error: BaseException) -> bool:
    """Whether this passes by itself: a deadlock, a busy or absent database, a full disk."""
    return any(_passes(each) for each in _chain(error))


def collided(error: BaseException) -> bool:
    """Whether another step was in the way: nothing was stored, and it is worth trying again at once."""
    return any(getattr(each, "sqlstate", None) in COLLIDED for each in _chain(error))


def beaten(error: BaseException) -> bool:
    """Whether somebody else has just stored a row of the same key: it is there for whoever looks once more."""
    return any(
        getattr(each, "sqlstate", None) == FIRST or getattr(each, "sqlite_errorcode", None) in FIRST_SQLITE
        for each in _chain(error)
    )


def lost(error: BaseException) -> bool:
    """Whether the connection to the database is gone, or none could be made."""
    return any(_lost(each) for each in _chain(error))


def _passes(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in ERRNO
    if isinstance(error, MaxConnectionsExceeded | MemoryError):
        return True
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return state in COLLIDED or state in SERVER or state[:2] in CLASSES
    code: Any = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in SQLITE  # the low byte is the kind, the rest its cause
    return _lost(error)


def _lost(error: BaseException) -> bool:
    """psycopg says nothing of a connection that broke but the words of libpq, and the class of the error."""
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return state[:2] == "08" or state in SERVER - {"57014", "58030", "25006"}
    driver = type(error).__module__.partition(".")[0] == "psycopg"
    return driver and type(error).__name__ in {"OperationalError", "ConnectionTimeout"}


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what peewee wrapped in it, and what it came from."""
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        each = todo.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, peewee.PeeweeException):
            todo.append(getattr(each, "orig", None))
        todo.append(each.__cause__)
