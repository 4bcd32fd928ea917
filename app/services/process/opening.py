"""The rows of tasks that a step closes and opens, with their titles and last days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from app import states
from app.catalogue import Element
from app.engine import TaskKind
from app.services.base import businessdays, clocks, history, titles
from app.services.base.actors import SYSTEM
from app.services.cards import loans
from app.services.days import lastday
from app.services.mails import deliveries
from app.services.process import order
from app.services.process.moment import Closing, Moment
from app.states import EntryKind, Side, TaskState
from app.store import statements, work
from app.store.models import Task


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
        data={"task": row.id, "answer": done.answer.id if done and done.answer else None, "side": row.side.value},
    )


def _last_day(
    moment: Moment, element: Element, data: Mapping[str, Any] | None, guideline: date | None = None
) -> date | None:
    """The last day of a task of this element that begins now."""
    return lastday.of_task(_place(moment, data or {}), element, moment.today, guideline)


def _place(moment: Moment, data: Mapping[str, Any]) -> lastday.Place:
    """Where a task with these values of its own stands."""
    return lastday.Place(moment.case, moment.loaded, moment.closing, {**(moment.case.data or {}), **data})


def begin_tasks(moment: Moment) -> None:
    """Tasks that waited for others and begin now: their last day counts from today."""
    for row in order.begun(moment.loaded.package, _open(moment), moment.rows):
        row.due_on = _last_day(moment, moment.loaded.element(row.element), row.data)
        statements.save(row)


def reckon_again(moment: Moment, before: Mapping[str, Any]) -> None:
    """Open tasks whose last day hangs on a routing value that this step changed: a suspended certification is cured by
    a later day than the one by which its audit was asked for. Who is given a later day is reminded of it anew."""
    changed = {key: value for key, value in (moment.case.data or {}).items() if value != before.get(key)}
    if not changed:
        return
    for row in moment.rows:
        element = moment.loaded.package.elements.get(row.element)
        if row.due_on is None or element is None or not lastday.moved(element, before, moment.case.data):
            continue
        place = _place(moment, {**(row.data or {}), **changed})
        due = lastday.of_task(place, element, businessdays.today(row.opened_at))
        if due is not None and due < row.due_on:  # never over before anybody could know of it
            due = min(max(due, businessdays.add_business_days(moment.today, 1, moment.closing)), row.due_on)
        if due is None or due == row.due_on:
            continue
        if due > row.due_on:
            work.forget_reminders(row.id)
        row.due_on = due
        statements.save(row)


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
            Task.create(
                id=task.id,
                case=moment.case,
                element=task.element,
                process=task.process,
                title=named[task.id],
                side=element.side,
                grp=element.properties.get("group", ""),
                kind=states.TaskKind.RECEIVE if task.kind is TaskKind.RECEIVE else states.TaskKind.USER,
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
