"""Mails that come in (メールにて返信): kept once, matched with the case that they answer, then looked at by a person.

A mail's sender is what the mail says, which anybody may write: so nothing of a mail counts, and no draft is touched,
before a person of the vendor or the body took it in (`inbound_answers`). Nothing is ever sent in answer to one, so that
two machines cannot write to each other for ever.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from app.connectors import incoming
from app.connectors.inbox import Inbox
from app.errors import NinteiError, Refused
from app.services.actors import Actor
from app.services.inbound_match import note
from app.services.portal import Portal
from app.store import cases, database, inbound, outages
from app.store.models import Case

log = logging.getLogger("nintei.inbound")

MAILBOX = "mailbox"
_NUMBER = re.compile(r"\d{4}-\d{4,8}")


def largest(portal: Portal) -> int:
    """Bytes of the largest mail that is taken whole: the largest upload as a mail encodes it (RFC 2045 section 6.8)."""
    return (portal.settings.upload_max_mb << 20) * 3 // 2


def receive(portal: Portal, raw: bytes, whole: bool = True) -> str:
    """Keep a mail that came in. Gives its state (waiting, unknown); or known: it was there; automatic: not kept."""
    mail = incoming.read(raw, whole=whole)
    own = parseaddr(portal.settings.mail_from)[1].lower()
    if mail.automatic or (mail.sender and mail.sender == own):
        log.info("a mail of a machine was left alone: %s", mail.message_id)
        return "automatic"
    with database.connection():
        if inbound.known(mail.message_id) is not None:
            return "known"
    kept = [
        {
            "filename": each.filename,
            "size": len(each.content),
            "inline": each.inline,
            "digest": portal.blobs.put(each.content),
        }
        for each in mail.parts
    ]
    digest, now = portal.blobs.put(raw), portal.now()
    with database.transaction():
        case, element = _answered(mail)
        user = inbound.person(case.id, mail.sender) if case is not None and mail.sender else None
        trusted = case is not None and bool(mail.sender) and (user is not None or mail.sender == case.email.lower())
        state = "waiting" if trusted else "unknown"
        added = inbound.add(
            message_id=mail.message_id,
            digest=digest,
            case=case.id if case else None,
            element=element,
            sender=mail.sender,
            sender_name=mail.sender_name,
            user=user.id if user else None,
            subject=mail.subject,
            text=mail.text,
            attachments=kept,
            flaw=mail.flaw.value,
            state=state,
            received_at=now,
            written_at=mail.written_at,
        )
        if not added:
            return "known"
        if case is not None and trusted:
            note(portal, case, mail.subject, "arrived", Actor(None, mail.sender_name or mail.sender, "vendor"), element)
    return state


def poll(portal: Portal, inbox: Inbox) -> int:
    """Take in what the mailbox holds; gives how many mails. Raises Temporary, Permanent.

    What hinders it is said on the staff's page until it is over.
    """
    try:
        taken = inbox.collect(lambda raw, whole: receive(portal, raw, whole))
    except NinteiError as error:
        with database.transaction():
            outages.begin(MAILBOX, portal.now(), error.message, error.params)
        raise
    with database.transaction():
        outages.end(MAILBOX)
    return taken


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The mailbox is out of reach: since when, when it was tried last, and what it said."""

    since: datetime
    tried_at: datetime
    error: NinteiError


def unreachable(portal: Portal) -> Unreachable | None:
    """What hinders the mailbox at the moment; none while it is read."""
    with portal.connection():
        row = outages.of(MAILBOX)
    if row is None:
        return None
    return Unreachable(row.since, row.tried_at, Refused(row.message, **row.params))


def _answered(mail: incoming.Incoming) -> tuple[Case | None, str]:
    """(case, element that sent the mail which is answered): by the mail it replies to, else by the subject's number."""
    ours = inbound.mail_answered(mail.answers)
    if ours is not None:
        return cases.by_id(ours.case_id), inbound.element_of(ours)
    numbers = list(dict.fromkeys(_NUMBER.findall(unicodedata.normalize("NFKC", mail.subject))))[:10]
    return inbound.case_among(numbers), ""
