"""A running case: SpiffWorkflow's workflow with our queue, clock and notebook."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID, uuid4

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine import events
from app.engine.gateways import EndJoin, Inclusive
from app.engine.model import JobRequest, LogEntry
from app.engine.routing import Throws
from app.engine.sandbox import Evaluator
from app.engine.scripting import SandboxEngine
from app.engine.specs import UNFINISHED, ProcessSpec
from app.engine.writes import MARK
from app.errors import ScriptError

MAX_TASKS = 4_000  # that may be under way in one case

# SpiffWorkflow gathers a log record's facts for every change of state, also when nobody listens; with a level
# of their own its loggers leave the costly ones out. Our log is `Step.log`.
for _name in ("spiff.task", "spiff.workflow", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class _Process:
    """What the case and the processes inside it share."""

    spec: ProcessSpec
    tasks: dict[Any, Task]
    data: dict[str, Any]
    completed: bool
    marks: dict[str, int] | None = None  # of the last token, once it has ended
    gone = False  # what it belonged to was ended around it

    @property
    def around(self) -> Task | None:
        """The activity in which it runs; none of what runs by itself."""
        return None

    def update_waiting_tasks(self) -> None:
        """Only inclusive gateways and the end of the process depend on what else is under way."""
        for task in list(self.tasks.values()):
            if isinstance(task.task_spec, EndJoin | Inclusive) and task.has_state(TaskState.WAITING):
                task.task_spec._update(task)

    def end_now(self, task: Task) -> None:
        """A terminate event was reached."""
        self.cancel_all()
        self.ended_with(task)

    def ended_with(self, task: Task) -> None:
        """The last token has this data."""
        self.data, self.marks = task.data, task.internal_data.get(MARK)
        self.completed = True

    def abandon(self) -> None:
        """What it belongs to ends, and nobody waits for it to end any more."""
        self.gone = True
        self.cancel_all()

    def cancel_all(self) -> None:
        """Cancel whatever is under way, in here and below."""
        for task in list(self.tasks.values()):
            if task.has_state(UNFINISHED):
                task.cancel()
        self.completed = True

    def _task_completed_notify(self, task: Task) -> None:
        if task.task_spec is self.spec.end:
            self.ended_with(task)
        if self.completed:
            self.ended()
        else:
            self.update_waiting_tasks()

    def _task_removed_notify(self, task: Task) -> None:
        # SpiffWorkflow removes the children of a cancelled task without a word; they too were cancelled.
        if task.has_state(UNFINISHED):
            task._set_state(TaskState.CANCELLED)
            task.task_spec._on_cancel(task)

    def ended(self) -> None:
        raise NotImplementedError

    def _calculate_depth(self) -> int:
        """Of SpiffWorkflow, which looks for the activities around it in the case's first process alone; nobody asks."""
        return 0

    def collect_log_extras(self, dct: dict[str, Any] | None = None) -> dict[str, Any]:
        return dct or {}


class Inner(_Process, BpmnSubWorkflow):
    """A process that runs inside an activity of the case."""

    @property
    def around(self) -> Task | None:
        return self.top_workflow.find(self.parent_task_id)

    def ended(self) -> None:
        around: Any = self.around
        around.task_spec.inner_ended(around, self.data, self.marks)


class Pool(_Process, BpmnSubWorkflow):
    """A process that a message began, beside the one with which the case began."""

    def __init__(self, spec: ProcessSpec, case: Case, identity: UUID, restoring: bool = False) -> None:
        super().__init__(spec, case.task_tree.id, case, deserializing=restoring)
        self.id = identity

    def ended(self) -> None:
        self.top_workflow.pools.pop(self.id, None)


class Case(_Process, BpmnWorkflow):
    """One case in memory. `jobs` and `notes` gather what a step brings; `now` is the step's time."""

    def __init__(
        self,
        specs: Mapping[str, ProcessSpec],
        entry: str,
        evaluator: Evaluator,
        zone: tzinfo,
        now: datetime,
        restoring: bool = False,
    ) -> None:
        self.queue: deque[Task] = deque()
        self.jobs: list[JobRequest] = []
        self.notes: list[LogEntry] = []
        self.writes = 0  # how many names were set inside forks, ever
        self.pools: dict[UUID, Pool] = {}
        self.letters: list[events.Letter] = []  # messages that nobody waits for yet
        self.throwing: list[Task] = []  # what throws an event at this moment
        self.now = now
        self.zone = zone
        super().__init__(specs[entry], specs, SandboxEngine(evaluator), deserializing=restoring)

    def create_subprocess(self, my_task: Task, spec_name: str) -> Inner:
        inner = Inner(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = inner
        return inner

    def create_pool(self, process: str, start: str, data: dict[str, Any]) -> None:
        """Begin a process beside, at its start event `start`."""
        pool = Pool(self.subprocess_specs[process], self, uuid4())
        pool.task_tree.data = data
        pool.task_tree.internal_data["by"] = start
        self.pools[pool.id] = pool

    def workflows(self) -> list[Any]:
        """Every process that runs in the case, the one with which it began first."""
        return [self, *self.subprocesses.values(), *self.pools.values()]

    @property
    def over(self) -> bool:
        """Whether it has ended, with all that runs beside."""
        return self.completed and not self.pools

    def ended(self) -> None:
        """Nothing is around the case."""

    def throw(self, task: Task, throws: Throws) -> None:
        """An element that is done throws an event."""
        events.throw(self, task, throws)

    def number(self) -> int:
        """The place in the queue of who comes to wait for a message."""
        return events.number(self)

    def note(self, task: Task, what: str) -> None:
        """Write what happened into the step's log."""
        self.notes.append(LogEntry(task.task_spec.element, task.workflow.spec.name, str(task.id), what))

    def find(self, task_id: Any) -> Task | None:
        """The task of that id, wherever it is in the case."""
        for workflow in self.workflows():
            if task_id in workflow.tasks:
                return workflow.tasks[task_id]
        return None

    def run(self, budget: int, tidy: Any) -> None:
        """Run everything that needs nobody, in the order in which it became ready. Raises ScriptError over budget.

        `tidy` is called now and then, so that a long run stays as cheap as a short one.
        """
        done = 0
        while True:
            if self.letters:
                events.deliver(self)
            if not self.queue:
                break
            task = self.queue.popleft()
            if not task.has_state(TaskState.READY) or task.id not in task.workflow.tasks:
                continue
            done += 1
            if done > budget:
                raise ScriptError(
                    "The process runs on without end: more than %(limit)s steps that wait for nobody.",
                    limit=budget,
                    element=task.task_spec.element,
                )
            task.run()
            if done % 100 == 0:
                self.check_size()
                tidy(self)
        self.check_size()

    def check_size(self) -> None:
        """Raises ScriptError when too much is under way at once."""
        if sum(len(workflow.tasks) for workflow in self.workflows()) > MAX_TASKS:
            raise ScriptError("More than %(limit)s tasks would be under way at once.", limit=MAX_TASKS)
