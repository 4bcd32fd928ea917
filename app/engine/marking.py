"""Where the tokens of a case stand, as plain facts: what sorting looks at, in place of the case itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.case import Case
from app.engine.gateways import EndJoin
from app.engine.loops import Repeating
from app.engine.specs import UNFINISHED
from app.engine.waiting import Boundary, EventGate, Standing
from app.engine.whole import under_way


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `spec`: the name of the place; `element`: what is drawn there; `names`: those that have a value.

    `came`: at a join, by which way. `armed`: the events that stand by beside it, or behind an event-based gateway.
    `inside`: the process that runs in it; `runs`: of a repetition, those under way.
    """

    id: str
    spec: str
    element: str
    names: frozenset[str]
    came: str = ""
    armed: tuple[Token, ...] = ()
    inside: Marking | None = None
    runs: tuple[Token, ...] = ()
    gate: bool = False  # one token for all events behind an event-based gateway


@dataclass(frozen=True, slots=True)
class Marking:
    """The tokens of one process that runs. `armed`: event subprocesses that stand by; `behind`: finished places that
    the state keeps, because branches that began there are open."""

    process: str
    tokens: tuple[Token, ...]
    armed: tuple[Token, ...]
    behind: frozenset[str]

    def everywhere(self) -> Iterator[Marking]:
        """This one and those inside, outermost first."""
        yield self
        for token in self.tokens:
            for each in (token, *token.runs):
                if each.inside is not None:
                    yield from each.inside.everywhere()


def markings(case: Case) -> list[Marking]:
    """Of the process with which the case began, and of each that a message began beside it."""
    return [_marking(case, workflow) for workflow in (case, *case.pools.values())]


def renamed(
    marking: Marking, rename: Callable[[str, str], str], put: Callable[[str, Token], Token] = lambda _, token: token
) -> Marking:
    """With each place called as `rename(process, place)` says, and each token then as `put(process, token)` has it."""

    def place(token: Token) -> Token:
        spec = rename(marking.process, token.spec)
        found = replace(
            token,
            spec=spec,
            element=spec.partition(":")[0] if token.element else "",
            runs=tuple(place(run) for run in token.runs),
            inside=renamed(token.inside, rename, put) if token.inside is not None else None,
        )
        return put(marking.process, found)

    return replace(
        marking,
        tokens=tuple(place(token) for token in marking.tokens),
        behind=frozenset(rename(marking.process, name) for name in marking.behind),
    )


def _marking(case: Case, workflow: Any) -> Marking:
    root = workflow.task_tree
    found: list[Token] = []
    standing: list[Token] = []
    behind: set[str] = set()
    gates: dict[Any, list[Task]] = {}
    for task in workflow.tasks.values():
        spec, parent = task.task_spec, task.parent
        if not task.has_state(UNFINISHED):
            if task is not root:
                behind.add(spec.name)
        elif spec.stands_by:
            standing.append(_token(case, task))
        elif isinstance(spec, Boundary | EndJoin) or is_run(task):
            continue  # told with the activity that it sits on, or in which it runs; what rests at the end is over
        elif parent is not None and isinstance(parent.task_spec, EventGate):
            gates.setdefault(parent.id, []).append(task)
        else:
            found.append(_token(case, task, _events_of(task)))
    for gate, events in gates.items():
        task = workflow.tasks[gate]
        armed = tuple(_token(case, event) for event in events)
        found.append(Token(task.id.hex, task.task_spec.name, task.task_spec.element, frozenset(task.data), "", armed,
                           gate=True))  # fmt: skip
    return Marking(workflow.spec.name, tuple(found), tuple(standing), frozenset(behind))


def is_run(task: Task) -> bool:
    """Whether it is one run of a repetition that is under way."""
    parent = task.parent
    repeats = parent is not None and isinstance(parent.task_spec, Repeating) and parent.has_state(TaskState.STARTED)
    return bool(repeats and task.triggered)


def _events_of(task: Task) -> list[Task]:
    beside = task.parent.children if task.parent is not None else []
    border = getattr(task.parent.task_spec, "main", "") == task.task_spec.name if task.parent is not None else False
    return [each for each in beside if isinstance(each.task_spec, Standing) and each.has_state(UNFINISHED)] * border


def _token(case: Case, task: Task, events: list[Task] | tuple[()] = ()) -> Token:
    runs = [each for each in task.children if each.has_state(UNFINISHED) and is_run(each)]
    return Token(
        task.id.hex,
        task.task_spec.name,
        task.task_spec.element,
        frozenset(task.data),
        task.internal_data.get("from", "") if task.has_state(TaskState.WAITING) else "",
        tuple(_token(case, event) for event in events),
        _marking(case, case.subprocesses[task.id]) if under_way(task) else None,
        tuple(_token(case, run) for run in runs),
    )
