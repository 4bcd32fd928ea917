"""Cases under way in the order of what is due first, without reading all of them.

A case stands where the first of its open tasks stands in the worklists: they are read from the front, by their index,
until the page is full. Those that wait for nobody's task come last, the last changed first.
"""

from __future__ import annotations

from typing import Any

from peewee import SQL, fn

from app.states import Side, TaskState
from app.store.database import proxy
from app.store.models import Case, Task
from app.store.models.lists import DUE, NO_DAY

FEW = 1000  # cases that are cheaper put in order than looked for among all tasks

# The first open task of each case, in the order of a side's index.
_SIDE = (
    f"SELECT case_id, {DUE} AS due_key, id FROM task AS ahead WHERE state = 'open' AND side = {{mark}} "  # noqa: S608
    "AND NOT EXISTS (SELECT 1 FROM task AS earlier WHERE earlier.case_id = ahead.case_id AND earlier.state = 'open' "
    f"AND (COALESCE(earlier.due_on, '{NO_DAY}'), earlier.id) < (COALESCE(ahead.due_on, '{NO_DAY}'), ahead.id)) "
    f"AND EXISTS ({{narrowed}}) ORDER BY {DUE}, id LIMIT {{most}}"
)


def page(narrowed: Any, limit: int, offset: int) -> list[Case]:
    """One page of the cases that are selected by a query over Case; all of them are under way."""
    if narrowed.limit(FEW + 1).count() <= FEW:
        due = fn.COALESCE(_open().select(fn.MIN(Task.due_on)), NO_DAY)
        order = (due, ~fn.EXISTS(_open()), Case.changed_at.desc(), Case.id.desc())
        return list(narrowed.order_by(*order).limit(limit).offset(offset))
    ids = _first(narrowed, offset + limit)
    rows = {row.id: row for row in Case.select().where(Case.id.in_(ids[offset:]))} if ids[offset:] else {}
    found = [rows[each] for each in ids[offset:]]
    if len(found) < limit:  # the last ones that have a task to be done, or behind them
        rest = narrowed.where(~fn.EXISTS(_open())).order_by(Case.changed_at.desc(), Case.id.desc())
        found += list(rest.limit(limit - len(found)).offset(max(0, offset - len(ids))))
    return found


def _open() -> Any:
    """The open tasks of the case."""
    return Task.select(Task.id).where((Task.case == Case.id) & (Task.state == TaskState.OPEN))


def _first(narrowed: Any, most: int) -> list[int]:
    """The first so many that have an open task."""
    own, values = narrowed.select(SQL("1")).where(Case.id == SQL("ahead.case_id")).sql()
    side = _SIDE.format(mark=proxy.obj.param, narrowed=own, most=most)
    sides = " UNION ALL ".join(f"SELECT * FROM ({side}) AS side_{n}" for n in range(len(Side)))  # noqa: S608
    cursor = proxy.obj.execute_sql(
        f"SELECT case_id FROM ({sides}) AS every_side ORDER BY due_key, id LIMIT {most}",  # noqa: S608
        [value for side in Side for value in (side.value, *values)],
    )
    return [row[0] for row in cursor.fetchall()]
