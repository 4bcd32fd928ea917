"""The demo's outbox: every mail that was written, as its reader got it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import NotFound
from app.services.base.portal import Portal
from app.services.papers.documents import Content
from app.states import MailState
from app.store import database, records
from app.store.models import Mail

MOST = 200


@dataclass(frozen=True, slots=True)
class Attached:
    """What pages know of an attachment."""

    filename: str
    mime: str
    size: int


@dataclass(frozen=True, slots=True)
class MailView:
    """A mail as the outbox shows it."""

    id: int
    mail_id: str
    number: str  # the circled one
    label: str
    message_id: str
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attached, ...]
    state: MailState
    at: datetime
    error: str


def recent(portal: Portal, to: str = "") -> list[MailView]:
    """The last mails, newest first; `to`: only those to addresses that hold this text."""
    wanted = to.strip().lower()
    with portal.connection():
        rows = records.recent_mails(MOST)
        found = [_view(row) for row in rows if wanted in row.recipient.lower()]
    return sorted(found, key=lambda each: each.at, reverse=True)  # the demo's cases are of different pasts


def one(portal: Portal, mail: int) -> MailView:
    """One mail of the outbox; NotFound if there is none."""
    with portal.connection():
        return _view(_row(mail))


def attachment(portal: Portal, mail: int, index: int) -> Content:
    """An attachment's bytes; `index` counts from 0."""
    with database.connection():
        found = _row(mail).attachments
    if not 0 <= index < len(found):
        raise NotFound("There is no such attachment")
    each = found[index]
    return Content(each["filename"], each["mime"], portal.blobs.get(each["digest"]))


def _row(mail: int) -> Mail:
    row = records.mail(mail)
    if row is None:
        raise NotFound("There is no such mail")
    return row


def _view(row: Mail) -> MailView:
    attached = tuple(Attached(each["filename"], each["mime"], each["size"]) for each in row.attachments)
    return MailView(
        id=row.id,
        mail_id=row.mail_id,
        number=row.number,
        label=row.label,
        message_id=row.message_id,
        sender=row.sender,
        recipient=row.recipient,
        subject=row.subject,
        text=row.text,
        html=row.html,
        attachments=attached,
        state=row.state,
        at=row.sent_at or row.written_at,
        error=row.error,
    )
