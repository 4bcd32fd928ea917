"""Jobs: leased, done by a connector outside any transaction, and recorded under the lease's fence.

A result counts only if the lease still holds and the token still stands on the service task; else it "came too
late": it is recorded, and nothing is resurrected.

What fails is told apart. A server that is away is no fault of the job, which waits until it answers (`mailserver`).
What passes by itself (a busy database, a full disk) is tried again, however often. What may change (a mailbox that is
busy) is tried again for as long as the operator's patience lasts, by time and not by count. The rest is an incident.
"""

from __future__ import annotations

import logging
import sys
from datetime import datetime, timedelta
from typing import Any

from app.declarations import CONNECTORS, Where
from app.engine import JobDone, JobFailed, TooLate
from app.errors import NinteiError, OutOfReach, Permanent, StepFailed, Temporary, defect
from app.services.base import backoff, history, titles
from app.services.base.leases import LEASE_SECONDS, Leased, leased
from app.services.base.portal import Portal
from app.services.cards import plan
from app.services.process import operations, steps
from app.services.process.outside import Outside
from app.services.trouble import alarms, mailserver
from app.services.trouble.causes import plain
from app.states import EntryKind, JobState
from app.store import cases, database, jobrows, outages
from app.store.models import Case, Job
from config import logs

log = logging.getLogger("nintei.jobs")

LONGEST_PAUSE = 1800.0  # seconds between two tries (RFC 5321 section 4.5.4.1: half an hour suits mails)
# How long a failure that may change is tried again. A person stands at the card desk and waits.
PATIENCE = {"card": timedelta(minutes=4)}
PATIENCE_OF_OTHERS = timedelta(hours=1)
# The pauses between its tries must add up to this part of it: a clock that jumped ahead, or a portal that was switched
# off over a weekend, has tried nothing meanwhile.
OWN = ("gate", "export")  # jobs of the portal itself, which no diagram can ask for
TRIED_FOR = 0.1


def lease(portal: Portal, worker: str, operators: tuple[str, ...] = ()) -> Leased | None:
    """Take the next job; none when nothing is due. While the mail server is away one mail at a time is, to try it."""
    now = portal.now()
    with database.transaction():
        without = ("mail",) if outages.waits(mailserver.NAME, now) else ()
        row = jobrows.lease(worker, now, now + timedelta(seconds=LEASE_SECONDS), operators, without)
        if row is None:
            return None
        trying = now + timedelta(seconds=mailserver.TRYING)
        if row.operator == "mail" and not outages.claim(mailserver.NAME, now, trying):
            # Another worker tries it now.
            row.state, row.attempts, row.lease_until = JobState.QUEUED, row.attempts - 1, None
            row.save()
            return None
        return leased(row)


def worker_operators(portal: Portal) -> tuple[str, ...]:
    """What the worker takes: everything, or everything but cards where desks with an agent make them."""
    if portal.settings.card_reader != plan.AGENT:
        return ()
    return (*(name for name in CONNECTORS if name != "card"), *OWN)


def done(portal: Portal, job: Leased, data: Any = None) -> JobState:
    """It is done: recorded under the fence; gives the job's state afterwards. When what follows in the process fails,
    the work is not done again: see `perform`."""
    try:
        return _record(portal, job, data)
    except StepFailed as error:
        return _failed(portal, job, error.reason, retry=False)


def failed(portal: Portal, job: Leased, error: NinteiError, *, retry: bool) -> JobState:
    """It failed: tried again later, or for good; recorded under the fence."""
    return _failed(portal, job, error, retry=retry, caught=True)


def put_back(portal: Portal, job: Leased, error: NinteiError) -> JobState:
    """Nobody's fault (a card was pulled): it waits for whoever comes next, and the try does not count."""
    now = portal.now()
    with database.transaction():
        _, row = _held(job)
        if row is None:
            return JobState.LATE
        row.state, row.run_at, row.lease_until = JobState.QUEUED, now, None
        row.attempts, row.error = max(0, row.attempts - 1), str(error)[:2000]
        row.save()
    return JobState.QUEUED


def perform(portal: Portal, outside: Outside, job: Leased) -> JobState:
    """Do a leased job and record what came of it; gives the job's state afterwards.

    When the work is done and what follows in the process fails, doing the job again does the step alone: a mail that is
    sent, a document that is made, a card that is proven is not done twice.
    """
    stepping = False  # the work is done, and what follows in the process is under way
    try:
        connector = CONNECTORS.get(job.operator)
        if connector is None and job.operator not in outside.own:
            raise Permanent("There is no connector %(operator)s", operator=job.operator)
        if connector is not None and connector.where is Where.RECORD:
            stepping = True
            return _record_operation(portal, job)
        data = outside.do(job)
        stepping = True
        return _record(portal, job, data)
    except OutOfReach as error:
        return _wait(job, error)
    except Temporary as error:
        return _failed(portal, job, error, retry=True, ever=stepping, handed=stepping, caught=not stepping)
    except StepFailed as error:
        return _failed(portal, job, error.reason, retry=False, handed=True)
    except NinteiError as error:
        return _failed(portal, job, error, retry=False, handed=stepping, caught=not stepping)
    except Exception as error:
        if database.passes(error):
            passing = Temporary("%(kind)s: %(text)s", **defect(error).params)
            return _failed(portal, job, passing, retry=True, ever=True, handed=True)
        # A defect of ours must become an incident that staff see, not a silent loop.
        return _failed(portal, job, defect(error), retry=False, handed=True)


def _held(job: Leased) -> tuple[Case | None, Job | None]:
    """The job's case and row, locked in this order, if this worker still holds it."""
    case = cases.lock(job.case_id) if job.case_id else None  # a mail of the portal itself has none
    logs.note(case=case.number if case is not None else "")
    row = jobrows.job(job.id, lock=True)
    return case, row if row is not None and row.state == JobState.RUNNING and row.fence == job.fence else None


def _finish(row: Job, state: JobState, now: datetime) -> None:
    row.state, row.finished_at, row.error, row.said = state, now, "", {}


def _record(portal: Portal, job: Leased, data: Any) -> JobState:
    now = portal.now()
    with database.transaction():
        case, row = _held(job)
        if row is None:
            return JobState.LATE
        _finish(row, JobState.DONE, now)
        if row.task_id and case is not None:
            try:
                steps.advance(portal, case, JobDone(row.task_id, data), now, at=row.element)
            except TooLate:
                row.state = JobState.LATE
                history.note(
                    case.id, now, EntryKind.LATE, title=row.element, data={"operator": row.operator}, staff=True
                )
        row.save()
    portal.poke()
    return row.state


def _record_operation(portal: Portal, job: Leased) -> JobState:
    """A RECORD operator: its work and the step that follows are one transaction."""
    now = portal.now()
    with database.transaction():
        case, row = _held(job)
        if row is None or case is None:
            return JobState.LATE
        if row.task_id and row.task_id not in case.running:
            row.state, row.finished_at = JobState.LATE, now
            row.save()
            return JobState.LATE
        loaded = portal.releases.loaded(case.release_id)
        data = operations.OPERATIONS[job.operator](portal, case, loaded, job.params, now)
        case.save()
        _finish(row, JobState.DONE, now)
        row.save()
        if row.task_id:
            steps.advance(portal, case, JobDone(row.task_id, data), now, at=row.element)
    portal.poke()
    return JobState.DONE


def _wait(job: Leased, error: OutOfReach) -> JobState:
    """The server that it needs is away: it waits as if it had not been tried."""
    with database.transaction():
        _, row = _held(job)
        if row is None:
            return JobState.LATE
        row.state, row.lease_until, row.attempts = JobState.QUEUED, None, max(0, row.attempts - 1)
        _say(row, error)
        row.save()
    return JobState.QUEUED


def _failed(
    portal: Portal,
    job: Leased,
    error: NinteiError,
    *,
    retry: bool,
    ever: bool = False,
    handed: bool = False,
    caught: bool = False,
) -> JobState:
    """Tried again while patience lasts (`ever`: it always does), else an incident. `handed`: something of it may have
    left the house, unless the error knows better; of what is no mail nobody can tell. `caught`: it is the work itself
    that failed, and the process is asked whether it catches that."""
    now = portal.now()
    try:
        with database.transaction():
            case, row = _held(job)
            if row is None:
                return JobState.LATE
            since = row.tried_since or now
            again = retry and (ever or _patient(portal, row, now - since))
            row.state, row.tried_since, row.lease_until = JobState.QUEUED if again else JobState.INCIDENT, since, None
            row.handed = row.handed or bool(error.params.get("handed", handed or row.operator != "mail"))
            _say(row, error)
            if again:
                row.run_at = now + timedelta(seconds=backoff.pause(row.attempts, LONGEST_PAUSE))
            elif caught and case is not None and _is_caught(portal, case, row, error, now):
                row.state, row.finished_at = JobState.CANCELLED, now
            else:
                _tell(portal, row, error, now)
            row.save()
    except StepFailed as failed:  # what follows behind the event that catches it: all of that was taken back
        return _failed(portal, job, failed.reason, retry=False, handed=handed)
    if row.state == JobState.INCIDENT:
        defective = "code" not in error.params and sys.exc_info()[1] is not None
        log.error("incident: job %s %s of case %s: %s", job.id, job.operator, job.case_id, error, exc_info=defective)
    elif row.state == JobState.CANCELLED:
        portal.poke()
    return row.state


def _is_caught(portal: Portal, case: Case, row: Job, error: NinteiError, now: datetime) -> bool:
    """Whether an error event in the case's process catches this failure; then the case has gone on from there. Its code
    is the operator. Raises StepFailed when what follows fails."""
    if row.task_id not in case.running or not portal.releases.loaded(case.release_id).program.catches_errors:
        return False
    try:
        steps.advance(portal, case, JobFailed(row.task_id, row.operator, row.error), now, at=row.element)
    except TooLate:  # Uncaught is one, too
        return False
    words = {"kind": "job", "caught": True, **row.said}
    history.note(
        case.id,
        now,
        EntryKind.INCIDENT,
        title=row.element or row.operator,
        text=str(error)[:2000],
        element=row.element,
        data=words,
        staff=True,
    )
    return True


def _say(row: Job, error: NinteiError) -> None:
    row.error, row.said = str(error)[:2000], {"message": error.message, "params": plain(error.params)}


def _tell(portal: Portal, row: Job, error: NinteiError, now: datetime) -> None:
    """A line in the case's history, for staff; a word to administrators, unless it is what a mail server said."""
    case = cases.by_id(row.case_id) if row.case_id else None
    title = titles.title_of(portal, case, row.element) or row.operator
    number = case.number if case is not None else ""
    alarms.trouble(portal, "job", row.element, title, number, error, now, row.operator)
    if case is None:
        return
    history.note(
        case.id,
        now,
        EntryKind.INCIDENT,
        title=row.element or row.operator,
        text=row.error,
        element=row.element,
        data={"kind": "job", **row.said},
        staff=True,
    )


def _patient(portal: Portal, row: Job, since: timedelta) -> bool:
    """Whether it is tried again after it failed for so long."""
    most = patience(portal, row.operator)
    return since < most or backoff.waited(row.attempts, LONGEST_PAUSE) < most.total_seconds() * TRIED_FOR


def patience(portal: Portal, operator: str) -> timedelta:
    """How long a job of this operator is tried again."""
    if operator in ("mail", "webhook"):
        return timedelta(days=portal.settings.mail_retry_days)
    return PATIENCE.get(operator, PATIENCE_OF_OTHERS)


def next_due() -> datetime | None:
    """When the next job or timer is due."""
    with database.connection():
        return jobrows.next_due()
