"""Keeping a case's state as small as what is under way. History is in our log, not in the state.

SpiffWorkflow keeps every task that ever was, and looks through all of them at each step. What has finished
matters only where branches part (a join needs the data at the fork) and around an armed border event; the
rest is dropped or spliced out, so that a state after a hundred returns is as small as after the first.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.case import Case
from app.engine.waiting import Border
from app.engine.writes import MARK


def tidy(case: Case) -> None:
    """Compact every process of the case."""
    for workflow in case.workflows():
        _compact(workflow)
        _forget_marks(workflow)
        _in_order(workflow)


def order(case: Case) -> None:
    """Only put the tasks in the order in which they will be stored: what an uncompacted case needs."""
    for workflow in case.workflows():
        _in_order(workflow)


def _compact(workflow: Any) -> None:
    root = workflow.task_tree
    for task in reversed(_depth_first(root)):  # children before their parents
        if task is root or not task.has_state(TaskState.FINISHED_MASK):
            continue
        children = task._children
        if len(children) > 1:
            continue
        parent = workflow.tasks[task._parent]
        if not children:
            parent._children.remove(task.id)
        elif isinstance(parent.task_spec, Border) and parent.task_spec.open(parent):
            continue  # what an event started must not be taken for the activity that it sits on
        else:
            child = workflow.tasks[children[0]]
            child._parent = parent.id
            parent._children[parent._children.index(task.id)] = child.id
        del workflow.tasks[task.id]


def _forget_marks(workflow: Any) -> None:
    """Where no fork is open any more, nobody asks who wrote what."""
    task = workflow.task_tree
    while MARK not in task.internal_data and len(task._children) == 1:
        task = workflow.tasks[task._children[0]]
        task.internal_data.pop(MARK, None)


def _in_order(workflow: Any) -> None:
    workflow.tasks = {task.id: task for task in _depth_first(workflow.task_tree)}


def _depth_first(root: Task) -> list[Task]:
    found, pending = [], [root]
    while pending:
        task = pending.pop()
        found.append(task)
        pending.extend(reversed(task.children))
    return found
