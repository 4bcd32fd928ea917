"""One step of a case: the engine advances, and all that follows from it is stored with it.

Called inside a transaction that has the case locked. Power may fail after any line: either the whole step
is there, with its jobs queued, or nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.engine import CompleteTask, Event, Snapshot, Step, TimersDue, TooLate
from app.services.base import businessdays, clocks, history, jobqueue
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.process import effects, opening, queueing, resting, turns
from app.services.process.moment import Closing, Moment
from app.services.trouble import incidents
from app.states import EntryKind, IncidentKind, Standing
from app.store import cases, database, statements, timerrows, undo, visitrows, work
from app.store.models import Case, Task


def start(portal: Portal, case: Case, data: Mapping[str, Any], now: datetime) -> Step:
    """The first step of a new case. Raises StepFailed."""
    with incidents.net(0, case.package_id, kind=IncidentKind.START, strict=True):
        loaded = portal.releases.loaded(case.release_id)
        step = portal.engine.start(loaded.program, dict(data), now)
        _store(portal, case, loaded, step, now, {})
        incidents.after(portal, case, step, _ends(loaded), (IncidentKind.START, case.package_id, ""), now)
    return step


def advance(
    portal: Portal,
    case: Case,
    event: Event,
    now: datetime,
    closing: Closing | None = None,
    at: str = "",
    loaded: Loaded | None = None,
    tasks: Sequence[Task] | None = None,
) -> Step:
    """Advance the (locked) case by one event; `at`: the element to which it happens; `loaded`: its release, and
    `tasks`: its open tasks since it was locked, where the caller has them.

    Raises TooLate when nothing waits for it, StepFailed when the process fails; then the transaction must be given up.
    """
    if case.ended:
        raise TooLate("The case has ended.")
    with incidents.net(case.id, at, kind=_kind(event), strict=True):
        loaded = loaded or portal.releases.loaded(case.release_id)
        blob, token = cases.state(case.id)
        database.beside_commit(portal.engine.prepare)
        step = portal.engine.advance(loaded.program, Snapshot(blob, token), event, now)
        closed = {event.task_id: closing} if isinstance(event, CompleteTask) and closing else {}
        _store(portal, case, loaded, step, now, closed, tasks)
        name = loaded.package.elements[at].title if at in loaded.package.elements else ""
        incidents.after(portal, case, step, _ends(loaded), (_kind(event), at, name), now)
    return step


def _ends(loaded: Loaded) -> tuple[str, str]:
    """The messages that end a case early."""
    return loaded.package.withdraw_message, loaded.package.declared.give_up_message


def _kind(event: Event) -> IncidentKind:
    """The kind of incident that a failure at this event is."""
    return IncidentKind.TIMER if isinstance(event, TimersDue) else IncidentKind.STEP


def _store(
    portal: Portal,
    case: Case,
    loaded: Loaded,
    step: Step,
    now: datetime,
    closed: Mapping[str, Closing],
    tasks: Sequence[Task] | None = None,
) -> None:
    rows = list(tasks) if tasks is not None and work.open_tasks_stand(case.id) else work.open_tasks(case.id)
    moment = Moment(
        portal=portal,
        case=case,
        loaded=loaded,
        step=step,
        now=now,
        today=businessdays.today(now),
        closing=portal.closing(),
        closed=closed,
        rows=rows,
        before=frozenset(case.running or ()),
    )
    cases.save_state(case.id, step.snapshot.blob, step.snapshot.token)
    if not any(each.kept for each in closed.values()):
        undo.forget(case.id)  # what was decided before has been followed by this
    said = case.data or {}
    case.data, case.messages, case.running = step.data, list(step.messages), list(step.running_jobs)
    case.revision += 1
    case.changed_at = now
    visitrows.visited(case.id, step.visits(), now)
    opening.close_tasks(moment)
    opening.reckon_again(moment, said)
    opening.begin_tasks(moment)
    settle_turn(moment)
    opening.open_tasks(moment)
    queueing.cancel_jobs(moment)
    queueing.queue_jobs(moment)
    timers(moment)
    _effects(moment)
    _finish(moment)
    statements.save(case)
    queueing.unpark(moment)


def timers(moment: Moment) -> None:
    """The rows by which the case is woken."""
    rows = [(timer.task_id, timer.element, timer.due) for timer in moment.step.timers]
    if rows or moment.case.timer_count:
        timerrows.replace_timers(moment.case.id, rows)
        moment.case.timer_count = len(rows)


def _effects(moment: Moment) -> None:
    """What the entered elements' properties ask for, with the routing values of the place."""
    step, elements = moment.step, moment.loaded.package.elements
    places = {task.id: task.data for task in step.open_tasks} | {job.task_id: job.data for job in step.jobs}
    for entry in step.log:
        if entry.what == "entered" and entry.element in elements:
            place = jobqueue.Entered(entry.element, entry.task_id, places.get(entry.task_id, step.data))
            effects.entered(moment.case, moment.loaded, place, moment.now, moment.closing)


def _completed(step: Step) -> list[str]:
    return [entry.element for entry in step.log if entry.what == "completed"]


def settle_turn(moment: Moment) -> None:
    """Whose turn it is, the stage, and the clocks that run by it."""
    case, elements = moment.case, moment.loaded.package.elements
    places = [elements[task.element] for task in moment.step.open_tasks if task.element in elements]
    busy = bool(set(moment.step.running_jobs) - resting.at_rest(case, moment.step.jobs))
    turn = turns.whose(places, busy=busy, ended=moment.step.ended)
    if turn != case.turn:
        case.turn, case.turn_since = turn, moment.now
    if moment.loaded.package.guidelines:
        clocks.follow(case, moment.loaded.package, _completed(moment.step), turn, moment.today, moment.closing)
    case.stage = _stage(moment) or case.stage


def _stage(moment: Moment) -> str:
    """The last stage that has an open task."""
    processes = {moment.loaded.element(task.element).process for task in moment.step.open_tasks}
    found = [stage.id for stage in moment.loaded.package.stages if processes.intersection(stage.processes)]
    return found[-1] if found else ""


def _finish(moment: Moment) -> None:
    case = moment.case
    if not moment.step.ended or case.ended:
        return
    case.ended = True
    if case.state == Standing.OPEN:  # else its process has said how it ends, and that is on record
        case.state = Standing.CLOSED
        history.note(case.id, moment.now, EntryKind.STATE, title=case.state.value)
