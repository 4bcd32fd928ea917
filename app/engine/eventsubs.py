"""Event subprocesses (BPMN 2.0.2, sections 10.3.5 and 13.5.4): they stand by while the process around them runs.

One that interrupts ends everything else in that process and goes on in its place, with its data as they are. One that
does not may begin several times; each time it goes on with a copy of the data as they are, and what it changed is
joined in as what a parallel branch changed.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.gateways import BESIDE
from app.engine.merge import met, rebased
from app.engine.specs import UNFINISHED, Lean
from app.engine.tasks import Activity
from app.engine.values import clone
from app.engine.waiting import Standing
from app.engine.whole import whole
from app.engine.writes import MARK, put


class EventActivity(Activity):
    """The event subprocess, once it has begun.

    Of those that ran beside and have ended one token waits for the end of the process, with the changes of all of them,
    so that a state does not grow with each event.
    """

    def brought(self, my_task: Task, data: dict[str, Any]) -> dict[str, Any]:
        base = my_task.internal_data.get(BESIDE)
        return data if base is None else rebased(my_task.workflow.task_tree.data, base, data)

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        earlier = self.earlier(my_task)
        if earlier is not None:
            branches = [(task.data, task.internal_data.get(MARK)) for task in (earlier, my_task)]
            earlier.data, earlier.internal_data[MARK] = met(my_task.workflow.task_tree, branches)

    def earlier(self, my_task: Task) -> Task | None:
        """The token of those that ran beside before and have ended."""
        if BESIDE not in my_task.internal_data:
            return None
        waiting = [task for task in my_task.workflow.tasks.values() if task.has_state(TaskState.WAITING)]
        return next((task for task in waiting if BESIDE in task.internal_data), None)

    def targets(self, my_task: Task) -> list[Lean]:
        return [] if self.earlier(my_task) is not None else self.outputs


class EventStart(Standing):
    """Its start event while it stands by, a child of the process' own start. `starts`: the event subprocess."""

    beside_all = True
    stands_by = True

    def __init__(self, *args: Any, starts: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.starts = starts

    def fire(self, my_task: Task, values: dict[str, Any]) -> None:
        if self.interrupting:
            put(my_task, values)
            my_task._ready()
            my_task.run()
            return
        data, _ = whole(my_task.workflow.top_workflow, my_task.workflow)
        self.begin(my_task, data, values)
        if self.is_last(my_task):
            my_task.cancel()

    def _run_hook(self, my_task: Task) -> bool:
        if not self.interrupting:
            return True  # its time had come before the process began
        workflow = my_task.workflow
        my_task.data, marks = whole(workflow.top_workflow, workflow)
        if marks is not None:
            my_task.internal_data[MARK] = marks
        for other in list(workflow.tasks.values()):
            if other is not my_task and other.has_state(UNFINISHED):
                other.cancel()
        for thrower in workflow.top_workflow.throwing:
            if thrower.workflow is workflow:
                thrower._set_state(TaskState.CANCELLED)  # its token, too, is taken away
        return True

    def begin(self, my_task: Task, data: dict[str, Any], values: dict[str, Any]) -> None:
        """Begin once more, beside the rest."""
        child = my_task.parent._add_child(my_task.workflow.spec.task_specs[self.starts], TaskState.FUTURE)
        child.data = data
        child.internal_data[BESIDE] = clone(data)
        child.internal_data["given"] = values
        child.task_spec._update(child)

    def _on_complete_hook(self, my_task: Task) -> None:
        """The start event inside is what people know of."""

    def _on_cancel(self, my_task: Task) -> None:
        """Nobody knew that it stood by."""
