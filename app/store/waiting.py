"""How many things wait for the staff: what the menu of each of their pages counts, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from peewee import SQL, Select, fn

from app.states import InboundState, IncidentKind, JobState, RequestState
from app.store import companies, deliveries, inbound, incidents, jobrows
from app.store.composed import Composed
from app.store.models import Claim, Correction, InboundMail, Incident, Job, Outage


class Waiting(NamedTuple):
    """How many there are."""

    claims: int  # of corporate numbers, for the body to decide
    mails: int  # that came in, to be looked at
    incidents: int  # open, of servers that are away apart
    jobs: int  # that failed for good, but for mails that are among the undelivered and for which no case waits
    undelivered: int  # mails that did not arrive, and nobody has seen to it
    outages: int  # servers that are away
    corrections: int  # of company data, for the body to accept


def _all() -> Any:
    number = fn.COUNT(SQL("*"))
    parts = (
        Claim.select(number).where(companies.on_body()),
        InboundMail.select(number).where(inbound.in_state(InboundState.WAITING, InboundState.UNKNOWN)),
        Incident.select(number).where(incidents.OPEN & (Incident.kind != IncidentKind.OUTAGE)),
        Job.select(number).where((Job.state == JobState.INCIDENT) & ~deliveries.halts_nothing()),
        deliveries.how_many(),
        Outage.select(number),
        Correction.select(number).where(Correction.state == RequestState.ASKED),
    )
    return Select(columns=list(parts))


def _of_cases(cases: Any) -> Any:
    return incidents.of_cases(cases).union_all(jobrows.of_cases(cases))


_among = Composed[Incident](_of_cases)


def hindered(cases: Sequence[int]) -> frozenset[int]:
    """Those of the cases that cannot go on: because of an open incident, or of a job that failed for good."""
    return frozenset(int(row[0]) for row in _among.run(list(cases)).fetchall()) if cases else frozenset()


_counted = Composed[Claim](_all)


def counts() -> Waiting:
    """All of it now."""
    return Waiting(*(int(each) for each in _counted.run().fetchone()))
