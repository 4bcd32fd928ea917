"""Elements that wait for a time or an event: receive tasks, intermediate events, and events on the border
of an activity.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.bpmn import Timing, Trigger
from app.engine import clock
from app.engine.routing import ANYBODY, Receives
from app.engine.specs import UNFINISHED, Lean, Surrounding
from app.engine.writes import put
from app.errors import ScriptError


class Catch(Lean):
    """Waits for a time or an event: a receive task, an intermediate catch event."""

    def __init__(
        self, *args: Any, trigger: Trigger, timing: Timing | None = None, receives: Receives = ANYBODY, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.trigger = trigger
        self.timing = timing
        self.receives = receives
        self.message = trigger.name if trigger.kind == "message" else ""

    def due(self, my_task: Task) -> datetime | None:
        """When the timer fires; None for an event."""
        return datetime.fromisoformat(my_task.internal_data["due"]) if self.timing else None

    def is_for(self, kind: str, name: str) -> bool:
        """Whether it waits for this event."""
        return self.trigger == Trigger(kind, name)

    def wake(self, my_task: Task, values: dict[str, Any]) -> None:
        """What it waited for has come, and brings these values."""
        put(my_task, values)
        my_task._ready()

    def _update_hook(self, my_task: Task) -> bool:
        my_task._set_state(TaskState.WAITING)
        if self.timing is None:
            if self.message:
                my_task.internal_data["n"] = my_task.workflow.top_workflow.number()
            return False
        try:
            self.set_timer(my_task, self.timing)
        except ScriptError as error:
            error.params.setdefault("element", self.element)
            raise
        return bool(self.due(my_task) <= my_task.workflow.top_workflow.now)

    def set_timer(self, my_task: Task, timing: Timing) -> None:
        """Work out when it is due, once, when the token arrives."""
        top = my_task.workflow.top_workflow
        value = my_task.workflow.script_engine.evaluate(my_task, timing.expression)
        due = (
            clock.moment(value, top.zone)
            if timing.kind == "timeDate"
            else clock.duration(value).after(top.now, top.zone)
        )
        my_task.internal_data["due"] = clock.stored(due)


class Standing(Catch):
    """An event that stands by beside what it watches; nobody notices until it fires. One that does not interrupt fires
    as often as what it waits for comes.
    """

    announces = False
    beside_all = False  # it watches the whole process, not one activity

    def __init__(self, *args: Any, interrupting: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.interrupting = interrupting

    def set_timer(self, my_task: Task, timing: Timing) -> None:
        if timing.kind != "timeCycle":
            super().set_timer(my_task, timing)
            return
        value = my_task.workflow.script_engine.evaluate(my_task, timing.expression)
        times, every = clock.cycle(value)
        top = my_task.workflow.top_workflow
        due = every.after(top.now, top.zone)
        my_task.internal_data.update(due=clock.stored(due), left=times, every=value.partition("/")[2])

    def is_last(self, my_task: Task) -> bool:
        """Whether it is over once it has fired."""
        return self.interrupting or (self.timing is not None and my_task.internal_data.get("left", 1) < 1)

    def wake(self, my_task: Task, values: dict[str, Any]) -> None:
        if self.timing is not None:
            left = my_task.internal_data.get("left", 1) - 1
            my_task.internal_data["left"] = left
            if left > 0:
                self.set_next(my_task)
        self.fire(my_task, values)

    def set_next(self, my_task: Task) -> None:
        """The time at which a repetition fires again."""
        fired = datetime.fromisoformat(my_task.internal_data["due"])
        following = clock.duration(my_task.internal_data["every"]).after(fired, my_task.workflow.top_workflow.zone)
        my_task.internal_data["due"] = clock.stored(following)

    def fire(self, my_task: Task, values: dict[str, Any]) -> None:
        """What it waited for has come."""
        raise NotImplementedError


class Boundary(Standing):
    """An event on the border of an activity; it stands by with the activity."""

    def fire(self, my_task: Task, values: dict[str, Any]) -> None:
        if self.is_last(my_task):
            put(my_task, values)
            my_task._ready()
            my_task.run()
            return
        # One of several: its branch starts beside the activity, and the event waits on.
        self.log(my_task, "entered")
        self.log(my_task, "completed")
        for target in self.outputs:
            child = my_task.parent._add_child(target, TaskState.FUTURE)
            child.internal_data["from"] = self.name  # a join asks by which flow a token came
            child.internal_data["given"] = values
            child.task_spec._update(child)


class EventGate(Surrounding):
    """An event-based gateway: all events behind it wait, the first that comes takes the token, and the others are no
    more (BPMN 2.0.2, sections 10.6.6 and 13.4.4).
    """

    def child_completed(self, my_task: Task, child: Task) -> None:
        if not isinstance(child.task_spec, Catch):
            return
        for other in my_task.children:
            if other is not child and other.has_state(UNFINISHED):
                other.cancel()


class Border(Surrounding):
    """Starts an activity together with the events on its border, and lets them end each other."""

    def __init__(self, *args: Any, main: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.main = main

    def child_completed(self, my_task: Task, child: Task) -> None:
        event = isinstance(child.task_spec, Boundary)
        if event and not child.task_spec.interrupting:
            return
        if not event and child.task_spec.name != self.main:
            return
        for other in my_task.children:
            if other is child or not other.has_state(UNFINISHED):
                continue
            if isinstance(other.task_spec, Boundary) or other.task_spec.name == self.main:
                other.cancel()

    def open(self, my_task: Task) -> bool:
        """Whether an event is still armed: then the tree around it must stay as it is."""
        return any(isinstance(child.task_spec, Boundary) and child.has_state(UNFINISHED) for child in my_task.children)
