"""What the engine takes and gives: frozen facts, no SpiffWorkflow types, no I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any


class TaskKind(Enum):
    """What an open task waits for."""

    USER = "user"  # a person completes it
    RECEIVE = "receive"  # a message completes it


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task on which a token stands and that someone outside must finish."""

    id: str  # the engine's task id, stable for the life of the token
    element: str  # BPMN element id
    process: str  # id of the BPMN process (or subprocess) that holds the element
    kind: TaskKind
    message: str = ""  # of a receive task
    path: tuple[str, ...] = ()  # element ids of the call activities and subprocesses around it, outermost first
    data: dict[str, Any] = field(default_factory=dict)  # the task's data (routing values), a copy


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A service task that has started: somebody must do it and report back with `JobDone`."""

    task_id: str
    element: str
    process: str
    operator: str
    params: dict[str, Any]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Timer:
    """A waiting timer; wake the case with `TimersDue` at or after `due`."""

    task_id: str
    element: str
    due: datetime  # aware, UTC


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Something that happened to one element in this step, in order."""

    element: str
    process: str
    task_id: str
    what: str  # "entered" | "completed" | "cancelled"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A case's state between steps. `token` changes with every step: it keys the live workflow in memory."""

    blob: bytes
    token: str


@dataclass(frozen=True, slots=True)
class Step:
    """The outcome of one event. `open_tasks` and `timers` are the whole set now; the rest is what changed."""

    snapshot: Snapshot
    open_tasks: tuple[OpenTask, ...]
    running_jobs: tuple[str, ...]  # task ids of every service task still STARTED (a job not in here came too late)
    jobs: tuple[JobRequest, ...]  # newly requested
    timers: tuple[Timer, ...]
    log: tuple[LogEntry, ...]
    messages: tuple[str, ...]  # names of messages from without that the case can take now
    ended: bool
    data: dict[str, Any]  # the top process's data (final once ended)

    def visits(self) -> dict[tuple[str, str], list[int]]:
        """(element, process) → how often it was entered, completed and cancelled."""
        found: dict[tuple[str, str], list[int]] = {}
        for entry in self.log:
            place = (entry.element, entry.process)
            if place not in found:
                found[place] = [0, 0, 0]
            found[place][_COUNTED[entry.what]] += 1
        return found


_COUNTED = {"entered": 0, "completed": 1, "cancelled": 2}


@dataclass(frozen=True, slots=True)
class CompleteTask:
    """A person finished a user task; `data` are the routing values of the answer."""

    task_id: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobDone:
    """A connector did its work; `data` is stored under the operator's result variable, if it has one."""

    task_id: str
    data: Any = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message for one who waits for it: the task `task_id`, else the receiver that has waited longest; when nobody
    waits, the process that the message begins, where a message flow from without leads to it. `kept`: else the case
    keeps it for who comes to wait for it, as it does with messages of its own.
    """

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    task_id: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class JobFailed:
    """A job failed for good. Whoever catches the error of this code goes on; nobody: see `Uncaught`."""

    task_id: str
    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class TimersDue:
    """Time passed: timers due by the step's `now` fire, but for those `held` (task ids), which go on waiting."""

    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Redirect:
    """By hand: the token of a task goes on at another step of its process. `came`: to a join, by which way."""

    task_id: str
    element: str
    came: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """By hand: what a token waits for counts as done; `data` are routing values that it brings."""

    task_id: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Correct:
    """By hand: routing values have these values from now on, in the whole case."""

    data: dict[str, Any]


Event = CompleteTask | JobDone | JobFailed | Message | TimersDue | Redirect | Skip | Correct


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a token of a case is. `joins`: it waits for others; `repeats`: several runs are under way in it."""

    task_id: str
    element: str
    process: str
    joins: bool = False
    repeats: bool = False


class TooLate(Exception):
    """The task that the event names is not waiting any more; nothing was changed."""


class Uncaught(TooLate):
    """The job's failure is caught by nothing in the diagram; nothing was changed."""


Decide = Callable[[dict[str, Any]], dict[str, Any]]
"""A decision table, compiled: task data in, outputs by name out. Pure; raises ScriptError to refuse."""
