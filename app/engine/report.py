"""What a case waits for after a step, gathered into a `Step`."""

from __future__ import annotations

from SpiffWorkflow.task import Task

from app.engine.case import Case
from app.engine.events import starts
from app.engine.model import OpenTask, Snapshot, Step, TaskKind, Timer
from app.engine.tasks import Person, Service
from app.engine.values import clone
from app.engine.waiting import Catch, Standing
from app.engine.whole import resting, whole


def step(case: Case, snapshot: Snapshot) -> Step:
    """What a step leaves behind: what is open, running, timed and waited for."""
    open_tasks: list[OpenTask] = []
    running: list[str] = []
    timers: list[Timer] = []
    messages: dict[str, None] = {}
    for task, path in resting(case):
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
            if not spec.message or not spec.receives.outside:
                continue  # only something in the case itself can wake it
            messages[spec.message] = None
            if not isinstance(spec, Standing):
                open_tasks.append(_open(task, path, TaskKind.RECEIVE, spec.message))
    for _, start in starts(case):
        if not case.over and start.receives.outside and start.receives.sources is not None:
            messages[start.message] = None
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
        ended=case.over,
        data=whole(case, case)[0],
    )


def _open(task: Task, path: tuple[str, ...], kind: TaskKind, message: str) -> OpenTask:
    return OpenTask(
        str(task.id), task.task_spec.element, task.workflow.spec.name, kind, message, path, clone(task.data)
    )
