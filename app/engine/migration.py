"""Moving a running case to a newer version of its diagrams, when that is safe.

A compacted state names only elements under way, forks with open branches and borders with armed events. Whatever else
changed in the diagrams does not touch the case: it will simply go on the new way. So the state itself need not change;
it is looked through for places that the new diagrams do not know any more, or know differently.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task

from app.engine.case import Case
from app.engine.eventsubs import EventStart
from app.engine.gateways import Inclusive, Parallel
from app.engine.program import Program
from app.engine.specs import UNFINISHED, Lean, ProcessSpec
from app.engine.tasks import Activity
from app.engine.waiting import Border, Catch
from app.errors import N_, Problem


def obstacles(case: Case, new: Program) -> list[Problem]:
    """Why the case cannot move to `new`; empty when it can."""
    found: list[Problem] = []
    for workflow in case.workflows():
        process = workflow.spec.name
        if process not in new.specs:
            message = N_("The case is in the process “%(id)s”, which is no more.")
            found.append(Problem(workflow.spec.file, message, process, {"id": process}))
            continue
        found += _in_process(workflow, new.specs[process])
    for letter in case.letters:
        if letter.name not in _taken(new, letter.target.element):
            message = N_("The case keeps a message “%(name)s”, which nobody takes any more.")
            found.append(Problem("", message, letter.target.element or letter.source[0], {"name": letter.name}))
    if case.spec.name != new.entry:
        message = N_("The case began with the process “%(id)s”, and new ones begin otherwise.")
        found.append(Problem("", message, case.spec.name, {"id": case.spec.name}))
    return found


def _in_process(workflow: Any, new: ProcessSpec) -> list[Problem]:
    found: list[Problem] = []
    root = workflow.task_tree

    def say(spec: Lean, message: str) -> None:
        place = spec.element or spec.name.partition(":")[0]
        found.append(Problem(new.file, message, place, {"id": place}))

    if _standing_by(workflow.spec) != _standing_by(new):
        message = N_("The case is in the process “%(id)s”, whose event subprocesses are different now.")
        found.append(Problem(new.file, message, new.name, {"id": new.name}))
    for task in workflow.tasks.values():
        if task is root:
            continue
        old, now = task.task_spec, new.task_specs.get(task.task_spec.name)
        if now is None or type(now) is not type(old):
            say(old, N_("The case is at “%(id)s”, which is no more or is something else now."))
        elif isinstance(old, Catch) and old.trigger.kind != now.trigger.kind:
            say(old, N_("The case is at “%(id)s”, which waits for something else now."))
        elif isinstance(old, Activity) and old.called != now.called:
            say(old, N_("The case is inside “%(id)s”, which calls another process now."))
        elif _bordered(old, workflow.spec) != _bordered(old, new) and task.has_state(UNFINISHED):
            say(old, N_("The case is at “%(id)s”, whose border events are different now."))
        elif _splits(task) and sorted(old._outputs) != sorted(now._outputs):
            say(old, N_("Branches are open after “%(id)s”, and there are others now."))
    if any(_splits(task) for task in workflow.tasks.values()):
        for name, spec in workflow.spec.task_specs.items():
            now = new.task_specs.get(name)
            if isinstance(spec, Parallel | Inclusive) and (now is None or sorted(now._inputs) != sorted(spec._inputs)):
                say(spec, N_("Branches are open, and “%(id)s” joins others now."))
    return found


def _splits(task: Task) -> bool:
    """Whether branches that began at this finished task are still open."""
    branches = [child for child in task.children if not child.task_spec.stands_by]
    return not task.has_state(UNFINISHED) and len(branches) > 1


def _taken(program: Program, element: str) -> set[str]:
    """Names of messages that something in the program may wait for; `element`: that alone, where there is one."""
    specs = (spec for process in program.specs.values() for spec in process.task_specs.values())
    return {spec.message for spec in specs if isinstance(spec, Catch) and element in ("", spec.element)}


def _standing_by(process: ProcessSpec) -> list[tuple[str, bool]]:
    specs = [spec for spec in process.task_specs.values() if isinstance(spec, EventStart)]
    return sorted((spec.name, spec.interrupting) for spec in specs)


def _bordered(spec: Lean, process: ProcessSpec) -> list[str]:
    border = process.task_specs.get(f"{spec.element}:border") if spec.element else None
    return sorted(border._outputs) if isinstance(border, Border) else []
