"""Activities: what people, scripts, decision tables, connectors and other processes do."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.model import Decide, JobRequest
from app.engine.specs import Lean
from app.engine.values import clean_data, clone
from app.engine.writes import MARK, put, replace
from app.errors import NinteiError, ScriptError


class Person(Lean):
    """A user task or manual task: READY until someone completes it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manual = True


class Script(Lean):
    """A script task, which runs its Python in the sandbox."""

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
            put(my_task, clean_data(self.decide(clone(my_task.data)), "The decision's result"))
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
        workflow.top_workflow.jobs.append(
            JobRequest(str(my_task.id), self.element, workflow.spec.name, self.operator, params, clone(my_task.data))
        )


class Activity(Lean):
    """An embedded subprocess or a call activity: STARTED while the process inside runs. All data goes in; all comes
    back, or of a call that declares what it `returns` those names alone.
    """

    def __init__(self, *args: Any, called: str, returns: tuple[str, ...] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.called = called
        self.returns = returns

    def _update_hook(self, my_task: Task) -> bool:
        my_task._set_state(TaskState.STARTED)
        inner = my_task.workflow.top_workflow.create_subprocess(my_task, self.called)
        inner.task_tree.data = clone(my_task.data)
        if MARK in my_task.internal_data:
            inner.task_tree.internal_data[MARK] = dict(my_task.internal_data[MARK])
        return False

    def inner_ended(self, my_task: Task, data: dict[str, Any], marks: dict[str, int] | None) -> None:
        """The process inside has ended with this data."""
        my_task.workflow.top_workflow.subprocesses.pop(my_task.id)
        replace(my_task, self.brought(my_task, data), self.told(marks))
        my_task._ready()

    def brought(self, my_task: Task, data: dict[str, Any]) -> dict[str, Any]:
        """The data around it when the process inside has ended, or stands, with this data."""
        if self.returns is None:
            return data
        return my_task.data | {name: data[name] for name in self.returns if name in data}

    def told(self, marks: dict[str, int] | None) -> dict[str, int] | None:
        """When each name that comes back was written."""
        if marks is None or self.returns is None:
            return marks
        return {name: number for name, number in marks.items() if name in self.returns}

    def _on_cancel(self, my_task: Task) -> None:
        inner = my_task.workflow.top_workflow.subprocesses.pop(my_task.id, None)
        if inner is not None:
            inner.abandon()
        super()._on_cancel(my_task)
