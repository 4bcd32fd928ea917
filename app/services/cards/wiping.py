"""Card jobs that are not done yet, and the wiping of what came back."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import NotFound, Refused
from app.services.base import jobqueue, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cards.ledger import WIPEABLE
from app.states import JobState, Phase
from app.store import cards, cases, database, jobrows
from app.store.models import CardEvent, Job


@dataclass(frozen=True, slots=True)
class CardJob:
    """A card job that needs a person, or waits for the card."""

    job_id: int
    serial: str
    run: str
    state: JobState  # queued | running | incident
    error: str
    case_number: str


def open_jobs(serial: str = "") -> list[CardJob]:
    jobs = jobrows.jobs_like("card", (JobState.QUEUED, JobState.RUNNING, JobState.INCIDENT))
    return [_card_job(job) for job in jobs if not serial or job.params.get("serial") == serial]


def _card_job(job: Job) -> CardJob:
    return CardJob(
        job.id,
        str(job.params.get("serial") or ""),
        str(job.params.get("run") or ""),
        job.state,
        job.error,
        job.case.number if job.case else "",
    )


def wipe(portal: Portal, serial: str, actor: Actor) -> None:
    """Queue the check and wiping of a card that came back: intended in the ledger first, done by the desk's reader."""
    now = portal.now()
    with database.transaction():
        permit.may_work(portal, actor, "cards", "returns_cards")
        row = cards.by_serial(serial, lock=True)
        if row is None:
            raise NotFound("The ledger has no card %(serial)s", serial=serial)
        if row.state not in WIPEABLE:
            raise Refused("Only a returned card can be wiped")
        if any(each.run == "wipe" for each in open_jobs(serial)):
            raise Refused("Card %(serial)s is being wiped already", serial=serial)
        case = cases.by_id(row.case_id) if row.case_id else None
        if case is None:
            raise Refused("Card %(serial)s belongs to no case; wipe it with the command line", serial=serial)
        attempt = len(cards.events(row.id))
        CardEvent.create(card=row, at=now, act="wipe", phase=Phase.INTENDED, by_name=actor.name)
        jobqueue.queue(
            case, "card", {"run": "wipe", "serial": serial}, jobqueue.Entered("", row.origin, {}),
            f"card:{serial}:wipe:{attempt}", now,
        )  # fmt: skip
    portal.poke()
