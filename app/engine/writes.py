"""Who wrote what, and when: a token inside a fork remembers the names that it set since, each with a number that grows
over the whole case. Where branches meet, the last writer of a name is known by it, however long its branch went on.

Outside forks nothing is remembered. A state stored before there were such marks has none in its open forks: what its
branches changed then counts as written at once, the branch drawn last as the last.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.task import Task

from app.engine.values import GONE, alike, clone

MARK = "w"  # in a task's internal data: name to number


def inherit(task: Task) -> None:
    """A token that arrives: it goes on with the marks of the one before, or begins with none where a fork begins."""
    held = task.parent.internal_data.get(MARK)
    if held is not None or len(task.parent._children) > 1:
        task.internal_data[MARK] = dict(held or {})


def wrote(task: Task, names: Iterable[str]) -> None:
    """The token has set these names now."""
    held = task.internal_data.get(MARK)
    if held is None:
        return
    top = task.workflow.top_workflow
    for name in names:
        top.writes += 1
        held[name] = top.writes


def put(task: Task, values: dict[str, Any]) -> None:
    """Set these names in the token's data, and note that they were written."""
    task.data.update(values)
    wrote(task, values)


def replace(task: Task, data: dict[str, Any], marks: dict[str, int] | None = None) -> None:
    """Give the token other data; `marks`: when each name was written, where that is known."""
    before, task.data = task.data, clone(data)
    held = task.internal_data.get(MARK)
    if held is not None and marks is not None:
        held.update(marks)
    elif held is not None:
        wrote(task, marks_of(data, before))


def marks_of(data: dict[str, Any], base: dict[str, Any]) -> dict[str, int]:
    """Marks for a branch that has none: what differs from the data at its fork."""
    return {name: 0 for name in {**base, **data} if not alike(base.get(name, GONE), data.get(name, GONE))}
