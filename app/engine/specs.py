"""What each element of a diagram does when a token reaches it: SpiffWorkflow's task specs, made lean and safe.

Three things differ from SpiffWorkflow's own. Nothing is predicted: a task's children are made when it
completes, so a state holds only what is. A token copies its data, so branches share nothing. And a spec is
never changed by a case, so all cases of a version share one.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine import writes
from app.engine.routing import MessageStart, Throws
from app.engine.values import clone

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
        self.start: Start = Start(self, ":start")
        self.message_starts: list[MessageStart] = []  # with which messages begin it
        self.end: Any = None  # the builder makes it; nothing ends in a process that has none


class Lean(BpmnTaskSpec):
    """Base of all our specs."""

    announces = True  # an arriving token is an event that people want to know of
    stands_by = False  # it does not hold up the end of its process
    throws: Throws | None = None  # an event that it throws when it is done

    def __init__(
        self, spec: ProcessSpec, name: str, element: str = "", pre_script: str = "", post_script: str = ""
    ) -> None:
        super().__init__(spec, name)
        self.element = element
        self.bpmn_id = element or None
        self.pre_script = pre_script
        self.post_script = post_script

    def test(self) -> None:
        """The diagram was checked when it was compiled."""

    def _predict(self, my_task: Task, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Predict nothing: a child is made when it is reached."""

    def _update(self, my_task: Task) -> None:
        if my_task.has_state(TaskState.FUTURE):
            my_task.data = clone(my_task.parent.data) if not my_task.data else my_task.data
            writes.inherit(my_task)
            if given := my_task.internal_data.pop("given", None):
                writes.put(my_task, given)  # values that an event brought
            if self.announces:
                self.log(my_task, "entered")
            if self.pre_script:
                my_task.workflow.script_engine.execute(my_task, self.pre_script)
        elif not my_task.has_state(TaskState.WAITING):
            return  # it is under way: nothing arrives at it any more
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, _task: Task) -> bool:
        return True

    def _on_ready_hook(self, my_task: Task) -> None:
        if not self.manual:
            my_task.workflow.top_workflow.queue.append(my_task)

    def _on_complete(self, my_task: Task) -> None:
        if self.post_script:
            my_task.workflow.script_engine.execute(my_task, self.post_script)
        self._on_complete_hook(my_task)
        if self.throws is not None:
            my_task.workflow.top_workflow.throw(my_task, self.throws)
            if my_task.has_state(TaskState.CANCELLED) or my_task.workflow.gone:
                return  # who caught it has ended what this belongs to
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

    def targets(self, _task: Task) -> list[Lean]:
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
    """Before the start event. A process may have several, of which one begins it: the one that a message came to, else
    `plain`, the one that waits for nothing.
    """

    announces = False
    plain = ""

    def targets(self, task: Task) -> list[Lean]:
        by = task.internal_data.get("by", self.plain)
        return [spec for spec in self.outputs if spec.stands_by or spec.element == by]


class Plain(Lean):
    """Start events, tasks without a type and thrown events without a meaning: the token passes."""
