"""Timers: each case in a net of its own, so that one that cannot go on holds up no other.

What is due fires, but for what has to wait for somebody's turn (`turns`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from app.engine import TimersDue, TooLate
from app.errors import StepFailed, Temporary, defect
from app.services.base.portal import Portal
from app.services.process import steps, turns
from app.services.trouble import incidents
from app.store import cases, database, timerrows, work
from app.store.models import Case

log = logging.getLogger("nintei.waking")

AGAIN = timedelta(hours=1)  # a timer that fails is tried again after this
SOON = timedelta(minutes=1)  # what passes by itself


Renew = Callable[[Portal, Case, Collection[str], datetime], None]


def wake(portal: Portal, renew: Renew | None = None) -> int:
    """Fire the timers that are due; gives how many cases were woken. `renew`: puts a locked case upon the release in
    force, where these elements, which are about to fire, ask for it."""
    now = portal.now()
    with database.connection():
        due = timerrows.cases_with_timers_due(now)
    for case_id in due:
        try:
            with database.transaction():
                _fire(portal, cases.lock(case_id), now, renew)
        except StepFailed as error:
            incidents.note(portal, error)
            _put_off(portal, case_id, AGAIN)
        except TooLate:  # the case has ended: nothing of it is due
            _forget(case_id)
        except Exception as error:
            if isinstance(error, Temporary) or database.passes(error):
                log.warning("the timers of case %s wait: %s", case_id, error)
                _put_off(portal, case_id, SOON)
            else:
                incidents.note(portal, StepFailed(defect(error), case_id, kind="timer"))
                _put_off(portal, case_id, AGAIN)
    if due:
        portal.poke()
    return len(due)


def _fire(portal: Portal, case: Case, now: datetime, renew: Renew | None) -> None:
    due = [row for row in timerrows.timers(case.id) if row.due_at <= now]
    if renew is not None and not case.ended:
        was = case.release_id
        renew(portal, case, {row.element for row in due}, now)
        if case.release_id != was:
            due = [row for row in timerrows.timers(case.id) if row.due_at <= now]
    package = portal.releases.loaded(case.release_id).package
    asked = tuple(row.element for row in work.open_tasks(case.id))
    stand = turns.Stand(asked, case.turn_since)
    held = turns.held(package, [(row.task_id, row.element) for row in due], stand, now, portal.closing())
    if len(held) < len(due) or not due:
        steps.advance(portal, case, TimersDue(frozenset(held)), now)
    for task_id, until in held.items():
        timerrows.put_off_timer(case.id, task_id, until)


def _put_off(portal: Portal, case_id: int, pause: timedelta) -> None:
    now = portal.now()
    with database.transaction():
        timerrows.put_off_timers(case_id, now, now + pause)


def _forget(case_id: int) -> None:
    with database.transaction():
        timerrows.replace_timers(case_id, [])
