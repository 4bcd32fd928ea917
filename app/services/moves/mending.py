"""案件を直す: something is done to one case by hand, by who may, for a reason, after what follows from it was shown.

What is done is a step like others: jobs, mails and tasks follow from it as they do from an answer. While nothing has
followed it can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app.catalogue import called
from app.engine import Correct, Event, Redirect, Skip, Snapshot, Stand, Step, TooLate
from app.errors import Forbidden, NotFound, Refused
from app.services.base import finding, history
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.moves import kept, routing, versions
from app.services.moves.routing import Value
from app.services.moves.sorting import HOLDERS
from app.services.process import steps
from app.states import ChangeKind, EntryKind, JobState, MendKind, Right
from app.store import cases, changes, database, jobrows, moves, statements, work
from app.store.models import Case, Mend

LONGEST = 2000  # characters of a reason
EMPTY: Mapping[str, Any] = MappingProxyType({})
NOWHERE = frozenset({"startEvent", "boundaryEvent", "endEvent"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a token stands. `there`: the steps of its process to which it may go, by id; `name` of each. `before`: of a
    place without a name, the next step that has one."""

    task_id: str
    element: str
    title: str
    process: str
    joins: bool
    there: tuple[tuple[str, str], ...]
    holds: bool = False
    before: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done. `task_id`: of the token; `element`: the step to which it goes; `name`, `value`: of
    a routing value."""

    kind: MendKind
    task_id: str = ""
    element: str = ""
    name: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What follows at once. Titles of tasks that close and open, of jobs that are asked for; `stuck`: places at which a
    branch may wait for ever afterwards, and did not before, each (title, the next step where it has none)."""

    closes: tuple[str, ...]
    opens: tuple[str, ...]
    jobs: tuple[str, ...]
    ends: bool
    stuck: tuple[tuple[str, str], ...]
    before: Any = None  # of a routing value
    title: str = ""  # of what it is done to
    next: str = ""  # where that has no name, the next step that has one


@dataclass(frozen=True, slots=True)
class Desk:
    """The page of one case: its tokens, its routing values, and the last thing done, if it can be taken back."""

    number: str
    revision: int
    places: tuple[Place, ...]
    values: tuple[Value, ...]
    last: Mend | None
    undoable: bool


def desk(portal: Portal, number: str, actor: Actor) -> Desk:
    """What can be mended. Raises NotFound, Forbidden, Refused."""
    with database.connection():
        case = _found(number, actor)
        loaded = portal.releases.loaded(case.release_id)
        snapshot = Snapshot(*cases.state(case.id))
        places = [_place(loaded, stand) for stand in portal.engine.stands(loaded.program, snapshot)]
        last = moves.last_mend(case.id)
        undoable = last is not None and last.revision == case.revision
    places.sort(key=lambda each: each.holds)  # what stands within comes first: who mends the whole gives that up
    values = routing.values(loaded.package, case.data)
    return Desk(number, case.revision, tuple(places), values, last, undoable)


def may(case_id: int, actor: Actor) -> bool:
    """Whether the actor may mend this case: an administrator, or an analyst once a move of it has been approved."""
    return actor.has(Right.ALONE) or (actor.has(Right.MEND_CASES) and moves.planned(case_id))


def offered(number: str, actor: Actor) -> bool:
    """Whether the actor may mend the case of this number now."""
    if not actor.has(Right.MEND_CASES):
        return False
    with database.connection():
        case = cases.get(number)
        return case is not None and not case.ended and may(case.id, actor)


def forecast(portal: Portal, number: str, wish: Wish, actor: Actor) -> Forecast:
    """What would follow; nothing is changed. Raises NotFound, Forbidden, Refused, StepFailed, ScriptError."""
    with database.connection():
        case = _found(number, actor)
        loaded, now = portal.releases.loaded(case.release_id), portal.now()
        snapshot = Snapshot(*cases.state(case.id))
        rows = work.open_tasks(case.id)
        try:
            step = portal.engine.apart(0).advance(loaded.program, snapshot, _event(loaded, wish), now)
        except TooLate:
            raise Refused("The case does not stand there any more") from None
    held = {task.id for task in step.open_tasks}
    known = {row.id for row in rows}
    version = versions.version(loaded)
    stuck = portal.engine.stuck(version, step.snapshot) - portal.engine.stuck(version, snapshot)
    stand = {each.task_id: each.element for each in portal.engine.stands(loaded.program, snapshot)}
    place = wish.element or stand.get(wish.task_id, "")
    return Forecast(
        closes=tuple(row.title for row in rows if row.id not in held),
        opens=tuple(_title(loaded, task.element) for task in step.open_tasks if task.id not in known),
        jobs=tuple(_title(loaded, job.element) for job in step.jobs),
        ends=step.ended,
        stuck=tuple(sorted((_title(loaded, each), _before(loaded, each)) for each in stuck)),
        before=case.data.get(wish.name) if wish.kind is MendKind.VALUE else None,
        title=wish.name or _title(loaded, place),
        next="" if wish.name else _before(loaded, place),
    )


def mend(portal: Portal, number: str, wish: Wish, reason: str, revision: int, actor: Actor) -> None:
    """Do it. `revision`: of the case as it was shown. Raises NotFound, Forbidden, Refused, StepFailed."""
    reason = reason.strip()[:LONGEST]
    if not reason:
        raise Refused("Say why: it stays on record")
    now = portal.now()
    with database.transaction():
        case = cases.lock(_found(number, actor).id)
        if case.ended or case.revision != revision:
            raise Refused("The case has gone on since you looked; look at it again")
        _not_at_work(case, wish)
        carry_out(portal, case, wish, reason, now, actor)
    portal.poke()


def carry_out(portal: Portal, case: Case, wish: Wish, reason: str, now: datetime, actor: Actor) -> None:
    """Do it to the locked case, on record, so that it can be taken back. Whether the actor may, the caller has looked.
    Raises Refused, StepFailed."""
    loaded = portal.releases.loaded(case.release_id)
    (blob, token), stood = cases.state(case.id), kept.before(case, kept.MENDED)
    stand = {each.task_id: each for each in portal.engine.stands(loaded.program, Snapshot(blob, token))}
    at, was = stand.get(wish.task_id), case.data.get(wish.name)
    try:
        step = steps.advance(portal, case, _event(loaded, wish), now)
    except TooLate:
        raise Refused("The case does not stand there any more") from None
    element = wish.element or (at.element if at else "")
    words = called.of_value(loaded.package, wish.name) if wish.name else ()
    title = words[0] if len(words) == 1 else wish.name or _before(loaded, element) or _title(loaded, element)
    moves.mend(
        case=case, kind=wish.kind, element=element, detail={"name": wish.name, "value": wish.value, "title": title},
        reason=reason, at=now, by=actor.user_id, by_name=actor.name, before=stood,
        made=kept.made(case, stood, _visits(step)), blob=blob, token=token, revision=case.revision,
    )  # fmt: skip
    package, name = loaded.package, wish.name
    both = {"before": called.said(package, name, was), "after": called.said(package, name, wish.value)}
    change = both if wish.kind is MendKind.VALUE else {}
    _note(case, now, wish.kind.value, title, reason, actor, change)
    changes.add(now, actor.user_id, actor.name, ChangeKind.MEND, case.number, wish.kind.value, "", f"{title} {reason}")
    finding.keep(case, loaded)


def undo(portal: Portal, number: str, actor: Actor) -> None:
    """Take the last back: all is as it was, the engine's state to the byte. Raises Refused, NotFound, Forbidden."""
    now = portal.now()
    with database.transaction():
        case = cases.lock(_found(number, actor).id)
        row = moves.last_mend(case.id)
        if row is None or row.revision != case.revision or row.blob is None:
            raise Refused("The case has gone on since, so this cannot be taken back any more")
        if not kept.put_back(case, row.before, row.made, bytes(row.blob), row.token, now):
            raise Refused("Something has gone out already, so this cannot be taken back any more")
        row.undone_at, row.undone_by = now, actor.name
        statements.save(row)
        _note(case, now, "back", str(row.detail.get("title", "")), row.reason, actor)
        changes.add(now, actor.user_id, actor.name, ChangeKind.MEND, case.number, "back", "", row.reason)
        finding.keep(case, portal.releases.loaded(case.release_id))


def _found(number: str, actor: Actor) -> Case:
    actor.require(Right.MEND_CASES)
    case = cases.get(number)
    if case is None:
        raise NotFound("There is no such case")
    if not may(case.id, actor):
        raise Forbidden("You may mend a case once a move of it has been approved; an administrator may at any time")
    if case.ended:
        raise Refused("The case has ended.")
    return case


def _event(loaded: Loaded, wish: Wish) -> Event:
    if wish.kind is MendKind.VALUE:
        if not wish.name.isidentifier():
            raise Refused("“%(name)s” is no name of a routing value", name=wish.name)
        return Correct({wish.name: wish.value})
    if wish.kind is MendKind.SKIP:
        return Skip(wish.task_id, {})
    element = loaded.package.elements.get(wish.element)
    if element is None or element.kind in NOWHERE or element.by_event:
        raise Refused("Choose the step at which the case is to go on")
    return Redirect(wish.task_id, wish.element)


def _not_at_work(case: Case, wish: Wish) -> None:
    """A worker holds the job at this moment: its result would meet a token that is gone."""
    for job in jobrows.jobs_of(case.id, JobState.RUNNING):
        if not wish.task_id or job.task_id.replace("-", "") == wish.task_id.replace("-", ""):
            raise Refused("A job of this step is being done at this moment; try again when it is over")


def _place(loaded: Loaded, stand: Stand) -> Place:
    elements = loaded.package.elements
    there = [
        (each.id, each.name)
        for each in elements.values()
        if each.name and each.inside == stand.process and each.kind not in NOWHERE and not each.by_event
    ]
    title = _title(loaded, stand.element)
    known = elements.get(stand.element)
    holds = known is not None and known.kind in HOLDERS
    before = _before(loaded, stand.element)
    return Place(stand.task_id, stand.element, title, stand.process, stand.joins, tuple(there), holds, before)


def _title(loaded: Loaded, element: str) -> str:
    place = element.partition(":")[0]
    known = loaded.package.elements.get(place)
    return known.name if known is not None and known.name else place


def _before(loaded: Loaded, element: str) -> str:
    """Of a place without a name: the name of the next step that has one; else ""."""
    elements, flows = loaded.package.elements, loaded.package.flows
    todo = [element.partition(":")[0]]
    if todo[0] not in elements or elements[todo[0]].name:
        return ""
    for here in todo:  # grows
        for flow in flows:
            if flow.source == here and flow.target in elements and flow.target not in todo:
                if elements[flow.target].name:
                    return elements[flow.target].name
                todo.append(flow.target)
    return ""


def _visits(step: Step) -> list[list[Any]]:
    counts: dict[tuple[str, str], list[int]] = {}
    what = ("entered", "completed", "cancelled")
    for entry in step.log:
        counts.setdefault((entry.element, entry.process), [0, 0, 0])[what.index(entry.what)] += 1
    return [[*place, *count] for place, count in counts.items()]


def _note(
    case: Case, now: datetime, what: str, title: str, reason: str, actor: Actor, change: Mapping[str, Any] = EMPTY
) -> None:
    data = {"reason": reason, **change}
    history.note(case.id, now, EntryKind.MENDED, by=actor, title=title, text=what, data=data)
