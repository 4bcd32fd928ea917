"""What a desk's agent asks for: it says which card lies on its reader, and is given the one job that this card is for,
with that card's own keys (`hardware.keys.lease`).

The intent is in the ledger before they leave. From then on the chip itself is the lock: whoever has this very card on a
reader may go on with its job, and nobody makes that serial on another chip; so a lease that ran out, a restart or a
second agent can do no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import hardware
from app.errors import Refused
from app.services.agents import line
from app.services.agents.desks import Desk
from app.services.base import leases
from app.services.base.portal import Portal
from app.services.cards import keys as cardkeys
from app.services.cards import ledger
from app.services.cards import plan as plan_
from app.states import JobState
from app.store import cards, cases, database, jobrows
from app.store.models import Card, Job
from hardware.facts import LifeCycle
from hardware.keys.lease import Errand, Lease, card_keys, seal

_ON_ITS_WAY: Final = (LifeCycle.BLANK, LifeCycle.WIPED, LifeCycle.PERSONALISING, LifeCycle.PERSONALISED)


def beat(portal: Portal, desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what the agent sees, and its lease; gives what the desk is waited for."""
    now = portal.now()
    card, doing = body.get("card"), body.get("doing")
    at = line.doing(doing) if isinstance(doing, Mapping) else None
    seen: dict[str, Any] = {
        "instance": line.short(body, "instance"),
        "version": line.short(body, "version"),
        "reader": line.short(body, "reader"),
        "code": line.match(body, "code", line.CODE),
        "unsent": line.number(body, "unsent"),
        "card": line.card_seen(card) if isinstance(card, Mapping) else None,
        "doing": at,
    }
    held = False
    with database.transaction():
        cards.desk_seen(desk.id, now, seen)
        if at is not None:
            job = leases.held(at["job"], at["fence"], desk.holder)
            held = job is not None and leases.extend(portal, job)
        wanted = [_wanted(row, job) for job, row in _jobs(desk) if _free(job, desk, now)]
    return {"desk": desk.name, "held": held, "wanted": wanted[:20]}


def _wanted(row: Card, job: Job) -> dict[str, str]:
    return {"serial": row.serial, "uid": row.uid, "run": str(job.params.get("run") or "personalise")}


def _jobs(desk: Desk) -> list[tuple[Job, Card]]:
    """The card jobs that this desk may do, oldest first."""
    found = []
    for job in jobrows.jobs_like("card", (JobState.QUEUED, JobState.RUNNING)):
        if job.params.get("desk") not in (None, "", desk.name):
            continue
        row = cards.by_serial(str(job.params.get("serial") or ""))
        if row is not None:
            found.append((job, row))
    return found


def _free(job: Job, desk: Desk, now: datetime) -> bool:
    """Whether it waits for a card: nobody holds it, or this desk does, which then has it anew."""
    if job.state == JobState.QUEUED:
        return bool(job.run_at <= now)
    return job.worker == desk.holder or job.lease_until is None or bool(job.lease_until < now)


def lease(portal: Portal, desk: Desk, token: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The job for the card on the agent's reader, with its keys sealed; `{"job": None}` when none waits for it.

    `body`: `uid`, `serial`, `life_cycle`, `versions` of the card as it says itself, `public` of the agent's key pair.
    """
    uid, serial = line.match(body, "uid", line.UID), line.match(body, "serial", line.SERIAL)
    public, life_cycle = line.match(body, "public", line.PUBLIC), line.life_cycle(body)
    versions = [line.number({"v": each}, "v", 255) for each in (body.get("versions") or [])[:4]]
    if life_cycle not in _ON_ITS_WAY:
        return {"job": None}
    now = portal.now()
    with database.transaction():
        found = _fitting(desk, uid, serial, life_cycle, now)
        if found is None:
            return {"job": None}
        waiting, row = found
        cases.lock(waiting.case_id)
        job = jobrows.job(waiting.id, lock=True)
        row = cards.by_serial(row.serial, lock=True) or row
        if (
            job is None
            or job.state not in {JobState.QUEUED, JobState.RUNNING}
            or not _may_take(job, row, uid, desk, now)
        ):
            return {"job": None}
        run = str(job.params.get("run") or "personalise")
        if row.state not in ledger.ACTS.get(run, frozenset()):
            # The card has gone another way meanwhile: nothing is left to be done.
            job.state, job.finished_at = JobState.DONE, now
            job.save()
            return {"job": None}
        errand = _errand(portal, row, run, uid, versions)
        ledger.begin(portal, row.serial, run, uid, desk.name)
        taken = jobrows.take(job.id, desk.holder, now + timedelta(seconds=leases.LEASE_SECONDS))
    sealed = seal(errand, public, token, Lease(desk.name, taken.id, taken.fence, uid))
    return {"job": {"id": taken.id, "fence": taken.fence, "run": run, "serial": row.serial}, "sealed": sealed}


def _fitting(desk: Desk, uid: str, serial: str, life_cycle: LifeCycle, now: datetime) -> tuple[Job, Card] | None:
    """The job that this chip was begun for; else one for its serial; else, for a blank, one that has no chip yet."""
    open_jobs = _jobs(desk)
    begun = [(job, row) for job, row in open_jobs if row.uid == uid]
    named = [(job, row) for job, row in open_jobs if serial and row.serial == serial and not row.uid]
    blank = not serial and life_cycle in (LifeCycle.BLANK, LifeCycle.PERSONALISING)
    fresh = [
        (job, row)
        for job, row in open_jobs
        if blank and not row.uid and job.params.get("run") == "personalise" and _free(job, desk, now)
    ]
    return next(iter([*begun, *named, *fresh]), None)


def _may_take(job: Job, row: Card, uid: str, desk: Desk, now: datetime) -> bool:
    """Who has the very chip goes on with it, whatever the table says of leases: nobody else can be writing it."""
    return row.uid == uid or _free(job, desk, now)


def _errand(portal: Portal, row: Card, run: str, uid: str, versions: list[int]) -> Errand:
    keys, plan = cardkeys.store(portal.settings), None
    if run == "personalise":
        plan = plan_.plan_of(row.serial, cardkeys.version_for_new_cards(portal.settings, keys))
    needed = {hardware.facts.TRANSPORT_VERSION, *versions, *([plan.key_version] if plan else [])}
    try:
        found = card_keys(keys, uid, needed)
    except hardware.CardError as error:
        raise Refused(error.message, **error.params) from error
    act = hardware.Act.PERSONALISE if plan else hardware.Act.RETURN
    return Errand(act, ledger.expected(row.serial), plan, found)
