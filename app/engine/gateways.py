"""Where flows part and meet, and where a process ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.merge import joined_at
from app.engine.specs import UNFINISHED, Lean
from app.engine.writes import MARK
from app.errors import ScriptError

BESIDE = "beside"  # in internal data of an event subprocess that runs beside, and of the token that comes out of it


class Choice(Lean):
    """An exclusive gateway. `ways`: target and condition in the order of the file; the default
    comes last, without one.
    """

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

    def targets(self, _task: Task) -> list[Lean]:
        return []  # made when the choice was


class Split(Lean):
    """Several ways out of one place, each by its own condition (BPMN 2.0.2, sections 8.3.13 and 13.4.3): an inclusive
    gateway, or flows that lead out of an activity side by side. `ways`: target and condition in the order of the file,
    an empty condition always holds; `default` is taken when no condition does.
    """

    announces = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways: list[tuple[str, str]] = []
        self.default = ""
        self.drawn = self.element  # whose flows they are, for errors

    def _run_hook(self, my_task: Task) -> bool:
        workflow = my_task.workflow
        taken = [
            target
            for target, condition in self.ways
            if not condition or workflow.script_engine.evaluate(my_task, condition)
        ]
        if not taken and self.default:
            taken = [self.default]
        if not taken:
            raise ScriptError("No way out of “%(element)s” applies; give it a default flow.", element=self.drawn)
        for target in taken:
            my_task._add_child(workflow.spec.task_specs[target], TaskState.FUTURE)
        return True

    def targets(self, _task: Task) -> list[Lean]:
        return []  # made when the choice was


class Inclusive(Split):
    """An inclusive gateway: waits for every token that can still come to it, joins their data, and starts each way
    whose condition holds.

    A token can still come while it stands where a path leads to an incoming flow that has none yet, unless a path from
    there also leads to one that has (BPMN 2.0.2, section 13.4.3). An event that is armed on the border of an activity
    counts as a token: it may yet fire. `before`: for each incoming flow, by its source, where such paths begin.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before: dict[str, frozenset[str]] = {}

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.has_state(TaskState.FUTURE):
            my_task.internal_data.setdefault("from", my_task.parent.task_spec.name)
            my_task._set_state(TaskState.WAITING)
        arrived: dict[str, Task] = {}
        standing: set[str] = set()
        for task in my_task.workflow.tasks.values():
            if task.task_spec is self and task.has_state(TaskState.WAITING):
                arrived.setdefault(task.internal_data["from"], task)
            elif task.has_state(UNFINISHED):
                standing.add(task.task_spec.name)
        if any(self.may_come(place, arrived) for place in standing):
            return False
        _continue_as(my_task, list(arrived.values()))
        return True

    def may_come(self, place: str, arrived: Collection[str]) -> bool:
        """Whether the gateway has to wait for a token that stands at this place."""
        ways = [source for source, places in self.before.items() if place in places]
        return bool(ways) and not any(source in arrived for source in ways)

    def look_back(self) -> None:
        """Work out `before`, once all flows are drawn."""
        into: dict[str, list[str]] = {}
        for spec in self._wf_spec.task_specs.values():
            for target in spec._outputs:
                into.setdefault(target, []).append(spec.name)
        for source in self._inputs:
            seen, pending = {source}, [source]
            while pending:
                for name in into.get(pending.pop(), ()):
                    if name not in seen and name != self.name:
                        seen.add(name)
                        pending.append(name)
            self.before[source] = frozenset(seen)


class Parallel(Lean):
    """A parallel gateway: takes one token from each incoming flow, joins their data, and
    starts every outgoing flow.

    A second token on the same flow waits its turn, as BPMN 2.0.2 section 13.4.1 has it.
    """

    announces = False

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.has_state(TaskState.FUTURE):
            my_task.internal_data.setdefault("from", my_task.parent.task_spec.name)
            my_task._set_state(TaskState.WAITING)
        wanted: Counter[str] = Counter(self._inputs)
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
        if my_task.has_state(TaskState.FUTURE) and BESIDE in my_task.parent.internal_data:
            my_task.internal_data[BESIDE] = 1
        my_task._set_state(TaskState.WAITING)
        unfinished = [task for task in my_task.workflow.tasks.values() if task.has_state(UNFINISHED)]
        under_way = [task for task in unfinished if not task.task_spec.stands_by]
        if any(task.task_spec is not self for task in under_way):
            return False
        for task in unfinished:
            if task.task_spec.stands_by:
                task.cancel()
        _continue_as(my_task, [task for task in under_way if task.has_state(TaskState.WAITING)])
        return True


def _continue_as(my_task: Task, arrivals: list[Task]) -> None:
    """All tokens become one, which goes on as `my_task`."""
    my_task.data, marks = joined_at(arrivals)
    if marks is not None:
        my_task.internal_data[MARK] = marks
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

    def targets(self, _task: Task) -> list[Lean]:
        return [] if self.terminates else self.outputs
