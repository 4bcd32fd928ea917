"""A case looked at as a whole: what rests in it, and its data as if all its branches were joined now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.loops import Repeating
from app.engine.merge import Carried, joined_at
from app.engine.specs import UNFINISHED
from app.engine.tasks import Activity
from app.engine.values import clone
from app.engine.writes import MARK


def under_way(task: Task) -> bool:
    """Whether an activity has a process running inside."""
    return isinstance(task.task_spec, Activity) and task.has_state(TaskState.STARTED)


def resting(case: Any) -> Iterator[tuple[Task, tuple[str, ...]]]:
    """Every task that waits for something from outside, with the activities around it, in the diagram's order."""
    yield from _resting_in(case, case, ())
    for pool in list(case.pools.values()):
        yield from _resting_in(case, pool, ())


def _resting_in(case: Any, workflow: Any, path: tuple[str, ...]) -> Iterator[tuple[Task, tuple[str, ...]]]:
    for task in list(workflow.tasks.values()):
        if not task.has_state(UNFINISHED):
            continue
        if under_way(task):
            yield from _resting_in(case, case.subprocesses[task.id], (*path, task.task_spec.element))
        else:
            yield task, path


def whole(case: Any, workflow: Any) -> Carried:
    """The data of a process and its marks: once it has ended what it ended with, else as if all its branches were
    joined now. What throws an event at this moment counts as a branch.
    """
    if workflow.completed:
        return dict(clone(workflow.data)), workflow.marks

    def carried(task: Task) -> Carried:
        if under_way(task):
            data, marks = whole(case, case.subprocesses[task.id])
            return task.task_spec.brought(task, data), marks
        return task.data, task.internal_data.get(MARK)

    tips = [task for task in workflow.tasks.values() if task.has_state(UNFINISHED) and not _inside_loop(task)]
    tips += [task for task in case.throwing if task.workflow is workflow and not task.children]
    return joined_at(tips, carried)


def _inside_loop(task: Task) -> bool:
    parent = task.parent
    return parent is not None and isinstance(parent.task_spec, Repeating) and parent.has_state(TaskState.STARTED)
