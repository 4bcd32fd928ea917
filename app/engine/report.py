"""What a case waits for after a step, gathered into a `Step`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.case import Case, under_way
from app.engine.loops import Repeating
from app.engine.merge import Carried, joined_at
from app.engine.model import OpenTask, Snapshot, Step, TaskKind, Timer
from app.engine.specs import UNFINISHED
from app.engine.tasks import Person, Service
from app.engine.values import clone
from app.engine.waiting import Boundary, Catch
from app.engine.writes import MARK


def step(case: Case, snapshot: Snapshot) -> Step:
    """The step's outcome."""
    open_tasks: list[OpenTask] = []
    running: list[str] = []
    timers: list[Timer] = []
    messages: dict[str, None] = {}
    for task, path in resting(case, case, ()):
        spec = task.task_spec
        if isinstance(spec, Person):
            open_tasks.append(_open(task, path, TaskKind.USER, ""))
        elif isinstance(spec, Service):
            running.append(str(task.id))
        elif isinstance(spec, Catch):
            due = spec.due(task)
            if due is not None:
                timers.append(Timer(str(task.id), spec.element, due))
                continue
            messages[spec.message] = None
            if not isinstance(spec, Boundary):
                open_tasks.append(_open(task, path, TaskKind.RECEIVE, spec.message))
    # A job that was asked for and cancelled in the same step is nobody's to do.
    jobs = tuple(job for job in case.jobs if job.task_id in running)
    return Step(
        snapshot=snapshot,
        open_tasks=tuple(open_tasks),
        running_jobs=tuple(running),
        jobs=jobs,
        timers=tuple(timers),
        log=tuple(case.notes),
        messages=tuple(messages),
        ended=case.completed,
        data=whole_data(case, case),
    )


def resting(case: Case, workflow: Any, path: tuple[str, ...]) -> Iterator[tuple[Task, tuple[str, ...]]]:
    """Every task that waits for something from outside, with the activities around it, in the diagram's
    order.
    """
    for task in list(workflow.tasks.values()):
        if not task.has_state(UNFINISHED):
            continue
        if under_way(task):
            yield from resting(case, case.subprocesses[task.id], (*path, task.task_spec.element))
        else:
            yield task, path


def whole_data(case: Case, workflow: Any) -> dict[str, Any]:
    """The data of a process: once it has ended what it ended with, else as if all its branches were joined
    now.
    """
    return _whole(case, workflow)[0]


def _whole(case: Case, workflow: Any) -> Carried:
    if workflow.completed:
        return dict(clone(workflow.data)), workflow.marks

    def carried(task: Task) -> Carried:
        if under_way(task):
            return _whole(case, case.subprocesses[task.id])
        return task.data, task.internal_data.get(MARK)

    tips = [task for task in workflow.tasks.values() if task.has_state(UNFINISHED) and not _inside_loop(task)]
    return joined_at(tips, carried)


def _inside_loop(task: Task) -> bool:
    parent = task.parent
    return parent is not None and isinstance(parent.task_spec, Repeating) and parent.has_state(TaskState.STARTED)


def _open(task: Task, path: tuple[str, ...], kind: TaskKind, message: str) -> OpenTask:
    return OpenTask(
        str(task.id), task.task_spec.element, task.workflow.spec.name, kind, message, path, clone(task.data)
    )
