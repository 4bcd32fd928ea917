"""The version of the database: which steps were taken, whether this program fits it, and the way up.

Tables are created in one go where there are none, and changed by the steps in `migrations` alone. Nothing here runs DDL
where the version fits, so that processes may start at any time while people work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playhouse.migrations import Migration, Runner

from app.errors import Unready
from app.store import seldom, tally, trailrules
from app.store.database import connection, is_postgres, lock_name, proxy, transaction
from app.store.models import ALL, CaseGram, TaskTally

STEPS = Path(__file__).parent / "migrations"
HISTORY = "schema_migration"  # which steps were taken, and when
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Step:
    """One step upward: its number, its file's name, and what is different after it."""

    number: int
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Version:
    """How the database stands. `found`: the number of its last step; 0 while it is empty, UNKNOWN when its tables are
    those of no release."""

    found: int
    wanted: int
    pending: tuple[Step, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether this program can work with it as it is."""
        return self.found == self.wanted and not self.pending

    @property
    def older(self) -> bool:
        """Whether it can be brought up."""
        return self.found > 0 and bool(self.pending)

    def require(self) -> None:
        """Raise Unready, which says what to do, unless it fits."""
        if self.fits:
            return
        if self.older:
            raise Unready(
                "The database is of version %(found)s, and this program works with version %(wanted)s. Make a backup, "
                "then bring it up with: nintei db upgrade",
                found=self.found,
                wanted=self.wanted,
            )
        if self.found > self.wanted:
            raise Unready(
                "The database is of version %(found)s, made by a newer Nintei; this program knows version %(wanted)s. "
                "Start the newer program, or restore the backup that was made before the upgrade",
                found=self.found,
                wanted=self.wanted,
            )
        if self.found == 0:
            raise Unready("The database is empty: nintei run creates its tables")
        raise Unready(
            "The database is of no released version: its tables are not known here. Open it with the program that made "
            "it; nothing was changed"
        )


class _Steps(Runner):
    """The library's runner, with processes taking turns: whoever comes second finds the step taken."""

    def __init__(self, bound: Any, done: Callable[[str], None]) -> None:
        super().__init__(bound, str(STEPS), HISTORY)
        self._done = done

    def _run(self, name: str, module: Any, direction: str, fake: bool = False) -> None:
        with self.migrator.migration_context():
            lock_name(HISTORY)
            if self.History.get_or_none(self.History.name == name) is not None:
                return
            if not fake:
                getattr(module, direction)(self.migrator, self.database)
                _guard_references()
            self.History.create(name=name)
        self._done(name)


def steps() -> list[Step]:
    """Every step that this program knows, in order."""
    return list(_steps(STEPS))


@cache
def _steps(folder: Path) -> tuple[Step, ...]:
    """Each step is a program of its own, which is loaded to read what it says of itself: once is enough."""
    found = Migration.load_directory(str(folder))
    return tuple(Step(each.idx, each.name, (each.load().__doc__ or "").strip().splitlines()[0]) for each in found)


def version(bound: Any) -> Version:
    """How the database stands. Reads only."""
    known = steps()
    wanted = known[-1].number
    with connection():
        taken = _taken(bound)
        if not taken:
            tables = set(bound.get_tables())
            if not tables & {model._meta.table_name for model in ALL}:
                return Version(0, wanted, tuple(known))
            if _is_first(bound, tables):
                return Version(1, wanted, tuple(known))
            if _taken(bound) is not None:  # another process has brought it up since the line above
                return version(bound)
            return Version(UNKNOWN, wanted)
    strange = [name for name in taken if name not in {step.name for step in known}]
    if strange:
        newest = max(int(name[:4]) if name[:4].isdigit() else 0 for name in strange)
        return Version(newest if newest > wanted else UNKNOWN, wanted)
    pending = tuple(step for step in known if step.name not in taken)
    return Version(max((step.number for step in known if step.name in taken), default=UNKNOWN), wanted, pending)


def fits(bound: Any) -> bool:
    """The same in one small query, for whoever asks often: whether exactly the known steps were taken."""
    with connection():
        return _taken(bound) == _NAMES


def prepare(bound: Any) -> None:
    """Create the tables of an empty database. Raises Unready where one that is there does not fit."""
    found = version(bound)
    if found.found != 0:
        found.require()
        return
    with transaction():
        lock_name(HISTORY)
        if _taken(bound) is not None:  # another process was first
            return
        _create(bound)
        history = Runner(bound, str(STEPS), HISTORY).History
        history.create_table()
        history.insert_many([{"name": name} for name in sorted(_NAMES)]).execute()


def upgrade(bound: Any, say: Callable[[Step], None], told: Callable[[], None] | None = None) -> list[Step]:
    """Take the steps that are missing, each in a transaction of its own; gives those that this call took. `told` puts
    on record that they were taken, in the last transaction.

    Safe to call from several processes, and again after a power cut. Raises Unready for what cannot be brought up.
    """
    found = version(bound)
    if not found.older:
        found.require()
        return []
    by_name = {step.name: step for step in found.pending}
    done: list[Step] = []

    def taken(name: str) -> None:
        if name in by_name:
            done.append(by_name[name])
            say(by_name[name])

    with connection():
        runner = _Steps(bound, taken)
        with transaction():
            lock_name(HISTORY)
            if _taken(bound) is None:  # whoever is second waits here, and finds the count that the first has made
                runner.History.create_table()
                runner.fake("0001_first")
        runner.up()
        with transaction():
            lock_name(HISTORY)
            _create(bound)  # what a copied table lost: triggers, indexes
            if done and told is not None:
                told()
    return done


def _create(bound: Any) -> None:
    """Whatever is missing of tables, indexes and triggers, as the models have them."""
    for model in (CaseGram, TaskTally):
        model._meta.without_rowid = not is_postgres()  # SQLite alone knows the clause, and halves the table by it
    bound.create_tables(ALL, safe=True)
    tally.install()
    seldom.install()
    trailrules.install()


def _taken(bound: Any) -> set[str] | None:
    """The names of the steps taken; none when none was ever counted."""
    if not bound.table_exists(HISTORY):
        return None
    return {str(name) for (name,) in bound.execute_sql(f"SELECT name FROM {HISTORY}").fetchall()}  # noqa: S608 - our own name


def _is_first(bound: Any, tables: set[str]) -> bool:
    """Whether tables without a count are those of version 1, each with its columns."""
    first: Mapping[str, Sequence[str]] = json.loads((STEPS / "first.json").read_text(encoding="utf-8"))
    return first.keys() <= tables and all(
        {column.name for column in bound.get_columns(table)} == set(columns) for table, columns in first.items()
    )


def _guard_references() -> None:
    """SQLite looks at no reference while a step copies tables: look at all of them before the step counts."""
    if is_postgres():
        return
    broken = proxy.obj.execute_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"The step leaves references that lead nowhere: {broken[:5]}")


_NAMES = {each.name for each in Migration.load_directory(str(STEPS))}
