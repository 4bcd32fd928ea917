"""A case whose state was put upon another release, with nothing happening: its rows are brought up to that release."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from app.catalogue import Element, Package
from app.engine import Step
from app.services.base import businessdays, finding
from app.services.base.portal import Portal
from app.services.base.releases import Loaded, due_days
from app.services.days import lastday
from app.services.process import opening, queueing, steps
from app.services.process.moment import Moment
from app.store import cases, clockrows, moves, statements, undo, work
from app.store.models import Case, Task


def put(
    portal: Portal, case: Case, old: Loaded, new: Loaded, step: Step, now: datetime,
    rename: Callable[[str, str], str] = lambda _process, element: element,
) -> None:  # fmt: skip
    """Store the state of a step in which nothing happened, with all that the portal keeps of where the case stands.

    Inside a transaction that has the case locked. `rename`: the element at which a task of (process, element) goes on.
    Titles, sides, groups, due days, whose turn it is, the stage, clocks and timers become what the new release says;
    what was typed is kept, and looked through once more where its form is another.
    """
    moment = Moment(
        portal=portal,
        case=case,
        loaded=new,
        step=step,
        now=now,
        today=businessdays.today(now),
        closing=portal.closing(),
        closed={},
        rows=work.open_tasks(case.id),
        before=frozenset(case.running or ()),
    )
    cases.save_state(case.id, step.snapshot.blob, step.snapshot.token)
    undo.forget(case.id)
    case.release_id = new.release_id
    case.data, case.messages, case.running = step.data, list(step.messages), list(step.running_jobs)
    case.revision += 1
    case.changed_at = now
    held = {task.id for task in step.open_tasks}
    for row in moment.rows:
        if row.id in held:
            _redraw(row, old, new, rename(row.process, row.element), moment)
    _uncheck(moment.rows, old, new)
    _clocks(case, new, moment.today)
    opening.close_tasks(moment)
    steps.settle_turn(moment)
    opening.open_tasks(moment)
    queueing.cancel_jobs(moment)
    steps.timers(moment)
    statements.save(case)
    queueing.unpark(moment)
    if _other_forms(old.package, new.package):
        finding.keep(case, new)


def _redraw(row: Task, old: Loaded, new: Loaded, element: str, moment: Moment) -> None:
    before, after = old.package.elements.get(row.element), new.element(element)
    was = (before.title if before else "") or row.element
    if row.title.startswith(was):
        row.title = (after.title or element) + row.title.removeprefix(was)
    if before is None or _last_day(old, before) != _last_day(new, after):
        data = {**(moment.case.data or {}), **(row.data or {})}
        place = lastday.Place(moment.case, new, moment.closing, data)
        row.due_on = lastday.of_task(place, after, businessdays.today(row.opened_at)) or row.due_on
    values: dict[str, Any] = {
        "element": element,
        "side": after.side,
        "grp": after.properties.get("group", ""),
        "presentation": after.properties.get("presentation", ""),
    }
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    statements.save(row)


def _last_day(loaded: Loaded, element: Element) -> tuple[object, ...]:
    """What the release says of the element's last day."""
    said = (element.properties.get(name, "") for name in lastday.PROPERTIES)
    return (due_days(loaded.package, element), *said)


@lru_cache(maxsize=64)
def _other_forms(old: Package, new: Package) -> bool:
    """Whether what answers say, and so what a case is found by, may be another: asked for each of many cases."""
    return bool(old.forms != new.forms)


def _uncheck(rows: list[Task], old: Loaded, new: Loaded) -> None:
    """Of each open task whose form is another now."""
    forms = old.package.forms, new.package.forms
    moves.uncheck([row.id for row in rows if forms[0].get(row.element) != forms[1].get(row.element)])


def _clocks(case: Case, new: Loaded, today: date) -> None:
    known = {guideline.id: guideline for guideline in new.package.guidelines}
    for clock in clockrows.clocks(case.id):
        guideline = known.get(clock.guideline)
        if clock.ended_on is None and guideline is None:
            moves.clock(clock, ended_on=today, running_since=None)
        elif clock.ended_on is None and guideline is not None:
            moves.clock(clock, title=guideline.title, limit_days=guideline.days, side=guideline.side)
