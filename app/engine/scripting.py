"""The one place where code of a diagram is evaluated, whichever way SpiffWorkflow comes to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine
from SpiffWorkflow.task import Task

from app.engine.sandbox import Evaluator
from app.engine.writes import put
from app.errors import ScriptError

STEP_SECONDS = 10  # of computing in the sandbox for one step


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
