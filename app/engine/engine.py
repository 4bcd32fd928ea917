"""The engine: one event in, one step out. No I/O, no clock of its own; all it keeps is a cache."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from secrets import token_hex
from typing import Any
from uuid import UUID

from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine import checks, compaction, events, mending, moving, report, soundness, state
from app.engine.build import build
from app.engine.case import Case
from app.engine.diagram import read
from app.engine.findings import Decisions, Finding, Unmovable
from app.engine.live import LiveCases
from app.engine.marking import markings
from app.engine.model import (
    CompleteTask,
    Correct,
    Decide,
    Event,
    JobDone,
    JobFailed,
    Message,
    Redirect,
    Skip,
    Snapshot,
    Stand,
    Step,
    TimersDue,
    TooLate,
    Uncaught,
)
from app.engine.program import Program
from app.engine.routing import Target
from app.engine.runnable import unrunnable
from app.engine.sandbox import Evaluator
from app.engine.sorting import Sorting, Version
from app.engine.tasks import Person, Service
from app.engine.values import clean, clean_data
from app.engine.writes import put
from app.errors import N_, BadPackage, Problem, ScriptError

AUTOMATIC_STEPS = 2_000  # in one step, before the process counts as running for ever


class Engine:
    """Runs cases of compiled programs. Thread-safe.

    `live_cases`: how many cases stay in memory between steps. `zone`: what a date without an offset means in
    a timer. `compact=False` keeps every finished task in the state; it is there for tests to compare with.
    """

    def __init__(self, evaluator: Evaluator, live_cases: int = 500, zone: tzinfo = UTC, compact: bool = True) -> None:
        self._evaluator = evaluator
        self._compact = compact
        self._live = LiveCases(live_cases)
        self._zone = zone
        self._tidy = compaction.tidy if compact else compaction.order

    def compile(self, sources: Mapping[str, bytes], entry: str, decisions: Mapping[str, Decide]) -> Program:
        """Make the diagrams ready to run. Raises BadPackage with what no program can be built from.

        `sources`: BPMN XML by file name; `entry`: id of the process that a case starts; `decisions`: by decision id.
        Whether they may be released is `check`'s to say: what was released under an older check goes on running.
        """
        diagrams = read(sources, entry)
        errors = unrunnable(diagrams, entry)
        if errors:
            raise BadPackage(errors)
        digest = hashlib.sha256(entry.encode())
        for file in sorted(sources):
            digest.update(hashlib.sha256(file.encode()).digest() + hashlib.sha256(sources[file]).digest())
        return Program(entry, build(diagrams, decisions), digest.hexdigest())

    def check(self, sources: Mapping[str, bytes], entry: str) -> list[Problem]:
        """What keeps processes from being run as they are drawn, and warnings; what is wrong with the drawing itself is
        `bpmn.faults`' to say.
        """
        return checks.check(read(sources, entry))

    def obstacles(self, sources: Mapping[str, bytes], entry: str) -> list[Problem]:
        """What `compile` would refuse."""
        return unrunnable(read(sources, entry), entry)

    def start(self, program: Program, data: dict[str, Any], now: datetime) -> Step:
        """Start a case with these routing values. Raises ScriptError."""
        case = Case(program.specs, program.entry, self._evaluator, self._zone, _utc(now))
        case.task_tree.data = clean_data(data)
        return self._finish(program, case)

    def advance(self, program: Program, snapshot: Snapshot, event: Event, now: datetime) -> Step:
        """Let one event happen to a case. Pure: the same snapshot may be advanced again if the step was not stored.

        Raises TooLate when nothing waits for the event (Uncaught when nobody catches a job's failure), ScriptError when
        an expression fails or a bound is passed, Temporary when the sandbox is busy. After any of them the snapshot is
        as good as before.
        """
        case = self._live.take(snapshot.token, program)
        if case is None:
            case = state.load(snapshot.blob, program, self._evaluator, self._zone, _utc(now))
        case.now = _utc(now)
        case.jobs, case.notes = [], []
        case.script_engine.environment.spent = 0.0
        try:
            act = self._prepare(case, event)
        except (TooLate, ScriptError):
            self._live.put(snapshot.token, program, case)  # nothing was touched
            raise
        try:
            act()
        except SpiffWorkflowException as error:
            raise ScriptError("The process cannot go on: %(reason)s", reason=str(error)) from error
        return self._finish(program, case)

    def sorting(
        self, old: Version, new: Version, snapshot: Snapshot, decisions: Decisions | None = None
    ) -> tuple[Finding, ...]:
        """What stands between the case and another version, and what a move would do; see `findings.verdict`. The case
        is not touched. Raises BadState.
        """
        return tuple(self._sorted(old, new, snapshot, decisions or {}).findings)

    def moved(self, old: Version, new: Version, snapshot: Snapshot, decisions: Decisions | None, now: datetime) -> Step:
        """Put a case upon another version: nothing happens to it, so the step tells only how it stands there.

        What the move does not change keeps its very bytes, under a new token. Raises Unmovable with all that is not
        decided, ScriptError when a timer that is to be armed has no time.
        """
        found = self._sorted(old, new, snapshot, decisions or {})
        left = tuple(each for each in found.findings if not each.told)
        if left:
            raise Unmovable(left)
        try:
            blob, case = moving.moved(found, snapshot.blob, self._tidy, self._evaluator, self._zone, _utc(now))
        except SpiffWorkflowException as error:
            raise ScriptError("The process cannot go on: %(reason)s", reason=str(error)) from error
        return report.step(case, Snapshot(blob, token_hex(16)))

    def stands(self, program: Program, snapshot: Snapshot) -> tuple[Stand, ...]:
        """Where the tokens of a case are."""
        return tuple(mending.stands(self._loaded(program, snapshot)))

    def stuck(self, version: Version, snapshot: Snapshot) -> frozenset[str]:
        """Elements at which a token of the case may rest for ever, values left aside."""
        found: set[str] = set()
        for marking in markings(self._loaded(version.program, snapshot)):
            for each in marking.everywhere():
                places = soundness.places(version.program.specs[each.process], each)
                try:
                    found.update(name for name, *_ in version.stuck(each.process, tuple(places)))
                except soundness.TooLarge:
                    continue
        return frozenset(found)

    def _loaded(self, program: Program, snapshot: Snapshot) -> Case:
        no_time = datetime.min.replace(tzinfo=UTC)  # nothing happens to the case here
        return state.load(snapshot.blob, program, self._evaluator, self._zone, no_time)

    def _sorted(self, old: Version, new: Version, snapshot: Snapshot, decisions: Decisions) -> Sorting:
        return Sorting(old, new, self._loaded(old.program, snapshot), decisions)

    def apart(self, live_cases: int = 32) -> Engine:
        """One that runs cases of its own, which push none of this one's out of memory; the sandbox is shared."""
        return Engine(self._evaluator, live_cases, self._zone, self._compact)

    def prepare(self) -> None:
        """Get ready for the next step on another thread, beside what the caller does (`Evaluator.prepare`)."""
        self._evaluator.prepare()

    def close(self) -> None:
        """Forget all live cases. The evaluator is its owner's to close."""
        self._live.clear()

    def _finish(self, program: Program, case: Case) -> Step:
        try:
            case.run(AUTOMATIC_STEPS, self._tidy)
        except SpiffWorkflowException as error:
            raise ScriptError("The process cannot go on: %(reason)s", reason=str(error)) from error
        self._tidy(case)
        case.bpmn_events.clear()
        if case.over:
            case.letters.clear()
        snapshot = Snapshot(state.dump(case), token_hex(16))
        outcome = report.step(case, snapshot)
        self._live.put(snapshot.token, program, case)
        return outcome

    def _prepare(self, case: Case, event: Event) -> Any:
        """Find who waits for the event, touching nothing; what is returned makes it happen."""
        if case.over:
            raise TooLate("The case has ended.")
        match event:
            case CompleteTask(task_id, data):
                task = _waiting(case, task_id, Person, TaskState.READY)
                values = clean_data(data, N_("The answer"))
                return lambda: _complete(task, values)
            case JobDone(task_id, data):
                task = _waiting(case, task_id, Service, TaskState.STARTED)
                name = task.task_spec.result
                values = {name: clean(data, N_("The job's result"))} if name else {}
                return lambda: _complete(task, values)
            case JobFailed(task_id, code, text):
                return self._failed(_waiting(case, task_id, Service, TaskState.STARTED), code, text)
            case Message():
                return self._message(case, event)
            case TimersDue(held):
                return lambda: self._fire(case, held)
            case Redirect(task_id):
                return mending.redirect(_task(case, task_id), event)
            case Skip(task_id, data):
                return mending.skip(_task(case, task_id), event, clean_data(data))
            case Correct(data):
                return mending.correct(case, clean_data(data))

    def _failed(self, task: Task, code: str, text: str) -> Any:
        """Who catches the failure of a job: on its own border whatever takes errors, further out only what names the
        code, so that an event meant for errors that are drawn does not hide a fault of the house.
        """
        catcher = events.on_border(task, "error", code) or events.climb(task.workflow, "error", code, named=True)
        if catcher is None:
            raise Uncaught(f"Nobody catches the failure {code!r} of {task.task_spec.element}.")
        values = clean_data(events.said(code, text), N_("The failure"))
        return lambda: catcher.task_spec.wake(catcher, values)

    def _message(self, case: Case, event: Message) -> Any:
        name, task_id, values = event.name, event.task_id, clean_data(event.data, N_("The message"))
        waiting = [task for task in events.catching(case) if task.task_spec.message == name]
        waiting = [task for task in waiting if task_id in ("", str(task.id))]
        found = events.first_outside(waiting)
        if found is not None:
            return lambda: found.task_spec.wake(found, values)
        for process, start in events.starts(case) if not task_id else ():
            if start.message == name and start.receives.sources is not None and start.receives.outside:
                return lambda: events.begin(case, process, start, values)
        if event.kept:
            return lambda: events.keep(case, events.Letter(name, values, (), Target()))
        raise TooLate(f"Nothing waits for the message {name!r}.")

    def _fire(self, case: Case, held: frozenset[str]) -> None:
        """Fire what is due, the earliest first, each with all that follows from it before the next."""
        while True:
            due = sorted(
                (moment, place)
                for place, task in enumerate(events.catching(case))
                if (moment := task.task_spec.due(task)) is not None and moment <= case.now and str(task.id) not in held
            )
            if not due:
                return
            task = events.catching(case)[due[0][1]]
            task.task_spec.wake(task, {})
            case.run(AUTOMATIC_STEPS, self._tidy)


def _utc(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("The step's time must say its offset.")
    return now.astimezone(UTC)


def _task(case: Case, task_id: str) -> Task | None:
    try:
        return case.find(UUID(task_id))
    except ValueError:
        return None


def _waiting(case: Case, task_id: str, kind: type[Any], in_state: int) -> Task:
    task = _task(case, task_id)
    if task is None or not isinstance(task.task_spec, kind) or not task.has_state(in_state):
        raise TooLate(f"Task {task_id} is not waiting.")
    return task


def _complete(task: Task, values: dict[str, Any]) -> None:
    put(task, values)
    task.complete()
