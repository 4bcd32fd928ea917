"""Counts what one piece of work asks of SQLite: the statements as the database runs them, with their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.store import database

_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@dataclass
class Counted:
    """What was run, in its order."""

    run: list[str] = field(default_factory=list)

    @property
    def statements(self) -> list[str]:
        """Those that read or write."""
        return [sql for sql in self.run if not sql.upper().startswith(_FRAME)]

    @property
    def duplicates(self) -> list[str]:
        """Those that were run before, with the same values, each as often as it was run once more."""
        counted = Counter(self.statements)
        return [sql for sql, times in counted.items() for _ in range(times - 1)]

    @property
    def writes(self) -> int:
        """How many transactions took the writer's lock."""
        return sum(sql.upper().startswith("BEGIN") for sql in self.run)


@contextmanager
def counted() -> Iterator[Counted]:
    """The statements of this thread while the block runs. What triggers run is not among them."""
    found = Counted()
    with database.connection():
        connection = database.proxy.obj.connection()

    def ran(sql: str) -> None:
        last = found.run[-1] if found.run else ""
        if sql != last or sql.startswith("SELECT"):  # SQLite says a writing statement again for each trigger
            found.run.append(sql)

    connection.set_trace_callback(ran)
    try:
        yield found
    finally:
        connection.set_trace_callback(None)
