"""One step of a case: the engine advances, and all that follows from it is stored with it.

Called inside a transaction that has the case locked. Power may fail after any line: either the whole step
is there, with its jobs queued, or nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.catalogue import Element
from app.engine import CompleteTask, Event, Snapshot, Step, TaskKind, TimersDue, TooLate
from app.services.base import businessdays, clocks, history, jobqueue, titles
from app.services.base.actors import SYSTEM, Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cards import loans
from app.services.days import lastday
from app.services.mails import deliveries
from app.services.process import effects, order, resting, turns
from app.services.trouble import incidents
from app.states import EntryKind, IncidentKind, JobState, Side, Standing, TaskState
from app.store import cases, jobrows, statements, undo, work
from app.store.models import Answer, Case, Task


@dataclass(frozen=True, slots=True)
class Closing:
    """Who finished the task that this step completes, and with which answer."""

    actor: Actor
    answer: Answer | None = None
    on_behalf_of: str = ""


@dataclass(slots=True)
class Moment:
    """What the parts of one step share; `rows` are the case's open tasks, kept up as they close and open."""

    portal: Portal
    case: Case
    loaded: Loaded
    step: Step
    now: datetime
    today: date
    closing: frozenset[date]
    closed: Mapping[str, Closing] = field(default_factory=dict)
    rows: list[Task] = field(default_factory=list)
    before: frozenset[str] = frozenset()  # service tasks that ran before the step


def start(portal: Portal, case: Case, data: Mapping[str, Any], now: datetime) -> Step:
    """The first step of a new case. Raises StepFailed."""
    with incidents.net(0, case.package_id, kind=IncidentKind.START, strict=True):
        loaded = portal.releases.loaded(case.release_id)
        step = portal.engine.start(loaded.program, dict(data), now)
        _store(portal, case, loaded, step, now, {})
        incidents.after(portal, case, step, _ends(loaded), (IncidentKind.START, case.package_id, ""), now)
    return step


def advance(
    portal: Portal, case: Case, event: Event, now: datetime, closing: Closing | None = None, at: str = ""
) -> Step:
    """Advance the (locked) case by one event; `at`: the element to which it happens.

    Raises TooLate when nothing waits for it, StepFailed when the process fails; then the transaction must be given up.
    """
    if case.ended:
        raise TooLate("The case has ended.")
    with incidents.net(case.id, at, kind=_kind(event), strict=True):
        loaded = portal.releases.loaded(case.release_id)
        blob, token = cases.state(case.id)
        step = portal.engine.advance(loaded.program, Snapshot(blob, token), event, now)
        closed = {event.task_id: closing} if isinstance(event, CompleteTask) and closing else {}
        _store(portal, case, loaded, step, now, closed)
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
    portal: Portal, case: Case, loaded: Loaded, step: Step, now: datetime, closed: Mapping[str, Closing]
) -> None:
    moment = Moment(
        portal=portal,
        case=case,
        loaded=loaded,
        step=step,
        now=now,
        today=businessdays.today(now),
        closing=portal.closing(),
        closed=closed,
        rows=work.open_tasks(case.id),
        before=frozenset(case.running or ()),
    )
    cases.save_state(case.id, step.snapshot.blob, step.snapshot.token)
    undo.forget(case.id)  # what was decided before has been followed by this
    case.data, case.messages, case.running = step.data, list(step.messages), list(step.running_jobs)
    case.revision += 1
    case.changed_at = now
    _visits(moment)
    close_tasks(moment)
    for row in order.begun(moment.loaded.package, _open(moment), moment.rows):
        row.due_on = _last_day(moment, moment.loaded.element(row.element), row.data)
        statements.save(row)
    settle_turn(moment)
    open_tasks(moment)
    cancel_jobs(moment)
    _queue_jobs(moment)
    timers(moment)
    _effects(moment)
    _finish(moment)
    statements.save(case)
    unpark(moment)


def timers(moment: Moment) -> None:
    """The rows by which the case is woken."""
    rows = [(timer.task_id, timer.element, timer.due) for timer in moment.step.timers]
    if rows or moment.case.timer_count:
        work.replace_timers(moment.case.id, rows)
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


def _visits(moment: Moment) -> None:
    counts: Counter[tuple[str, str, str]] = Counter(
        (entry.element, entry.process, entry.what) for entry in moment.step.log
    )
    places = {(element, process) for element, process, _ in counts}
    cases.visited(
        moment.case.id,
        [
            (
                element,
                process,
                counts[element, process, "entered"],
                counts[element, process, "completed"],
                counts[element, process, "cancelled"],
            )
            for element, process in sorted(places)
        ],
        moment.now,
    )


def close_tasks(moment: Moment) -> None:
    """Rows of tasks on which no token stands any more."""
    still_open = {task.id for task in moment.step.open_tasks}
    completed = {entry.task_id for entry in moment.step.log if entry.what == "completed"}
    kept = [row for row in moment.rows if row.id in still_open]
    for row in moment.rows:
        if row.id in still_open:
            continue
        done = moment.closed.get(row.id)
        row.state = TaskState.DONE if done or row.id in completed else TaskState.CANCELLED
        row.closed_at = moment.now
        if done is not None:
            row.closed_by_id = done.actor.user_id
            row.closed_by_name = done.actor.name
            row.on_behalf_of = done.on_behalf_of
            row.answer = done.answer
            row.assignee_id = row.assignee_id or (done.actor.user_id if done.actor.side == Side.OPERATOR else None)
        statements.save(row)
        _log_closed(moment, row, done)
        if done is not None and row.side == Side.VENDOR:
            deliveries.answered(moment.portal, moment.case)
    moment.rows = kept


def _log_closed(moment: Moment, row: Task, done: Closing | None) -> None:
    actor = done.actor if done else SYSTEM
    history.note(
        moment.case.id,
        moment.now,
        EntryKind.TASK if row.state == TaskState.DONE else EntryKind.TASK_CANCELLED,
        by=actor,
        title=row.title,
        text=done.on_behalf_of if done else "",
        element=row.element,
        data={"task": row.id, "answer": done.answer.id if done and done.answer else None},
    )


def _last_day(
    moment: Moment, element: Element, data: Mapping[str, Any] | None, guideline: date | None = None
) -> date | None:
    """The last day of a task of this element that begins now."""
    place = lastday.Place(moment.case, moment.loaded, moment.closing, {**(moment.case.data or {}), **(data or {})})
    return lastday.of_task(place, element, moment.today, guideline)


def open_tasks(moment: Moment) -> None:
    """Rows for the tasks that opened, each with its last day."""
    known = {row.id for row in moment.rows}
    limits = clocks.limits(moment.case, moment.today, moment.closing) if moment.loaded.package.guidelines else {}
    named = _titles(moment, known)
    for task in moment.step.open_tasks:
        if task.id in known:
            continue
        element = moment.loaded.element(task.element)
        due = None
        if not order.waits(element, _open(moment)):
            due = _last_day(moment, element, task.data, limits.get(element.side))
        if due is not None and element.side == Side.VENDOR and element.flag("returns_cards"):
            loans.ask_back(moment.case.id, due, moment.now)
        moment.rows.append(
            statements.insert(
                Task,
                id=task.id,
                case=moment.case,
                element=task.element,
                process=task.process,
                title=named[task.id],
                side=element.side,
                grp=element.properties.get("group", ""),
                kind="receive" if task.kind is TaskKind.RECEIVE else "user",
                message=task.message,
                presentation=element.properties.get("presentation", ""),
                opened_at=moment.now,
                due_on=due,
                data=task.data,
                case_number=moment.case.number,
                company_name=moment.case.company_name,
                system_name=moment.case.system_name,
            )
        )


def _open(moment: Moment) -> set[str]:
    return {task.element for task in moment.step.open_tasks}


def _titles(moment: Moment, known: Collection[str]) -> dict[str, str]:
    """The titles of the tasks that opened, by their ids. Those of one element that opened together are told apart: by
    the item that the element's property `item` names, and by a number where that does not do."""
    found: dict[str, str] = {}
    for task in moment.step.open_tasks:
        if task.id not in known:
            element = moment.loaded.element(task.element)
            item = titles.item_of(element.properties.get("item", ""), task.data)
            found[task.id] = titles.with_item(element.title or task.element, item)
    taken = Counter(found.values()) + Counter(row.title for row in moment.rows)
    numbers: Counter[str] = Counter()
    for task_id, title in found.items():
        if taken[title] > 1:
            numbers[title] += 1
            parts = title.partition(titles.ITEM)
            number = str(numbers[title] + sum(row.title.startswith(title) for row in moment.rows))
            found[task_id] = titles.with_item(parts[0], f"{parts[2]} {number}".strip())
    return found


def cancel_jobs(moment: Moment) -> None:
    """Jobs that no token waits for any more are nobody's to do."""
    running = set(moment.step.running_jobs)
    if moment.before <= running:
        return
    for job in jobrows.jobs_of(moment.case.id, JobState.QUEUED, JobState.PARKED, JobState.INCIDENT):
        if job.task_id and job.task_id not in running:
            job.state, job.finished_at = JobState.CANCELLED, moment.now
            job.save()


def _queue_jobs(moment: Moment) -> None:
    decided = any(each.actor.side == Side.OPERATOR for each in moment.closed.values())
    for request in moment.step.jobs:
        state, at = resting.begins(request, moment.now, moment.closing)
        if decided:
            at += resting.grace(request, moment.loaded.package, moment.portal.settings)
        jobrows.add_job(
            key=f"{moment.case.number}:{request.task_id}",
            case=moment.case.id,
            task_id=request.task_id,
            element=request.element,
            operator=request.operator,
            params=request.params,
            data=request.data,
            state=state,
            run_at=at,
            created_at=moment.now,
        )


def unpark(moment: Moment) -> None:
    """Let go on what waits for an element that has been completed meanwhile."""
    if not moment.step.running_jobs:
        return
    still_open = {row.element for row in moment.rows}
    for job in jobrows.parked(moment.case.id):
        element = str(job.params.get("element", ""))
        if element not in still_open and cases.completed_count(moment.case.id, element):
            jobrows.unpark(job.id)


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
