"""What may be done to one case by hand: a token goes on elsewhere, a step is passed over, a value is corrected.

Each is an event like others: all that follows from it happens in the same step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.case import Case
from app.engine.gateways import Inclusive, Parallel
from app.engine.loops import Repeating
from app.engine.marking import Marking, is_run, markings
from app.engine.model import Redirect, Skip, Stand, TooLate
from app.engine.specs import UNFINISHED
from app.engine.tasks import Activity, Person, Service
from app.engine.values import clone
from app.engine.waiting import Border, Boundary, Catch, EventGate
from app.engine.writes import put
from app.errors import N_, ScriptError

Act = Callable[[], None]


def redirect(task: Task | None, event: Redirect) -> Act:
    """The token leaves where it stands, with what stands by there, and comes to another step of the same process."""
    found = _under_way(task)
    if is_run(found):
        raise ScriptError(N_("One run of a repetition cannot go elsewhere; move the repetition as a whole."))
    specs = found.workflow.spec.task_specs
    target = specs.get(f"{event.element}:border") or specs.get(event.element)
    if target is None or target.stands_by or isinstance(target, Boundary):
        raise ScriptError(N_("There is no step “%(id)s” in this process to which the case could go."), id=event.element)

    def act() -> None:
        holder = found.parent
        if isinstance(holder.task_spec, Border | EventGate):
            for other in holder.children:
                beside = isinstance(other.task_spec, Boundary) or isinstance(holder.task_spec, EventGate)
                if other is not found and beside and other.has_state(UNFINISHED):
                    other.cancel()
        found.cancel()
        child = found._add_child(target, TaskState.FUTURE)
        if event.came:
            child.internal_data["from"] = event.came
        child.task_spec._update(child)
        found.workflow.update_waiting_tasks()

    return act


def skip(task: Task | None, event: Skip, values: dict[str, Any]) -> Act:
    """What the token waits for counts as done, with these values."""
    found, spec = _under_way(task), task.task_spec if task is not None else None

    def act() -> None:
        if isinstance(spec, Person | Service):
            put(found, values)
            found.complete()
        elif isinstance(spec, Catch):
            spec.wake(found, values)
        else:
            put(found, values)
            inner = found.workflow.top_workflow.subprocesses.pop(found.id, None)
            if inner is not None:
                inner.abandon()
            for run in found.children if isinstance(spec, Repeating) else []:
                if run.has_state(UNFINISHED):
                    run.cancel()
            found._ready()

    if not isinstance(spec, Person | Service | Catch | Activity | Repeating | Parallel | Inclusive):
        raise TooLate(f"Task {event.task_id} is not waiting.")
    return act


def correct(case: Case, values: dict[str, Any]) -> Act:
    """The names have these values wherever data are, so that branches agree when they meet."""

    def act() -> None:
        for workflow in case.workflows():
            for task in workflow.tasks.values():
                task.data.update(clone(values))

    return act


def stands(case: Case) -> Iterator[Stand]:
    """Where the tokens of the case are, the outermost first."""
    for marking in markings(case):
        for each in marking.everywhere():
            yield from _stands(each)


def _stands(marking: Marking) -> Iterator[Stand]:
    for token in marking.tokens:
        for each in token.armed if token.gate else (token,):
            yield Stand(each.id, each.element or each.spec, marking.process, bool(token.came), bool(token.runs))


def _under_way(task: Task | None) -> Task:
    if task is None or not task.has_state(UNFINISHED) or task.parent is None or task.task_spec.stands_by:
        raise TooLate("The token is not there any more.")
    return task
