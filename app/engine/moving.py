"""A case put upon the specs of another version, with all that was decided for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine import redrawn, state, writes
from app.engine.case import Case
from app.engine.sandbox import Evaluator
from app.engine.sorting import Sorting
from app.engine.specs import UNFINISHED
from app.engine.values import clean, clone
from app.engine.waiting import EventGate
from app.errors import N_, ScriptError

AT_MOST = 100  # places that a token passes on its way to where it rests


def moved(
    sorting: Sorting, blob: bytes, tidy: Callable[[Case], None], evaluator: Evaluator, zone: tzinfo, now: datetime
) -> tuple[bytes, Case]:
    """The state and the case on the new version. What a move does not change keeps its very bytes.

    Nothing happens to the case meanwhile: no script runs but what works out the time of a timer that is armed, and the
    script before a step to which a token comes anew. Raises ScriptError when that fails, or when more would follow.
    """
    new = sorting.new.program
    began: dict[UUID, str] = {}
    if sorting.drop or sorting.give or sorting.elsewhere or sorting.anew or sorting.came:
        case = sorting.case
        _drop(case, sorting.drop)
        _give(case, sorting.give)
        _count_as_come(case, sorting.came)
        began = _leave(case, sorting)
        tidy(case)
        _rest_on(case, sorting, began)
        blob = state.dump(case)
    case = state.load(blob, new, evaluator, zone, now)
    if began:
        _arrive(case, began, tidy)
        tidy(case)
        blob = state.dump(case)
        case = state.load(blob, new, evaluator, zone, now)
    if sorting.arm:
        for process, place, event in sorting.arm:
            _arm(case, process, place, event)
        tidy(case)
        blob = state.dump(case)
        case = state.load(blob, new, evaluator, zone, now)
    return blob, case


def _drop(case: Case, ids: set[str]) -> None:
    for workflow in case.workflows():
        for task in [each for each in workflow.tasks.values() if each.id.hex in ids]:
            task.parent._children.remove(task.id)
            del workflow.tasks[task.id]


def _give(case: Case, values: dict[str, Any]) -> None:
    """Each name that has no value, wherever it has none: so that branches that meet agree on it."""
    for name, value in values.items():
        given = clean(value, name)
        for workflow in case.workflows():
            for task in workflow.tasks.values():
                if name not in task.data:
                    task.data[name] = clone(given)


def _count_as_come(case: Case, came: dict[str, str]) -> None:
    for workflow in case.workflows():
        for task in workflow.tasks.values():
            if task.id.hex in came:
                task.internal_data["from"] = came[task.id.hex]


def _leave(case: Case, sorting: Sorting) -> dict[UUID, str]:
    """Tokens that come to a step anew leave where they were; gives the task that each becomes, with the element."""
    began = {}
    for workflow in case.workflows():
        for task in [each for each in workflow.tasks.values() if each.id.hex in sorting.anew]:
            process, element = sorting.anew[task.id.hex]
            specs = sorting.new.program.specs[process]
            task.cancel()
            child = task._add_child(specs.task_specs[redrawn.entrance(specs, element)], TaskState.FUTURE)
            child.data = clone(task.data)
            if writes.MARK in task.internal_data:
                child.internal_data[writes.MARK] = dict(task.internal_data[writes.MARK])
            began[child.id] = element
    return began


def _arrive(case: Case, began: dict[UUID, str], tidy: Callable[[Case], None]) -> None:
    """Let them come. Raises ScriptError where one would not rest there."""
    for identity, element in began.items():
        task: Any = case.find(identity)
        case.notes = []
        task.task_spec._update(task)
        case.run(AT_MOST, tidy)
        if case.jobs or any(note.what == "completed" for note in case.notes):
            message = N_("“%(id)s” would be over as soon as the case came there. Choose another step.")
            raise ScriptError(message, id=element, element=element)


def _rest_on(case: Case, sorting: Sorting, began: Mapping[UUID, str]) -> None:
    """Let each task stand on its place of the new version."""
    specs = sorting.new.program.specs
    for workflow in case.workflows():
        process = workflow.spec.name
        for task in workflow.tasks.values():
            if task.id in began:
                continue
            task.task_spec = specs[process].task_specs[sorting.rename(process, task.task_spec.name)]


def _arm(case: Case, process: str, place: str, event: str) -> None:
    """Let an event stand by, as if the token had come now."""
    for workflow in case.workflows():
        if workflow.spec.name != process:
            continue
        specs = workflow.spec.task_specs
        for holder, data in _holders(workflow, place, specs):
            child = holder._add_child(specs[event], TaskState.WAITING)
            child.data = clone(data)
            writes.inherit(child)
            spec: Any = specs[event]
            if spec.timing is None:
                if spec.message:
                    child.internal_data["n"] = case.number()
                continue
            try:
                spec.set_timer(child, spec.timing)
            except ScriptError as error:
                error.params.setdefault("element", spec.element)
                raise


def _holders(workflow: Any, place: str, specs: Any) -> list[tuple[Task, dict[str, Any]]]:
    """The tasks under which events stand by at this place, each with the data that such an event has."""
    if place == ":start":
        root = workflow.task_tree
        return [(root, root.data)]
    standing = [task for task in workflow.tasks.values() if task.has_state(UNFINISHED)]
    if isinstance(specs[place], EventGate):
        events = [task for task in standing if task.task_spec.name in specs[place]._outputs]
        found = {gate.id: gate for gate in (_holder(workflow, task, specs[place]) for task in events)}
        return [(gate, gate.data) for gate in found.values()]
    hosts = [task for task in standing if task.task_spec.name == place]
    return [(_holder(workflow, task, specs[f"{task.task_spec.element}:border"]), task.data) for task in hosts]


def _holder(workflow: Any, task: Task, spec: Any) -> Task:
    """The finished place right around a task; made where it had none, or is not kept any more."""
    parent = task.parent
    if parent.task_spec is spec:
        return parent
    holder = Task(workflow, spec, parent, state=TaskState.COMPLETED)
    holder.data = clone(task.data)
    if writes.MARK in task.internal_data:
        holder.internal_data[writes.MARK] = dict(task.internal_data[writes.MARK])
    parent._children.remove(holder.id)
    parent._children[parent._children.index(task.id)] = holder.id
    task._parent = holder.id
    holder._children.append(task.id)
    return holder
