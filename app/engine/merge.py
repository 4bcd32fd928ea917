"""Joining what parallel branches did: each branch's changes against the state at the fork.

Where two branches changed the same value to different ones, the branch whose flow is drawn last in the
diagram's file wins, whoever came first. Dictionaries are joined key by key; lists that branches only appended
to keep all items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from SpiffWorkflow.task import Task

from app.engine.values import clone, same

_GONE = object()


def merged(base: dict[str, Any], branches: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`base` with the changes of every branch, in the order given. Shares nothing with its inputs."""
    result: dict[str, Any] = {}
    keys = dict.fromkeys([*base, *(key for branch in branches for key in branch)])
    for key in keys:
        before = base.get(key, _GONE)
        changes = [value for value in (branch.get(key, _GONE) for branch in branches) if not _same(before, value)]
        value = _joined(before, changes)
        if value is not _GONE:
            result[key] = clone(value)
    return result


def joined_at(
    arrivals: Iterable[Task], data_of: Callable[[Task], dict[str, Any]] = lambda task: task.data
) -> dict[str, Any]:
    """The data with which tokens that arrived at a join go on, whatever forks lie between them.

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
    return _folded(fork, marked, {tip.id for tip in tips}, data_of)


def _folded(
    task: Task, marked: dict[Any, int], tips: set[Any], data_of: Callable[[Task], dict[str, Any]]
) -> dict[str, Any]:
    while task.id not in tips:
        branches = [child for child in task.children if child.id in marked]
        if len(branches) > 1:
            return merged(task.data, [_folded(branch, marked, tips, data_of) for branch in branches])
        task = branches[0]
    return clone(data_of(task))


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


def _same(one: Any, other: Any) -> bool:
    if one is _GONE or other is _GONE:
        return one is other
    return same(one, other)
