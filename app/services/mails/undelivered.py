"""Mails that did not arrive and need a person, as pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.mails import whose
from app.states import DeliveryState, JobState, MailState, Right, SettledAs, WrittenTo
from app.store import cases, database, waiting
from app.store import deliveries as stored
from app.store.models import Case, Delivery, Mail

PAGE = 50


@dataclass(frozen=True, slots=True)
class Missed:
    """A recipient whom a mail did not reach, or not yet. `status` as 5.1.1; `text`: the other server's words."""

    address: str
    state: DeliveryState  # failed | delayed | delivered
    status: str
    text: str
    at: datetime
    settled: SettledAs = SettledAs.NOT_YET  # again | arrived | moot: a person has seen to it


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A mail that did not reach somebody, and that nobody has seen to. `nobody`: it reached no one at all."""

    mail: int
    case_number: str
    company_name: str
    subject: str
    label: str
    sent_at: datetime | None
    missed: tuple[Missed, ...]
    nobody: bool
    to: WrittenTo
    job: int | None = None  # its job, when the mail server took the mail for nobody and the case waits for it

    @property
    def at(self) -> datetime:
        """When it was told last."""
        return max(each.at for each in self.missed)


def of_case(case: Case, loaded: Loaded) -> list[Undelivered]:
    """The case's mails that did not reach somebody, for the staff. Inside a connection."""
    return views(stored.failed(case.id), {case.id: (case, loaded)})


def of_vendor(portal: Portal, actor: Actor, numbers: Sequence[str]) -> list[Undelivered]:
    """Of these cases, the mails that did not reach somebody of the vendor and that the actor may read, the newest
    first. Inside a connection."""
    rows = stored.failed_of(numbers)
    known = cases.by_ids(sorted({row.case_id for row in rows if row.case_id}))
    found = views(rows, {key: (case, portal.releases.loaded(case.release_id)) for key, case in known.items()})
    recipients = {row.id: row.recipient for row in rows}
    return [each for each in found if whose.may_read(each.to, recipients[each.mail], actor)]


def unsent(case: int | None = None) -> dict[str, tuple[int, str]]:
    """Mails, of one case or all, that the server took for nobody because of their addresses: (row id, subject) by the
    key of their job. Inside a connection."""
    return {row.job_key: (row.id, row.subject) for row in stored.failed(case) if row.state != MailState.SENT}


def listed(portal: Portal, page: int, actor: Actor) -> tuple[list[Undelivered], int]:
    """(one page of all mails that did not arrive, the newest first, the last one for a number behind it; how
    many there are)."""
    actor.require(Right.SEE_MAILROOM)
    with database.connection():
        total = waiting.counts().undelivered
        rows = stored.failed(limit=PAGE, offset=(max(1, min(page, -(-total // PAGE))) - 1) * PAGE)
        known = cases.by_ids([row.case_id for row in rows if row.case_id])
        return views(rows, {key: (case, portal.releases.loaded(case.release_id)) for key, case in known.items()}), total


def count(portal: Portal) -> int:
    """How many mails did not arrive and wait for somebody to see to them."""
    with portal.connection():
        return waiting.counts().undelivered


def told_by(report: int) -> list[tuple[str, str, Missed]]:
    """What a report said: (case, subject of our mail, what became of it at whom). Inside a connection."""
    rows = stored.of_report(report)
    known = cases.by_ids([row.mail.case_id for row in rows if row.mail.case_id])
    numbers = {key: case.number for key, case in known.items()}
    return [(numbers.get(row.mail.case_id or 0, ""), row.mail.subject, missed([row])[0]) for row in rows]


def missed(rows: Sequence[Delivery]) -> tuple[Missed, ...]:
    """What is known of a mail at its recipients."""
    return tuple(Missed(row.recipient, row.state, row.status, row.text, row.at, row.settled_as) for row in rows)


def views(rows: Sequence[Mail], known: Mapping[int, tuple[Case | None, Loaded | None]]) -> list[Undelivered]:
    told = stored.of_mails(row.id for row in rows)
    found = []
    for row in rows:
        case, loaded = known.get(row.case_id or 0, (None, None))
        open_ones = [
            each for each in told.get(row.id, ()) if each.state == DeliveryState.FAILED and each.settled_at is None
        ]
        if not open_ones:
            continue
        job = stored.job_of(row)
        to = whose.reader(job.params if job is not None else None, loaded, row.mail_id) if loaded else WrittenTo.PERSON
        reached = set(recipients_of(row)) - {each.recipient for each in open_ones}
        found.append(
            Undelivered(
                mail=row.id,
                case_number=case.number if case else "",
                company_name=case.company_name if case else "",
                subject=row.subject,
                label=row.label,
                sent_at=row.sent_at,
                missed=missed(open_ones),
                nobody=not reached,
                to=to,
                job=job.id if job is not None and job.state == JobState.INCIDENT else None,
            )
        )
    return found


def recipients_of(mail: Mail) -> list[str]:
    return [each.strip().lower() for each in mail.recipient.split(",") if each.strip()]
