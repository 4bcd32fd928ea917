"""A running case: SpiffWorkflow's workflow with our queue, clock and notebook."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.gateways import EndJoin, Inclusive
from app.engine.model import JobRequest, LogEntry
from app.engine.sandbox import Evaluator
from app.engine.specs import UNFINISHED, ProcessSpec
from app.engine.tasks import Activity
from app.engine.writes import MARK, put
from app.errors import ScriptError

MAX_TASKS = 4_000  # that may be under way in one case
STEP_SECONDS = 10  # of computing in the sandbox for one step

# SpiffWorkflow gathers a log record's facts for every change of state, also when nobody listens; with a level
# of their own its loggers leave the costly ones out. Our log is `Step.log`.
for _name in ("spiff.task", "spiff.workflow", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class SandboxEnvironment(BasePythonScriptEngineEnvironment):
    """The one place where code of a diagram is evaluated, whichever way SpiffWorkflow comes to it.

    One call has its own limits; `spent` adds up the seconds of all calls of a step.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        super().__init__()
        self.evaluator = evaluator
        self.spent = 0.0

    def evaluate(self, expression: str, context: dict[str, Any], _external: Any = None) -> Any:
        return self.measured(self.evaluator.evaluate, expression, context)

    def execute(self, script: str, context: dict[str, Any], _external: Any = None) -> bool:
        context.update(self.changes(script, context))
        return True

    def changes(self, script: str, context: dict[str, Any]) -> dict[str, Any]:
        """What a script sets, without setting it."""
        found: dict[str, Any] = self.measured(self.evaluator.execute, script, context)
        return found

    def call_service(self, _context: dict[str, Any], **_facts: Any) -> Any:
        raise ScriptError("Services are not called from inside a step.")

    def measured(self, call: Callable[[str, dict[str, Any]], Any], code: str, context: dict[str, Any]) -> Any:
        """Call, unless the step has used up its time."""
        if self.spent > STEP_SECONDS:
            raise ScriptError("The scripts of one step take more than %(limit)s seconds together.", limit=STEP_SECONDS)
        began = time.monotonic()
        try:
            return call(code, context)
        finally:
            self.spent += time.monotonic() - began


class SandboxEngine(PythonScriptEngine):
    """Says which element an error belongs to."""

    def __init__(self, evaluator: Evaluator) -> None:
        super().__init__(SandboxEnvironment(evaluator))

    def evaluate(self, task: Task, expression: str, _external: Any = None) -> Any:
        try:
            return self.environment.evaluate(expression, task.data)
        except ScriptError as error:
            raise _placed(error, task, expression) from None

    def execute(self, task: Task, script: str, _external: Any = None) -> bool:
        try:
            put(task, self.environment.changes(script, task.data))
        except ScriptError as error:
            raise _placed(error, task, script) from None
        return True


def _placed(error: ScriptError, task: Task, code: str) -> ScriptError:
    element = task.task_spec.element or getattr(task.task_spec, "drawn", "")
    error.params.setdefault("element", element)
    error.params.setdefault("code", code[:200])
    return error


class _Process:
    """What the case and the processes inside it share."""

    spec: ProcessSpec
    tasks: dict[Any, Task]
    data: dict[str, Any]
    completed: bool
    marks: dict[str, int] | None = None  # of the last token, once it has ended

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

    def collect_log_extras(self, dct: dict[str, Any] | None = None) -> dict[str, Any]:
        return dct or {}


class Inner(_Process, BpmnSubWorkflow):
    """A process that runs inside an activity of the case."""

    def ended(self) -> None:
        around = self.top_workflow.get_task_from_id(self.parent_task_id)
        around.task_spec.inner_ended(around, self.data, self.marks)


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
        self.now = now
        self.zone = zone
        super().__init__(specs[entry], specs, SandboxEngine(evaluator), deserializing=restoring)

    def create_subprocess(self, my_task: Task, spec_name: str) -> Inner:
        inner = Inner(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = inner
        return inner

    def ended(self) -> None:
        """Nothing is around the case."""

    def note(self, task: Task, what: str) -> None:
        """Write what happened into the step's log."""
        self.notes.append(LogEntry(task.task_spec.element, task.workflow.spec.name, str(task.id), what))

    def find(self, task_id: Any) -> Task | None:
        """The task of that id, wherever it is in the case."""
        for workflow in (self, *self.subprocesses.values()):
            if task_id in workflow.tasks:
                return workflow.tasks[task_id]
        return None

    def run(self, budget: int, tidy: Any) -> None:
        """Run everything that needs nobody, in the order in which it became ready. Raises ScriptError over
        budget.

        `tidy` is called now and then, so that a long run stays as cheap as a short one.
        """
        done = 0
        while self.queue:
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
        if sum(len(workflow.tasks) for workflow in (self, *self.subprocesses.values())) > MAX_TASKS:
            raise ScriptError("More than %(limit)s tasks would be under way at once.", limit=MAX_TASKS)


def under_way(task: Task) -> bool:
    """Whether an activity has a process running inside."""
    return isinstance(task.task_spec, Activity) and task.has_state(TaskState.STARTED)
