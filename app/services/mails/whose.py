"""Whose mail a mail is, and the mails of a case as a reader may see them.

One rule (`may_read`), which every list asks: the mails' own tab, the timeline and the notices made of it, the ZIP, the
diagram and its data, the case file. Staff read everything; the vendor's people what was written to the vendor; what was
written to one person (an invitation, a question about their company) is theirs alone, whoever else is on the case.
`tests/architecture/test_whose_mail.py` sees to it that no other module reads mails or the timeline for a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import NotFound
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.states import DeliveryState, JobState, MailState, SettledAs, Side, WrittenTo
from app.store import cases, database, deliveries, entrylinks, jobrows, records
from app.store.models import Case, Delivery, Job, Mail


@dataclass(frozen=True, slots=True)
class MailView:
    """A mail as it was written, and what became of it. `job` is the job to try again when it is an incident."""

    id: int
    mail_id: str
    message_id: str
    number: str
    label: str
    subject: str
    sender: str
    recipient: str
    text: str
    html: str
    attachments: Sequence[Mapping[str, Any]]  # {filename, mime, size, digest}
    state: str  # queued | sent | incident | late | undelivered | delayed | again
    written_at: datetime
    sent_at: datetime | None
    error: str
    job: int | None
    deliveries: tuple[Any, ...] = ()  # rows of what other servers said became of it
    again_of: int | None = None  # the mail that did not arrive, which this one is again


@dataclass(frozen=True, slots=True)
class Keyed:
    """A mail with the key of the job that wrote it."""

    job_key: str
    mail: MailView


def may_read(to: WrittenTo, recipient: str, actor: Actor) -> bool:
    """Whether a mail is the actor's to know of, its subject and its recipient too. `to`: see `reader`."""
    if actor.side == Side.OPERATOR or to == WrittenTo.VENDOR:
        return True
    return to == WrittenTo.PERSON and bool(actor.email) and recipient.strip().lower() == actor.email.lower()


def of_case(case: Case, loaded: Loaded, actor: Actor) -> list[MailView]:
    """The mails that the actor may read, newest first."""
    return [each.mail for each in with_keys(case, loaded, actor)]


def listed(case: Case, loaded: Loaded, actor: Actor, ids: Sequence[int]) -> list[MailView]:
    """Those of the mails that the actor may read, newest first, for a list: their texts are left out. A list of a few
    costs as much after ten years as after one."""
    rows = records.mails_without_bodies(ids)
    jobs = {job.key: job for job in jobrows.by_keys(case.id, [row.job_key for row in rows])}
    told = deliveries.of_mails(row.id for row in rows)
    found = []
    for row in rows:
        job = jobs.get(row.job_key)
        if may_read(reader(job.params if job is not None else None, loaded, row.mail_id), row.recipient, actor):
            found.append(_view(row, job, (), told.get(row.id, ())))
    return found


def with_keys(case: Case, loaded: Loaded, actor: Actor) -> list[Keyed]:
    """The same, each with its job's key."""
    jobs = {job.key: job for job in jobrows.jobs_of(case.id)}
    hidden = _links(case, actor)
    found = []
    rows = records.mails(case.id)
    told = deliveries.of_mails(row.id for row in rows)
    for row in rows:
        job = jobs.get(row.job_key)
        to = reader(job.params if job is not None else None, loaded, row.mail_id)
        if may_read(to, row.recipient, actor):
            found.append(Keyed(row.job_key, _view(row, job, hidden, told.get(row.id, ()))))
    return found


def readable(case: Case, loaded: Loaded, actor: Actor) -> list[int]:
    """Row ids of the mails that the actor may read, newest first."""
    if actor.side == Side.OPERATOR:
        return records.mail_ids(case.id)
    return [
        row.id
        for row, params in records.addressed(case.id)
        if may_read(reader(params, loaded, row.mail_id), row.recipient, actor)
    ]


def reader(params: Mapping[str, Any] | None, loaded: Loaded, mail_id: str) -> WrittenTo:
    """Whom a mail was written to. `params`: of its job; a mail whose job is gone is its recipient's alone, for nobody
    can tell any more."""
    if params is None or params.get("to"):
        return WrittenTo.PERSON
    source = loaded.package.mails.get(mail_id)
    to = str(params.get("to_side") or (source.to if source else ""))
    return WrittenTo.VENDOR if to == Side.VENDOR.value else WrittenTo.OPERATOR


def one(portal: Portal, number: str, mail_row: int, actor: Actor) -> MailView:
    """A mail of the case; NotFound for what is not the actor's to read."""
    with database.connection():
        case = permit.visible_case(cases.get(number), actor)
        loaded = portal.releases.loaded(case.release_id)
        found = next((each for each in of_case(case, loaded, actor) if each.id == mail_row), None)
    if found is None:
        raise NotFound("There is no such mail")
    return found


def _links(case: Case, actor: Actor) -> list[str]:
    """What only the addressee may follow: the link that opens an account, while it is unused."""
    link = entrylinks.current_link(case.id)
    return [link.token] if link is not None and link.email != actor.email else []


_SAID_OF_JOBS = {JobState.INCIDENT, JobState.LATE, JobState.CANCELLED}  # in the place of what is said of the mail


def _view(row: Mail, job: Job | None, hidden: Sequence[str], told: Sequence[Delivery]) -> MailView:
    text, html = row.text or "", row.html or ""  # none were read for a list
    for secret in hidden:
        text, html = text.replace(secret, "…"), html.replace(secret, "…")
    state = "sent" if row.state == MailState.SENT else "queued"
    if state != "sent" and job is not None and job.state in _SAID_OF_JOBS:
        state = job.state.value
    if state == "sent" or any(each.state == DeliveryState.FAILED and each.settled_at is None for each in told):
        state = _arrival(told)
    failed = job if state == "incident" else None
    return MailView(
        id=row.id,
        mail_id=row.mail_id,
        message_id=row.message_id,
        number=row.number,
        label=row.label,
        subject=row.subject,
        sender=row.sender,
        recipient=row.recipient,
        text=text,
        html=html,
        attachments=row.attachments,
        state=state,
        written_at=row.written_at,
        sent_at=row.sent_at,
        error=str(failed.error) if failed is not None else row.error,
        job=failed.id if failed is not None else None,
        deliveries=tuple(told),
        again_of=row.again_of,
    )


def _arrival(told: Sequence[Delivery]) -> str:
    """undelivered while somebody whom it did not reach is not seen to; delayed; again when it was sent once more."""
    open_ones = {row.state for row in told if row.settled_at is None}
    if DeliveryState.FAILED in open_ones:
        return "undelivered"
    if DeliveryState.DELAYED in open_ones:
        return "delayed"
    return "again" if any(row.settled_as == SettledAs.AGAIN for row in told) else "sent"
