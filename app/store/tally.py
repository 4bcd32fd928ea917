"""How many tasks are open, of each kind: kept by triggers, so that no way of writing a task can forget it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.states import Side
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


def lanes(side: Side, due_before: str = "") -> list[Lane]:
    """The open tasks of a side by kind; those due until that day (as text) only."""
    mark = proxy.obj.param
    added = f"due_key > '' AND due_key <= {mark}" if due_before else "due_key = ''"
    changed = f"due_key <= {mark}" if due_before else "1 = 1"
    cursor = proxy.obj.execute_sql(
        "SELECT grp, element, title, assignee, SUM(n) FROM ("  # noqa: S608 - names of our own
        f"SELECT grp, element, title, assignee, n FROM task_tally WHERE side = {mark} AND {added} UNION ALL "
        f"SELECT grp, element, title, assignee, n FROM task_change WHERE side = {mark} AND {changed}"
        ") AS both_tables GROUP BY grp, element, title, assignee HAVING SUM(n) <> 0",
        (side.value, due_before, side.value, due_before) if due_before else (side.value, side.value),
    )
    return [Lane(grp, element, title, assignee, int(n)) for grp, element, title, assignee, n in cursor.fetchall()]


# Triggers


def install() -> None:
    """Create the triggers, and count what is there when nothing was counted before. Inside a transaction."""
    lock_name("tally")
    for statement in _postgres() if is_postgres() else _sqlite():
        proxy.obj.execute_sql(statement)
    counted = "SELECT 1 FROM task_tally UNION ALL SELECT 1 FROM task_change LIMIT 1"
    if proxy.obj.execute_sql(counted).fetchone() is None:
        repair(differing())


def _change(row: str, n: str) -> str:
    due = f"to_char({row}.due_on, 'YYYY-MM-DD')" if is_postgres() else f"{row}.due_on"
    return (
        f"INSERT INTO task_change ({KEYS}, n) VALUES ({row}.side, COALESCE({due}, '{NO_DAY}'), {row}.grp, "  # noqa: S608
        f"{row}.element, {row}.title, COALESCE({row}.assignee_id, 0), {n});"
    )


def _sqlite() -> list[str]:
    plan = (
        ("insert", "INSERT", "NEW", "1"),
        ("delete", "DELETE", "OLD", "-1"),
        ("before", f"UPDATE OF {_COLUMNS}", "OLD", "-1"),
        ("after", f"UPDATE OF {_COLUMNS}", "NEW", "1"),
    )
    return [
        f"CREATE TRIGGER IF NOT EXISTS task_change_{name} AFTER {event} ON task WHEN {row}.state = 'open' "
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
        head = f"CREATE OR REPLACE FUNCTION task_change_{name}() RETURNS trigger LANGUAGE plpgsql AS"
        found.append(f"{head} $$ BEGIN {body} RETURN NULL; END $$")
        head = f"CREATE OR REPLACE TRIGGER task_change_{name} AFTER {event} ON task FOR EACH ROW"
        found.append(f"{head} EXECUTE FUNCTION task_change_{name}()")
    return found


# Upkeep

_ADD = f"ON CONFLICT ({KEYS}) DO UPDATE SET n = task_tally.n + excluded.n"


def _both_levels(table: str) -> str:
    """Rows of `table` once for their day and once whatever their day."""
    kind = "grp, element, title, assignee, n"
    return f"SELECT side, due_key, {kind} FROM {table} UNION ALL SELECT side, '' AS due_key, {kind} FROM {table}"  # noqa: S608


def fold(least: int = 200) -> bool:
    """Add up the changes, once there are that many; whether it did. Inside a transaction."""
    lock_name("tally")
    if proxy.obj.execute_sql("SELECT COUNT(*) FROM task_change").fetchone()[0] < max(1, least):
        return False
    sums = (
        f"INSERT INTO task_tally ({KEYS}, n) SELECT {KEYS}, SUM(n) FROM ({{}}) AS changes "  # noqa: S608 - names of our own
        f"WHERE 1 = 1 GROUP BY {KEYS} {_ADD}"
    )
    if is_postgres():  # one statement: what steps add meanwhile is neither lost nor counted twice
        taken = "WITH gone AS (DELETE FROM task_change RETURNING *)"
        proxy.obj.execute_sql(f"{taken} {sums.format(_both_levels('gone'))}")
    else:
        proxy.obj.execute_sql(sums.format(_both_levels("task_change")))
        proxy.obj.execute_sql("DELETE FROM task_change")
    proxy.obj.execute_sql("DELETE FROM task_tally WHERE n = 0")
    return True


def differing() -> list[tuple[Any, ...]]:
    """Kinds whose count is not what counting gives: (side, due_key, grp, element, title, assignee, too many)."""
    due = f"COALESCE(to_char(due_on, 'YYYY-MM-DD'), '{NO_DAY}')" if is_postgres() else DUE
    real = (
        f"(SELECT side, {due} AS due_key, grp, element, title, COALESCE(assignee_id, 0) AS assignee, -1 AS n "  # noqa: S608
        "FROM task WHERE state = 'open') AS open_tasks"
    )
    cursor = proxy.obj.execute_sql(
        f"SELECT {KEYS}, SUM(n) FROM (SELECT {KEYS}, n FROM task_tally "  # noqa: S608 - names of our own
        f"UNION ALL {_both_levels('task_change')} UNION ALL {_both_levels(real)}"
        f") AS every_way GROUP BY {KEYS} HAVING SUM(n) <> 0"
    )
    return [(*key, int(n)) for *key, n in cursor.fetchall()]


def repair(wrong: Sequence[tuple[Any, ...]]) -> None:
    """Take off what was too many. Inside the transaction that found it."""
    mark = proxy.obj.param
    for *key, n in wrong:
        proxy.obj.execute_sql(
            f"INSERT INTO task_tally ({KEYS}, n) VALUES ({', '.join([mark] * 7)}) {_ADD}",  # noqa: S608 - marks only
            [*key, -n],
        )
