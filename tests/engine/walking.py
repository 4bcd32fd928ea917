"""Driving a case in tests: by the names of elements, with the spec's fingerprint checked after every step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app import bpmn
from app.engine import (
    CompleteTask,
    Decide,
    Engine,
    Event,
    JobDone,
    Message,
    OpenTask,
    Program,
    Step,
    TimersDue,
)
from app.errors import BadPackage, Problem
from tests.engine.drawing import Drawing, xml

NOON = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


def judged(engine: Engine, sources: Mapping[str, bytes], entry: str) -> list[Problem]:
    """All that is said of diagrams before they run."""
    found = bpmn.faults(bpmn.read_all(sources), entry) + engine.check(sources, entry)
    return found if any(each.severity == "error" for each in found) else found + engine.obstacles(sources, entry)


def compiled(
    engine: Engine,
    *drawings: Drawing,
    decisions: Mapping[str, Decide] | None = None,
    pools: tuple[str, ...] = (),
    flows: tuple[tuple[str, str], ...] = (),
) -> Program:
    """The program of these drawings, which may be released; the first is the entry. Raises BadPackage."""
    sources, entry = {"drawn.bpmn": xml(*drawings, pools=pools, flows=flows)}, drawings[0].name
    errors = [problem for problem in judged(engine, sources, entry) if problem.severity == "error"]
    if errors:
        raise BadPackage(errors)
    return engine.compile(sources, entry, decisions or {})


class Walk:
    """One case and where it stands."""

    def __init__(
        self, engine: Engine, program: Program, data: dict[str, Any] | None = None, now: datetime = NOON
    ) -> None:
        self.engine = engine
        self.program = program
        self.now = now
        self.print = program.fingerprint()
        self.step: Step = engine.start(program, data or {}, now)
        self.jobs = {job.task_id: job for job in self.step.jobs}
        self.check()

    def send(self, event: Event) -> Step:
        self.step = self.engine.advance(self.program, self.step.snapshot, event, self.now)
        self.jobs.update({job.task_id: job for job in self.step.jobs})
        self.check()
        return self.step

    def check(self) -> None:
        assert self.program.fingerprint() == self.print, "the shared spec was changed by a step"

    def open(self) -> list[str]:
        return [task.element for task in self.step.open_tasks]

    def task(self, element: str, index: int = 0) -> OpenTask:
        return [task for task in self.step.open_tasks if task.element == element][index]

    def running(self) -> list[str]:
        return [self.jobs[task_id].element for task_id in self.step.running_jobs]

    def do(self, element: str, index: int = 0, **data: Any) -> Step:
        return self.send(CompleteTask(self.task(element, index).id, data))

    def done(self, element: str, data: Any = None) -> Step:
        found = [task_id for task_id in self.step.running_jobs if self.jobs[task_id].element == element]
        return self.send(JobDone(found[0], data))

    def tell(self, name: str, **data: Any) -> Step:
        return self.send(Message(name, data))

    def wait(self, **time: float) -> Step:
        self.now += timedelta(**time)
        return self.send(TimersDue())

    def log(self) -> list[str]:
        return [f"{entry.element} {entry.what}" for entry in self.step.log]
