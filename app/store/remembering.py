"""Nothing is read twice while a page is made: what a statement found is kept until something is stored or locked.

Each noun of a page asks for what it needs, and several ask for the same: the task, its case, the terms in force. They
read as if all had asked in the moment of the first. What is written takes back what was kept of its table; a lock, the
beginning and the end of a transaction take back all, so that whoever locks sees what is there then.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar

import peewee

T = TypeVar("T")
MOST = 200  # rows of one statement that are kept; what finds more is read each time
ALONE = ("undo", "draft")  # tables to which no other refers: what is deleted there takes nothing else along
_WRITES = re.compile(
    rf'\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE|DELETE\s+FROM(?=\s+"?(?:{"|".join(ALONE)})\b))\s+"?(\w+)"?',
    re.IGNORECASE,
)
READS = ("SELECT", "(SELECT")  # PostgreSQL has the parts of a union in brackets
_LOCKS = re.compile(r"\bFOR (?:UPDATE|SHARE|NO KEY UPDATE)\b|\bpg_|\bnextval\b", re.IGNORECASE)


# Tables that triggers fill when a row of another one is written.
FILLED = {
    "task": ("task_change", "task_tally"),
    **dict.fromkeys(("closing_day", "term", "release", "setting"), ("stamp",)),  # `seldom`
}


@lru_cache(maxsize=1024)
def _words(sql: str) -> frozenset[str]:
    """Every name in a statement, those of its tables among them."""
    return frozenset(re.findall(r"\w+", sql))


@lru_cache(maxsize=1024)
def _written(sql: str) -> frozenset[str]:
    """The tables that a statement changes; none where it may change any."""
    found = _WRITES.match(sql)
    return frozenset((found[1], *FILLED.get(found[1], ()))) if found is not None else frozenset()


@lru_cache(maxsize=1024)
def _changes(sql: str) -> bool:
    """Whether it may change something, let others see that this was read, or read what others do just now."""
    return not sql.startswith(READS) or _LOCKS.search(sql) is not None


class Kept:
    """Rows that were read, as a cursor gives them (PEP 249)."""

    lastrowid = None

    def __init__(self, description: Any, rows: Sequence[Any], more: Any = None) -> None:
        self.description, self.rowcount = description, len(rows)
        self._rest: Iterator[Any] = iter(rows) if more is None else chain(rows, more)

    def __iter__(self) -> Iterator[Any]:
        return self._rest

    def fetchone(self) -> Any:
        """The next row; none after the last."""
        return next(self._rest, None)

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        return list(self._rest)

    def close(self) -> None:
        """As a cursor has it: nothing is held."""


class Memory(threading.local):
    """What this thread's page has read."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, tuple[Any, ...]], tuple[Any, Sequence[Any]]] | None = None  # none: nothing is kept
        self.made: dict[Hashable, Any] = {}  # of what was found
        self.stamp: str | None = None  # of what seldom changes (`seldom`), as the page has read it

    def know(self, sql: str, params: Sequence[Any], rows: Sequence[Any]) -> None:
        """What this statement would find was read together with more."""
        if self.found is not None and len(rows) <= MOST:
            self.found[sql, tuple(params)] = (None, rows)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is made of what is read: made once for the page, until anything is stored or locked."""
        if self.found is None:
            return make()
        if key not in self.made:
            made = make()  # which may forget by itself
            self.made[key] = made
        kept: T = self.made[key]
        return kept

    def forget(self) -> None:
        """All that was kept may have changed."""
        self.stamp = None
        self.made.clear()
        if self.found:
            self.found.clear()

    def wrote(self, sql: str) -> None:
        """A statement that may have changed something goes out."""
        found, self.stamp = self.found, None
        self.made.clear()
        if not found:
            return
        tables = _written(sql)
        if not tables:
            found.clear()
            return
        for key in [key for key in found if not tables.isdisjoint(_words(key[0]))]:
            del found[key]


class Remembering:
    """For a database of peewee: its statements go through the memory."""

    memory: Memory

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """As peewee has it."""
        memory, run = self.memory, super().execute_sql  # type: ignore[misc]  # peewee's
        found = memory.found
        if found is None:
            return run(sql, params)
        if _changes(sql):
            memory.wrote(sql)
            return run(sql, params)
        key = (sql, tuple(params or ()))
        try:
            known = found.get(key)
        except TypeError:  # a value that has no hash
            return run(sql, params)
        if known is None:
            cursor = run(sql, params)
            with peewee.__exception_wrapper__:  # type: ignore[attr-defined]  # the stubs leave it out
                rows = cursor.fetchmany(MOST + 1)
            if len(rows) > MOST:
                return Kept(cursor.description, rows, cursor)
            known = found[key] = (cursor.description, rows)
        return Kept(*known)

    def begin(self, *args: Any, **kwargs: Any) -> Any:
        """As peewee has it."""
        self.memory.forget()
        return super().begin(*args, **kwargs)  # type: ignore[misc]

    def commit(self) -> Any:
        """As peewee has it."""
        self.memory.forget()
        return super().commit()  # type: ignore[misc]

    def rollback(self) -> Any:
        """As peewee has it."""
        self.memory.forget()
        return super().rollback()  # type: ignore[misc]
