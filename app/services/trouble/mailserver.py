"""The way out for mails. A server that is away is one trouble of the portal, not one of each mail that waits.

While it lasts, one mail is tried for all of them, with growing pauses; staff read one line; the first word of the
server sets all going that waits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.connectors.letter import Letter
from app.errors import NinteiError, OutOfReach, Refused
from app.services.base import backoff
from app.services.base.portal import Portal
from app.services.trouble import alarms, incidents
from app.states import IncidentKind, JobState
from app.store import database, jobrows, outages
from app.store import waiting as store

log = logging.getLogger("nintei.mail")

NAME = "mail"  # of the outage
LONGEST_PAUSE = 300.0  # seconds between two tries: so long may it take until mails go on after the server is back
TRYING = 120  # seconds for which the one who tries has the server for itself

Send = Callable[..., Mapping[str, Any]]  # a Mailer's `send`


@dataclass(frozen=True, slots=True)
class Away:
    """The mail server takes no mails: since when, when it is tried again, what it said, how many mails wait."""

    since: datetime
    tried_at: datetime
    next_at: datetime | None
    error: NinteiError
    waiting: int


def away(portal: Portal) -> Away | None:
    """What hinders the mails at the moment; none while they go out."""
    with portal.connection():
        row = outages.of(NAME) if store.counts().outages else None  # staff's pages have counted those already
        if row is None:
            return None
        waiting = jobrows.count_jobs("mail", (JobState.QUEUED, JobState.RUNNING))
    return Away(row.since, row.tried_at, row.next_at, Refused(row.message, **row.params), waiting)


def hand(portal: Portal, send: Send, letter: Letter, only: Collection[str] = ()) -> dict[str, Any]:
    """Hand a letter to the server and note whether that one answers; see `Mailer.send` for what comes of it."""
    try:
        refused = send(letter, only) if only else send(letter)
    except OutOfReach as error:
        _away(portal, error)
        raise
    except NinteiError:
        answers(portal)  # it took a look at the letter, so it is there
        raise
    answers(portal)
    return dict(refused or {})


def answers(portal: Portal) -> None:
    """The server said something: whatever waits may go."""
    with database.connection():
        if outages.of(NAME) is None:
            return
    now = portal.now()
    with database.transaction():
        row = outages.end(NAME)
        if row is None:
            return
        incidents.over(None, now, kinds=(IncidentKind.OUTAGE,), element=NAME)
        waiting = jobrows.due_from(now, "mail")
        alarms.over(portal, row.since, now, waiting)
    log.warning("The mail server answers again, after %s; %s mails go out now", now - row.since, waiting)
    portal.poke()


def _away(portal: Portal, error: OutOfReach) -> None:
    now = portal.now()
    facts: dict[str, Any] = {key: error.params[key] for key in ("code", "reply") if key in error.params}
    with database.transaction():
        before = outages.of(NAME)
        pause = backoff.pause((before.tries if before is not None else 0) + 1, LONGEST_PAUSE)
        outages.begin(NAME, now, error.message, facts, now + timedelta(seconds=pause))
        incidents.seen(portal, None, now, IncidentKind.OUTAGE, Refused(error.message, **facts), element=NAME)
    if before is None:
        log.error("The mail server is away; mails wait until it answers: %s", error)
