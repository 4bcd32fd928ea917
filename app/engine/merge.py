"""Joining what parallel branches did: each branch's changes against the state at the fork.

Where two branches set the same name, the last writer's value holds (`writes`), however the branches are drawn.
Dictionaries are joined key by key; lists that branches only appended to keep all items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from SpiffWorkflow.task import Task

from app.engine.values import GONE, alike, clone, same
from app.engine.writes import MARK, marks_of

Carried = tuple[dict[str, Any], dict[str, int] | None]  # a token's data, and when it wrote what (none: not known)


def merged(base: dict[str, Any], branches: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`base` with the changes of every branch; of two that changed the same name, the later in the list wins. Shares
    nothing with its inputs."""
    result: dict[str, Any] = {}
    for key in dict.fromkeys([*base, *(key for branch in branches for key in branch)]):
        before = base.get(key, GONE)
        changes = [value for value in (branch.get(key, GONE) for branch in branches) if not alike(before, value)]
        value = _joined(before, changes)
        if value is not GONE:
            result[key] = clone(value)
    return result


def joined_at(arrivals: Iterable[Task], data_of: Callable[[Task], Carried] | None = None) -> Carried:
    """The data with which tokens that arrived at a join go on, whatever forks lie between them, and their marks.

    `data_of` says what a token carries; its own data unless told otherwise.
    """
    tips = list(arrivals)
    marked: dict[Any, int] = {}
    for tip in tips:
        task: Task | None = tip
        while task is not None:
            marked[task.id] = marked.get(task.id, 0) + 1
            task = task.parent
    fork = tips[0]
    while marked[fork.id] < len(tips):
        fork = fork.parent
    return _folded(fork, marked, {tip.id for tip in tips}, data_of or _own)


def _own(task: Task) -> Carried:
    return task.data, task.internal_data.get(MARK)


def _folded(task: Task, marked: dict[Any, int], tips: set[Any], data_of: Callable[[Task], Carried]) -> Carried:
    while task.id not in tips:
        branches = [child for child in task.children if child.id in marked]
        if len(branches) > 1:
            return met(task, [_folded(branch, marked, tips, data_of) for branch in branches])
        task = branches[0]
    data, marks = data_of(task)
    return clone(data), None if marks is None else dict(marks)


def met(fork: Task, branches: Sequence[Carried]) -> Carried:
    """What becomes of branches that began at this fork."""
    base, result = fork.data, dict(clone(fork.data))
    written = [(data, marks_of(data, base) if marks is None else marks) for data, marks in branches]
    together: dict[str, int] = dict(fork.internal_data.get(MARK) or {})
    for key in dict.fromkeys(key for _, marks in written for key in marks):
        # The sort is stable: what is not known by number goes by the order in which the branches are drawn.
        ways = sorted((marks[key], place) for place, (_, marks) in enumerate(written) if key in marks)
        value = _joined(base.get(key, GONE), [written[place][0].get(key, GONE) for _, place in ways])
        together[key] = max(together.get(key, 0), ways[-1][0])
        if value is GONE:
            result.pop(key, None)
        else:
            result[key] = clone(value)
    return result, together


def rebased(onto: dict[str, Any], base: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """`onto` with what differs between `base` and `data`: as if the changes had been made there. Shares nothing."""
    result: dict[str, Any] = clone(onto)
    for key in dict.fromkeys([*base, *data]):
        before, after = base.get(key, GONE), data.get(key, GONE)
        if alike(before, after):
            continue
        here = onto.get(key, GONE)
        if after is GONE:
            result.pop(key, None)
        elif type(before) is dict and type(after) is dict and type(here) is dict:
            result[key] = rebased(here, before, after)
        elif type(before) is list and type(here) is list and _extends(after, before):
            result[key] = clone(here + after[len(before) :])
        else:
            result[key] = clone(after)
    return result


def _joined(before: Any, changes: list[Any]) -> Any:
    if not changes:
        return before
    if len(changes) > 1 and all(type(value) is dict for value in changes):
        return merged(before if type(before) is dict else {}, changes)
    if len(changes) > 1 and type(before) is list and all(_extends(value, before) for value in changes):
        return before + [item for value in changes for item in value[len(before) :]]
    return changes[-1]


def _extends(value: Any, before: list[Any]) -> bool:
    return type(value) is list and len(value) >= len(before) and same(value[: len(before)], before)
