"""What is thrown, and who catches it (BPMN 2.0.2, sections 10.5 and 13.5).

- A **message** goes to one receiver. Where a message flow is drawn, to the one that it leads to; else to the one of
  that name that waits longest. When nobody waits, it begins the process that it starts; else it is kept in the case
  until somebody in it comes to wait. A message that nobody in the package takes leaves the case.
- A **signal** goes to all of its name that wait in the case, and is gone.
- An **error** or **escalation** goes up from where it is thrown to the nearest that catches its code, or any code: an
  event subprocess beside it, else an event on the border of the activity around it, and so on. An error ends
  what it passes through; one that nobody catches is a mistake of the diagram. An escalation that nobody catches is
  gone.

What is caught takes effect before anything else in the case moves on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.loops import Repeating
from app.engine.routing import MessageStart, Receives, Target, Throws
from app.engine.values import clone
from app.engine.waiting import Border, Boundary, Catch, Standing
from app.engine.whole import resting
from app.errors import ScriptError

MAX_LETTERS = 200  # messages that a case keeps for later
MAX_POOLS = 100  # processes that messages began and that have not ended
ERROR = "error"  # the name under which who catches an error finds its `code` and `text`


@dataclass(frozen=True, slots=True)
class Letter:
    """A message under way. `source`: the element that sent it and the processes around it, innermost first; none for
    one from without the case."""

    name: str
    data: dict[str, Any]
    source: tuple[str, ...]
    target: Target

    def for_whom(self, message: str, receives: Receives, element: str, processes: tuple[str, ...]) -> bool:
        """Whether an element inside these processes is one that it is meant for."""
        return (
            message == self.name
            and self.target.element in ("", element)
            and (not self.target.process or self.target.process in processes)
            and self._heard(receives)
        )

    def _heard(self, receives: Receives) -> bool:
        if not self.source:
            return receives.outside
        return receives.sources is None or bool(receives.sources.intersection(self.source))


def catching(case: Any) -> list[Task]:
    """Whatever waits for a time or an event, in the diagram's order."""
    return [
        task for task, _ in resting(case) if isinstance(task.task_spec, Catch) and task.has_state(TaskState.WAITING)
    ]


def throw(case: Any, task: Task, throws: Throws) -> None:
    """Let an element that is done throw what it throws. Raises ScriptError for an error that nobody catches."""
    data = {name: clone(task.data[name]) for name in throws.carries if name in task.data}
    case.throwing.append(task)
    try:
        if throws.kind == "message":
            for target in throws.targets:
                send(case, Letter(throws.name, data, (task.task_spec.element, *_processes(task.workflow)), target))
        elif throws.kind == "signal":
            for caught in [each for each in catching(case) if each.task_spec.is_for("signal", throws.name)]:
                _wake(caught, data)
        else:
            catcher = climb(task.workflow, throws.kind, throws.name)
            if catcher is not None:
                _wake(catcher, data if throws.kind == "escalation" else data | said(throws.name, ""))
            elif throws.kind == "error":
                raise ScriptError(
                    "Nobody catches the error “%(code)s”.", code=throws.name, element=task.task_spec.element
                )
    finally:
        case.throwing.pop()


def said(code: str, text: str) -> dict[str, Any]:
    """What who catches an error is told of it."""
    return {ERROR: {"code": code, "text": text}}


def _wake(task: Task, values: dict[str, Any]) -> None:
    """What was woken before may have ended it meanwhile."""
    if task.has_state(TaskState.WAITING) and task.id in task.workflow.tasks and not task.workflow.gone:
        task.task_spec.wake(task, clone(values))


# ---- messages


def send(case: Any, letter: Letter) -> None:
    """Give a message to its receiver, or keep it."""
    found = receiver(case, letter)
    if found is not None:
        found.task_spec.wake(found, clone(letter.data))
        return
    for process, start in starts(case):
        if letter.for_whom(start.message, start.receives, start.element, (process,)):
            begin(case, process, start, letter.data)
            return
    keep(case, letter)


def keep(case: Any, letter: Letter) -> None:
    """For who will come to wait for it."""
    if len(case.letters) >= MAX_LETTERS:
        raise ScriptError("More than %(limit)s messages wait for somebody who takes them.", limit=MAX_LETTERS)
    case.letters.append(letter)


def receiver(case: Any, letter: Letter) -> Task | None:
    """Of those that wait for a message, the one that has waited longest."""
    waiting = [
        task
        for task in catching(case)
        if task.task_spec.message
        and letter.for_whom(
            task.task_spec.message, task.task_spec.receives, task.task_spec.element, tuple(_processes(task.workflow))
        )
    ]
    return min(waiting, key=_number, default=None)


def first_outside(tasks: list[Task]) -> Task | None:
    """Of these receivers the one that takes a message from without the case: who has waited longest."""
    return min((task for task in tasks if task.task_spec.receives.outside), key=_number, default=None)


def number(case: Any) -> int:
    """The place of who comes to wait for a message now, behind all that wait already."""
    return 1 + max((_number(task) for task in catching(case)), default=0)


def _number(task: Task) -> int:
    place: int = task.internal_data.get("n", 0)
    return place


def deliver(case: Any) -> None:
    """Give the messages that were kept to those who have come to wait for them."""
    for letter in list(case.letters):
        found = receiver(case, letter)
        if found is not None:
            case.letters.remove(letter)
            found.task_spec.wake(found, letter.data)


def starts(case: Any) -> Iterator[tuple[str, MessageStart]]:
    """Every start event with which a message may begin a process in this case."""
    for process, spec in case.subprocess_specs.items():
        if process != case.spec.name:
            for start in spec.message_starts:
                yield process, start


def begin(case: Any, process: str, start: MessageStart, data: dict[str, Any]) -> None:
    """Begin a process beside what runs in the case. It has data of its own: what the message carries."""
    if len(case.pools) >= MAX_POOLS:
        raise ScriptError("More than %(limit)s processes would run beside each other.", limit=MAX_POOLS)
    case.create_pool(process, start.element, clone(data))


# ---- errors and escalations


def climb(workflow: Any, kind: str, code: str, *, named: bool = False) -> Task | None:
    """The nearest that catches it, from inside a process outwards. `named`: only one that names the code."""
    inside = ""  # the event subprocess that it comes out of does not catch it
    while True:
        standing = [task for task in workflow.tasks.values() if isinstance(task.task_spec, Standing)]
        beside = [task for task in standing if task.task_spec.beside_all and task.task_spec.starts != inside]
        found = _best(beside, kind, code, named)
        around = workflow.around
        if found is not None or around is None:
            return found
        found = on_border(around, kind, code, named=named)
        if found is not None:
            return found
        workflow, inside = around.workflow, around.task_spec.name


def on_border(task: Task, kind: str, code: str, *, named: bool = False) -> Task | None:
    """Who catches it on the border of an activity, once for all its runs."""
    while task.parent is not None and isinstance(task.parent.task_spec, Repeating) and task.triggered:
        task = task.parent
    border = task.parent
    if border is None or not isinstance(border.task_spec, Border) or border.task_spec.main != task.task_spec.name:
        return None
    return _best([other for other in border.children if isinstance(other.task_spec, Boundary)], kind, code, named)


def _best(tasks: list[Task], kind: str, code: str, named: bool) -> Task | None:
    """One that names the code before one that catches any."""
    waiting = [task for task in tasks if task.has_state(TaskState.WAITING) and task.task_spec.trigger.kind == kind]
    exact = [task for task in waiting if code and task.task_spec.trigger.name == code]
    any_code = [] if named else [task for task in waiting if not task.task_spec.trigger.name]
    return next(iter(exact + any_code), None)


def _processes(workflow: Any) -> Iterator[str]:
    """The process that it runs and those around it, innermost first."""
    while workflow is not None:
        yield workflow.spec.name
        workflow = workflow.around.workflow if workflow.around is not None else None
