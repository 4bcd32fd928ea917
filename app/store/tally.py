"""How many tasks are open, of each kind: kept by triggers, so that no way of writing a task can forget it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.store.database import is_postgres, lock_name, proxy
from app.store.models.lists import DUE, NO_DAY

KEYS = "side, due_key, grp, element, title, assignee"
_COLUMNS = "state, side, grp, element, title, assignee_id, due_on"


@dataclass(frozen=True, slots=True)
class Lane:
    """Open tasks that differ in nothing by which the worklist chooses: how many there are."""

    grp: str
    element: str
    title: str
    assignee: int  # 0: nobody
    n: int


def lanes(side: str, due_before: str = "") -> list[Lane]:
    """The open tasks of a side by kind; those due until that day (as text) only."""
    mark = proxy.obj.param
    days = f"due_key > '' AND due_key <= {mark}" if due_before else "due_key = ''"
    cursor = proxy.obj.execute_sql(
        f"SELECT grp, element, title, assignee, SUM(n) FROM task_count WHERE side = {mark} AND {days} "  # noqa: S608
        "GROUP BY grp, element, title, assignee HAVING SUM(n) <> 0",
        (side, due_before) if due_before else (side,),
    )
    return [Lane(grp, element, title, assignee, int(n)) for grp, element, title, assignee, n in cursor.fetchall()]


# Triggers


def install() -> None:
    """Create the triggers, and count what is there when nothing was counted before. Inside a transaction."""
    lock_name("tally")
    for statement in _postgres() if is_postgres() else _sqlite():
        proxy.obj.execute_sql(statement)
    if proxy.obj.execute_sql("SELECT 1 FROM task_count LIMIT 1").fetchone() is None:
        _count_anew()


def _change(row: str, n: str) -> str:
    """Two rows of counts for a row of tasks: one whatever its day, one for its day."""
    due = f"to_char({row}.due_on, 'YYYY-MM-DD')" if is_postgres() else f"{row}.due_on"
    kind = f"{row}.grp, {row}.element, {row}.title, COALESCE({row}.assignee_id, 0), {n}"
    return (
        f"INSERT INTO task_count ({KEYS}, n) VALUES ({row}.side, '', {kind}), "  # noqa: S608 - names of our own
        f"({row}.side, COALESCE({due}, '{NO_DAY}'), {kind});"
    )


def _sqlite() -> list[str]:
    plan = (
        ("insert", "INSERT", "NEW", "1"),
        ("delete", "DELETE", "OLD", "-1"),
        ("before", f"UPDATE OF {_COLUMNS}", "OLD", "-1"),
        ("after", f"UPDATE OF {_COLUMNS}", "NEW", "1"),
    )
    return [
        f"CREATE TRIGGER IF NOT EXISTS task_count_{name} AFTER {event} ON task WHEN {row}.state = 'open' "
        f"BEGIN {_change(row, n)} END"
        for name, event, row, n in plan
    ]


def _postgres() -> list[str]:
    def when(row: str, n: str) -> str:
        return f"IF {row}.state = 'open' THEN {_change(row, n)} END IF;"

    added, taken = when("NEW", "1"), when("OLD", "-1")
    events = {"insert": added, "delete": taken, "update": taken + added}
    found = []
    for name, body in events.items():
        event = f"UPDATE OF {_COLUMNS}" if name == "update" else name.upper()
        head = f"CREATE OR REPLACE FUNCTION task_count_{name}() RETURNS trigger LANGUAGE plpgsql AS"
        found.append(f"{head} $$ BEGIN {body} RETURN NULL; END $$")
        head = f"CREATE OR REPLACE TRIGGER task_count_{name} AFTER {event} ON task FOR EACH ROW"
        found.append(f"{head} EXECUTE FUNCTION task_count_{name}()")
    return found


# Upkeep


def fold(least: int = 500) -> bool:
    """Add up the changes, once there are that many; whether it did. Inside a transaction."""
    parts = "SELECT COUNT(*), COUNT(DISTINCT (side || ';' || due_key || ';' || grp || ';' || element || ';' || title "
    rows, kinds = proxy.obj.execute_sql(parts + "|| ';' || assignee)) FROM task_count").fetchone()
    if rows - kinds < least:
        return False
    lock_name("tally")
    if is_postgres():  # one statement: what steps add meanwhile is neither lost nor counted twice
        proxy.obj.execute_sql(
            "WITH gone AS (DELETE FROM task_count RETURNING *) "  # noqa: S608 - names of our own
            f"INSERT INTO task_count ({KEYS}, n) SELECT {KEYS}, SUM(n) FROM gone GROUP BY {KEYS} HAVING SUM(n) <> 0"
        )
        return True
    proxy.obj.execute_sql(f"CREATE TEMP TABLE folded AS SELECT {KEYS}, SUM(n) AS n FROM task_count GROUP BY {KEYS}")  # noqa: S608
    proxy.obj.execute_sql("DELETE FROM task_count")
    proxy.obj.execute_sql(f"INSERT INTO task_count ({KEYS}, n) SELECT {KEYS}, n FROM folded WHERE n <> 0")  # noqa: S608
    proxy.obj.execute_sql("DROP TABLE folded")
    return True


def _real() -> str:
    due = f"COALESCE(to_char(due_on, 'YYYY-MM-DD'), '{NO_DAY}')" if is_postgres() else DUE
    kind = "grp, element, title, COALESCE(assignee_id, 0) AS assignee"
    return (
        f"SELECT side, '' AS due_key, {kind} FROM task WHERE state = 'open' "  # noqa: S608 - names of our own
        f"UNION ALL SELECT side, {due}, {kind} FROM task WHERE state = 'open'"
    )


def differing() -> list[tuple[Any, ...]]:
    """Kinds whose count is not what counting gives: (side, due_key, grp, element, title, assignee, too many)."""
    cursor = proxy.obj.execute_sql(
        f"SELECT {KEYS}, SUM(n) FROM (SELECT {KEYS}, n FROM task_count UNION ALL "  # noqa: S608 - names of our own
        f"SELECT {KEYS}, -1 FROM ({_real()}) AS counted) AS both_ways GROUP BY {KEYS} HAVING SUM(n) <> 0"
    )
    return [(*key, int(n)) for *key, n in cursor.fetchall()]


def repair(wrong: Sequence[tuple[Any, ...]]) -> None:
    """Take off what was too many. Inside the transaction that found it."""
    mark = proxy.obj.param
    for *key, n in wrong:
        proxy.obj.execute_sql(
            f"INSERT INTO task_count ({KEYS}, n) VALUES ({', '.join([mark] * 7)})",  # noqa: S608 - marks only
            [*key, -n],
        )


def _count_anew() -> None:
    proxy.obj.execute_sql(
        f"INSERT INTO task_count ({KEYS}, n) SELECT {KEYS}, COUNT(*) FROM ({_real()}) AS counted GROUP BY {KEYS}"  # noqa: S608
    )
