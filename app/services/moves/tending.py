"""What is done about several troubles at once: exactly those that were ticked, and what came of each is said.

Each is seen to in a transaction of its own: one that is refused keeps no other from being mended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.errors import NinteiError, NotFound, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.titles import title_of
from app.services.cases import lifecycle, resending
from app.services.mails import deliveries
from app.services.moves import mending
from app.services.moves.mending import Wish
from app.services.process import timers
from app.services.trouble import incidents
from app.states import IncidentKind, JobState, MendKind, Right
from app.store import cases, database, jobrows, timerrows
from app.store import deliveries as stored
from app.store import incidents as rows
from app.store.models import Job
from app.text.numbers import whole

MOST: Final = 500  # rows at once
WAYS: Final = ("retry", "mend", "skip")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row. `error`: why it stays as it is."""

    row: str
    case: str
    title: str
    error: NinteiError | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What whoever mends says: why (or who told them), and the right addresses by row."""

    reason: str = ""
    addresses: Mapping[str, str] | None = None


def several(portal: Portal, ticked: Sequence[str], way: str, given: Given, actor: Actor) -> list[Outcome]:
    """Do it with each of the rows (`job:12`, `incident:5`), in their order. Raises Refused where nothing is ticked,
    Forbidden for whoever may not."""
    actor.require(Right.MEND_TROUBLE)
    wanted = list(dict.fromkeys(ticked))
    if way not in WAYS:
        raise NotFound("There is no such choice")
    if not wanted:
        raise Refused("Select the rows first")
    if len(wanted) > MOST:
        raise Refused("Tick at most %(most)s rows at once", most=MOST)
    if way == "skip" and not given.reason.strip():
        raise Refused("Say why: it stays on record")
    found = []
    for row in wanted:
        case, title = _named(portal, row)
        try:
            _one(portal, row, way, given, actor)
        except NinteiError as error:
            found.append(Outcome(row, case, title, error))
        else:
            found.append(Outcome(row, case, title))
    return found


def _one(portal: Portal, row: str, way: str, given: Given, actor: Actor) -> None:
    if way == "retry":
        _retry(portal, row, actor)
    elif way == "mend":
        _mend(portal, row, given, actor)
    else:
        skip(portal, _number(row, "job"), given.reason, actor)


def skip(portal: Portal, job_id: int, reason: str, actor: Actor) -> None:
    """The case goes on without what the portal could not do, where its process says so: on record, with the reason.
    Raises Refused, NotFound, Forbidden, StepFailed; then all is as it was."""
    actor.require(Right.MEND_TROUBLE)
    reason = " ".join(reason.split())[: mending.LONGEST]
    if not reason:
        raise Refused("Say why: it stays on record")
    with incidents.noted(portal), database.transaction():
        found = jobrows.job(job_id)
        if found is None or not found.case_id:
            raise NotFound("There is no such job")
        case = cases.lock(found.case_id)
        job = jobrows.job(job_id, lock=True)
        if job is None or job.state != JobState.INCIDENT or not job.task_id or case.ended:
            raise Refused("This job is not waiting for anybody")
        element = portal.releases.loaded(case.release_id).package.elements.get(job.element)
        if element is None or not element.flag("skippable"):
            raise Refused("The process does not allow this step to be skipped")
        wish = Wish(MendKind.SKIP, task_id=job.task_id, element="")
        mending.carry_out(portal, case, wish, reason, portal.now(), actor)
        deliveries.dropped(portal, case)
    portal.poke()


def _retry(portal: Portal, row: str, actor: Actor) -> None:
    if row.startswith("job:"):
        lifecycle.retry(portal, _number(row, "job"), actor)
        return
    now = portal.now()
    with database.transaction():
        found = rows.one(_number(row, "incident"))
        if found is None:
            raise Refused("This has been seen to meanwhile")
        if found.kind != IncidentKind.TIMER or not found.case_id:
            raise Refused("This cannot be tried again from here; open the case, or read what can be done")
        cases.lock(found.case_id)
        timerrows.wake_timers(found.case_id, now, now + timers.AGAIN)
    portal.poke()


def _mend(portal: Portal, row: str, given: Given, actor: Actor) -> None:
    """The address is mended where it is kept, and the mail goes out to it."""
    job = _job(row)
    with database.connection():
        case = cases.by_id(job.case_id) if job.case_id else None
        mail = next((each for each in stored.failed(case.id) if each.job_key == job.key), None) if case else None
        wrong = [each.recipient for each in stored.open_of(mail.id)] if mail is not None else []
    if case is None or mail is None or not wrong:
        raise Refused("No address is to be mended here")
    new = (given.addresses or {}).get(row, "").strip()
    if not new:
        raise Refused("Enter the right mail address")
    if len(wrong) > 1:
        raise Refused("This mail reached several people in vain; mend their addresses on its own page")
    resending.send(portal, case.number, mail.id, {wrong[0]: new}, given.reason, actor)


def _job(row: str) -> Job:
    with database.connection():
        job = jobrows.job(_number(row, "job"))
    if job is None:
        raise NotFound("There is no such job")
    return job


def _number(row: str, kind: str) -> int:
    """The row id in a row's name; 0, which no row has, for another kind's."""
    named, _, number = row.partition(":")
    return (whole(number) or 0) if named == kind else 0


def _named(portal: Portal, row: str) -> tuple[str, str]:
    """(case number, title) of a row, for what is said of it afterwards."""
    with database.connection():
        job = jobrows.job(_number(row, "job"))
        incident = None if job is not None else rows.one(_number(row, "incident"))
        either = job or incident
        if either is None:
            return "", row
        case = cases.by_id(either.case_id) if either.case_id else None
        title = title_of(portal, case, either.element) or getattr(either, "title", "") or either.element
        return (case.number if case is not None else ""), title
