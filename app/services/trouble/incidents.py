"""What does not work and is nobody's turn: on record while it lasts, shown to staff, told to administrators once.

Of a case: a step that failed in its process (`step`), a timer that cannot fire (`timer`), a process that has come to a
stop (`deadlock`), work of the portal on it that fails (`upkeep`); and jobs that failed for good, which are rows of
their own; and a settled day that went by (`day`), on which somebody decides. Of the portal: a process that cannot be
started (`start`), upkeep, and servers that are away (`outage`).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from app.engine import Step, TooLate
from app.errors import BadPackage, NinteiError, Permanent, Refused, ScriptError, StepFailed, Temporary, defect
from app.services.base import history
from app.services.base.portal import Portal
from app.services.trouble import alarms
from app.services.trouble.causes import plain
from app.states import EntryKind, IncidentKind
from app.store import cases, database, jobrows
from app.store import incidents as rows
from app.store.models import Case

log = logging.getLogger("nintei.incidents")


@contextmanager
def net(
    case: int, element: str = "", title: str = "", *, kind: IncidentKind = IncidentKind.STEP, strict: bool = False
) -> Iterator[None]:
    """What fails in the block through no fault of the person who acts leaves it as StepFailed.

    `strict`: nobody's input is judged in the block, so a refusal, too, is a fault of the process. What passes by itself
    (a busy database, Temporary) stays what it is.
    """
    try:
        yield
    except (Temporary, TooLate):
        raise
    except StepFailed as error:
        error.title = error.title or title
        raise
    except NinteiError as error:
        if strict or isinstance(error, BadPackage | Permanent | ScriptError):
            raise StepFailed(error, case, element, title, kind.value) from error
        raise
    except Exception as error:
        if database.passes(error):
            raise
        raise StepFailed(defect(error), case, element, title, kind.value) from error


@contextmanager
def noted(portal: Portal) -> Iterator[None]:
    """Around a transaction: a StepFailed that leaves it is on record, after all of the step was taken back."""
    try:
        yield
    except StepFailed as error:
        note(portal, error)
        raise


def note(portal: Portal, error: StepFailed) -> None:
    """Put a failed step on record, unless it is: an incident of its case, a line of the log, a word to administrators.
    Outside of any transaction."""
    if error.known:
        return
    now = portal.now()
    with database.transaction():
        number = cases.lock(error.case).number if error.case else ""
        kind = IncidentKind(error.kind)
        new = seen(portal, error.case or None, now, kind, error.reason, element=error.element, title=error.title)
    error.known = True
    tell = log.error if new else log.warning
    where = number or "-"
    tell(
        "incident: %s %s of case %s: %s",
        error.kind,
        error.element,
        where,
        error.reason,
        exc_info=error if new else None,
    )


def seen(
    portal: Portal,
    case: int | None,
    now: datetime,
    kind: IncidentKind,
    error: NinteiError,
    *,
    element: str = "",
    title: str = "",
) -> bool:
    """Put it on record; whether it is new. Inside a transaction that has the case locked."""
    new = rows.seen(case, kind, element, now, title[:300], error.message, plain(error.params))
    if new and case is not None:
        words = {"kind": kind, "message": error.message, "params": plain(error.params)}
        history.note(
            case,
            now,
            EntryKind.INCIDENT,
            title=title or element or kind.value,
            text=str(error)[:2000],
            element=element,
            data=words,
            staff=True,
        )
    if new and kind not in {IncidentKind.OUTAGE, IncidentKind.DAY, IncidentKind.NOBODY, IncidentKind.CARDS}:
        row = cases.by_id(case) if case is not None else None
        alarms.trouble(portal, kind.value, element, title, row.number if row is not None else "", error, now)
    return new


def over(
    case: int | None, now: datetime, *, kinds: Sequence[IncidentKind] = (), element: str | None = None, by: str = ""
) -> None:
    """It works again, or somebody (`by`) ended it. Inside a transaction."""
    rows.over(case, now, kinds, element, by)


def after(
    portal: Portal, case: Case, step: Step, ends: Collection[str], place: tuple[IncidentKind, str, str], now: datetime
) -> None:
    """After a step, in its transaction: what went wrong at its place (kind, element, title) before has gone well now;
    and the case may have come to a stop. `ends`: the messages that end it early, which wait for nobody."""
    kind, element, title = place
    if kind == IncidentKind.START:
        over(None, now, kinds=(IncidentKind.START,), element=element)
    known = {(each.kind, each.element) for each in rows.of_case(case.id)}
    if step.ended:
        if known:
            over(case.id, now)
        return
    if (kind, element) in known:
        over(case.id, now, kinds=(kind,), element=element)
    if _stuck(case, step, ends):
        stop = Refused("The process has come to a stop: nothing is open, nothing is under way, and it has not ended")
        seen(portal, case.id, now, IncidentKind.DEADLOCK, stop, element=element, title=title)
    elif any(each == IncidentKind.DEADLOCK for each, _ in known):
        over(case.id, now, kinds=(IncidentKind.DEADLOCK,))


def _stuck(case: Case, step: Step, ends: Collection[str]) -> bool:
    """Nothing waits for anybody, nothing is under way, no time has to pass, and it has not ended."""
    if step.open_tasks or step.timers or set(step.messages).difference(ends):
        return False
    return not jobrows.under_way(case.id).intersection(step.running_jobs)
