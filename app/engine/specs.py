"""What each element of a diagram does when a token reaches it: SpiffWorkflow's task specs, made lean and safe.

Three things differ from SpiffWorkflow's own. Nothing is predicted: a task's children are made when it completes, so a
state holds only what is. A token copies its data, so branches share nothing. And a spec is never changed by a case, so
all cases of a version share one.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.merge import joined_at
from app.engine.model import Decide, JobRequest
from app.engine.values import clean_data, clone
from app.errors import NinteiError, ScriptError

UNFINISHED = TaskState.NOT_FINISHED_MASK


class ProcessSpec(BpmnProcessSpec):
    """One process or embedded subprocess. Its inner names hold a colon, which no element id may."""

    def __init__(self, name: str, file: str) -> None:
        WorkflowSpec.__init__(self, name=name, filename=file)
        self.bpmn_start_events: list[Any] = []
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.svg = None
        self.start = Start(self, ":start")
        self.end = EndJoin(self, ":end")


class Lean(BpmnTaskSpec):
    """Base of all our specs."""

    announces = True  # an arriving token is an event that people want to know of

    def __init__(self, spec: ProcessSpec, name: str, element: str = "", pre_script: str = "", post_script: str = "") -> None:
        super().__init__(spec, name)
        self.element = element
        self.bpmn_id = element or None
        self.pre_script = pre_script
        self.post_script = post_script

    def test(self) -> None:
        """The diagram was checked when it was compiled."""

    def _predict(self, my_task: Task, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Nothing is predicted."""

    def _update(self, my_task: Task) -> None:
        if my_task.has_state(TaskState.FUTURE):
            my_task.data = clone(my_task.parent.data) if not my_task.data else my_task.data
            if self.announces:
                self.log(my_task, "entered")
            if self.pre_script:
                my_task.workflow.script_engine.execute(my_task, self.pre_script)
        elif not my_task.has_state(TaskState.WAITING):
            return  # it is under way: nothing arrives at it any more
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Task) -> bool:
        return True

    def _on_ready_hook(self, my_task: Task) -> None:
        if not self.manual:
            my_task.workflow.top_workflow.queue.append(my_task)

    def _on_complete(self, my_task: Task) -> None:
        if self.post_script:
            my_task.workflow.script_engine.execute(my_task, self.post_script)
        self._on_complete_hook(my_task)
        for target in self.targets(my_task):
            my_task._add_child(target, TaskState.FUTURE)
        for child in my_task.children:
            if child.has_state(TaskState.FUTURE):
                child.task_spec._update(child)
        my_task.workflow._task_completed_notify(my_task)

    def _on_complete_hook(self, my_task: Task) -> None:
        if not self.announces:
            self.log(my_task, "entered")
        self.log(my_task, "completed")
        around = my_task.parent.task_spec if my_task.parent is not None else None
        if isinstance(around, Surrounding):
            around.child_completed(my_task.parent, my_task)

    def _on_cancel(self, my_task: Task) -> None:
        if self.announces:
            self.log(my_task, "cancelled")

    def targets(self, my_task: Task) -> list[Lean]:
        """The specs that a token moves to from here."""
        return self.outputs

    def log(self, my_task: Task, what: str) -> None:
        """Note what happened, if it happened to something that is drawn."""
        if self.element:
            my_task.workflow.top_workflow.note(my_task, what)


class Surrounding(Lean):
    """A spec that must know when a task right under it completes."""

    announces = False

    def child_completed(self, my_task: Task, child: Task) -> None:
        raise NotImplementedError


class Start(Lean):
    """Before the start event."""

    announces = False


class Plain(Lean):
    """Start events, tasks without a type and thrown events without a meaning: the token passes."""


class Person(Lean):
    """A user task or manual task: READY until someone completes it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manual = True


class Script(Lean):
    """A script task."""

    def __init__(self, *args: Any, script: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.script = script

    def _run_hook(self, my_task: Task) -> bool:
        my_task.workflow.script_engine.execute(my_task, self.script)
        return True


class Rule(Lean):
    """A business rule task: a decision table's outputs go into the data."""

    def __init__(self, *args: Any, decide: Decide, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decide = decide

    def _run_hook(self, my_task: Task) -> bool:
        try:
            my_task.data.update(clean_data(self.decide(clone(my_task.data)), "The decision's result"))
        except ScriptError as error:
            error.params.setdefault("element", self.element)
            raise
        except NinteiError:
            raise
        except Exception as error:  # a decision is a plug: whatever it throws is this element's failure
            raise ScriptError("The decision failed: %(reason)s", reason=str(error), element=self.element) from error
        return True


class Service(Lean):
    """A service task: asks for a job and stays STARTED until its result is reported."""

    def __init__(self, *args: Any, operator: str, parameters: dict[str, str], result: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.operator = operator
        self.parameters = parameters
        self.result = result

    def _run_hook(self, my_task: Task) -> None:
        workflow = my_task.workflow
        params = {name: workflow.script_engine.evaluate(my_task, code) for name, code in self.parameters.items()}
        workflow.top_workflow.jobs.append(JobRequest(
            str(my_task.id), self.element, workflow.spec.name, self.operator, params, clone(my_task.data)))


class Choice(Lean):
    """An exclusive gateway. `ways`: target and condition in the order of the file; the default comes last, without one."""

    announces = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways: list[tuple[str, str]] = []

    def _run_hook(self, my_task: Task) -> bool:
        workflow = my_task.workflow
        for target, condition in self.ways:
            if not condition or workflow.script_engine.evaluate(my_task, condition):
                my_task._add_child(workflow.spec.task_specs[target], TaskState.FUTURE)
                return True
        raise ScriptError("No way out of the gateway applies; give it a default flow.", element=self.element)

    def targets(self, my_task: Task) -> list[Lean]:
        return []  # made when the choice was


class Parallel(Lean):
    """A parallel gateway: takes one token from each incoming flow, joins their data, and starts every outgoing flow.

    A second token on the same flow waits its turn, as BPMN 2.0.2 section 13.4.1 has it.
    """

    announces = False

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.has_state(TaskState.FUTURE):
            my_task.internal_data.setdefault("from", my_task.parent.task_spec.name)
            my_task._set_state(TaskState.WAITING)
        wanted = Counter(self._inputs)
        taken = []
        for task in list(my_task.workflow.tasks.values()):
            if task.task_spec is self and task.has_state(TaskState.WAITING):
                source = task.internal_data["from"]
                if wanted[source]:
                    wanted[source] -= 1
                    taken.append(task)
        if +wanted:
            return False
        _continue_as(my_task, taken)
        return True


class EndJoin(Lean):
    """After the end events: the process is over when nothing else is under way."""

    announces = False

    def _update_hook(self, my_task: Task) -> bool:
        my_task._set_state(TaskState.WAITING)
        under_way = [task for task in my_task.workflow.tasks.values() if task.has_state(UNFINISHED)]
        if any(task.task_spec is not self for task in under_way):
            return False
        _continue_as(my_task, [task for task in under_way if task.has_state(TaskState.WAITING)])
        return True


def _continue_as(my_task: Task, arrivals: list[Task]) -> None:
    """All tokens become one, which goes on as `my_task`."""
    my_task.data = joined_at(arrivals)
    for task in arrivals:
        if task is not my_task:
            task._set_state(TaskState.CANCELLED)


class End(Lean):
    """An end event; `terminates` ends everything else in its process at once."""

    def __init__(self, *args: Any, terminates: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terminates = terminates

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        if self.terminates:
            my_task.workflow.end_now(my_task)

    def targets(self, my_task: Task) -> list[Lean]:
        return [] if self.terminates else self.outputs


class Activity(Lean):
    """An embedded subprocess or a call activity: STARTED while the process inside runs. All data goes in and comes back."""

    def __init__(self, *args: Any, called: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.called = called

    def _update_hook(self, my_task: Task) -> bool:
        my_task._set_state(TaskState.STARTED)
        inner = my_task.workflow.top_workflow.create_subprocess(my_task, self.called)
        inner.task_tree.data = clone(my_task.data)
        return False

    def inner_ended(self, my_task: Task, data: dict[str, Any]) -> None:
        """The process inside has ended with this data."""
        my_task.workflow.top_workflow.subprocesses.pop(my_task.id)
        my_task.data = clone(data)
        my_task._ready()

    def _on_cancel(self, my_task: Task) -> None:
        inner = my_task.workflow.top_workflow.subprocesses.pop(my_task.id, None)
        if inner is not None:
            inner.cancel_all()
        super()._on_cancel(my_task)
