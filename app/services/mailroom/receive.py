"""Mails that come in (メールにて返信): kept once, matched with the case that they answer, then looked at by a person.
What machines send is kept as well, apart.

A mail's sender is what the mail says, which anybody may write: so nothing of a mail counts, and no draft is touched,
before a person of the vendor or the body took it in (`inbound_answers`). Nothing is ever sent in answer to one, so that
two machines cannot write to each other for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from app.connectors import incoming
from app.connectors.authresults import WITHOUT_NAME, Trust
from app.connectors.inbox import Inbox
from app.errors import NinteiError, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.mailroom.match import note
from app.services.mails import deliveries
from app.states import Side, Writer
from app.store import cases, database, inbound, outages
from app.store.models import Case
from app.text.normal import normal
from config.settings import Settings

MAILBOX = "mailbox"
_NUMBER = re.compile(r"\d{4}-\d{4,8}")


def largest(portal: Portal) -> int:
    """Bytes of the largest mail that is taken whole: the largest upload as a mail encodes it (RFC 2045 section 6.8)."""
    return (portal.settings.upload_max_mb << 20) * 3 // 2


def receive(portal: Portal, raw: bytes, whole: bool = True) -> str:
    """Keep a mail that came in, whoever wrote it. Gives waiting or unknown (of a person); absence, report or machine
    (kept apart); or known: it was there."""
    mail = incoming.read(raw, whole=whole, trust=trusted(portal.settings))
    kind = mail.kind
    if kind is Writer.PERSON and mail.sender and mail.sender == _own(portal.settings):
        kind = Writer.MACHINE  # our own mail that came back
    with database.connection():
        if inbound.known(mail.message_id) is not None:
            return "known"
    kept = [
        {
            "filename": each.filename,
            "size": len(each.content),
            "inline": each.inline,
            "digest": portal.blobs.put(each.content),
            **({"inside": each.inside} if each.inside else {}),
            **({"locked": True} if each.locked else {}),
        }
        for each in mail.parts
    ]
    digest, now = portal.blobs.put(raw), portal.now()
    with database.transaction():
        case, element, answered = _answered(mail)
        user = inbound.person(case.id, mail.sender) if case is not None and mail.sender else None
        theirs = case is not None and bool(mail.sender) and (user is not None or mail.sender == case.email.lower())
        state = "apart" if kind else "waiting" if theirs and mail.doubt is None else "unknown"
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
            kind=kind,
            via=mail.via,
            doubt={"by": mail.doubt.by, "said": list(mail.doubt.said)} if mail.doubt else {},
            answered_id=answered,
            state=state,
            received_at=now,
            written_at=mail.written_at,
        )
        if not added:
            return "known"
        if case is not None and state == "waiting":
            note(
                portal,
                case,
                mail.subject,
                "arrived",
                Actor(None, mail.sender_name or mail.sender, Side.VENDOR),
                element,
            )
        row = inbound.known(mail.message_id) if mail.report and mail.doubt is None else None
        if row is not None and mail.report is not None:
            deliveries.take_report(portal, row, mail.report)
    return kind.value or state


def trusted(settings: Settings) -> Trust:
    """Whose word on senders counts: the servers that are named; else those of our own domain and of the mailbox."""
    if settings.inbound_servers:
        return Trust(names=frozenset(settings.inbound_servers), strict=True)
    mailbox = (urlsplit(settings.imap_url).hostname or "").lower() if settings.imap_url else ""
    above = mailbox.partition(".")[2]
    domains = {_own(settings).rpartition("@")[2], mailbox, above if "." in above else ""}
    return Trust(names=frozenset(_HOSTED.get(mailbox, ())), domains=frozenset(domains - {""}))


# Servers of others that hold the mailboxes of many: what they call themselves in their results.
_HOSTED = {"imap.gmail.com": ("mx.google.com",), "outlook.office365.com": (WITHOUT_NAME,)}


def _own(settings: Settings) -> str:
    return parseaddr(settings.mail_from)[1].lower()


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


def _answered(mail: incoming.Incoming) -> tuple[Case | None, str, int | None]:
    """(case, element that sent the mail which is answered, that mail's row id): by the mail it replies to, else
    by the subject's number."""
    ours = inbound.mail_answered(mail.answers)
    if ours is not None:
        return cases.by_id(ours.case_id), inbound.element_of(ours), ours.id
    numbers = list(dict.fromkeys(_NUMBER.findall(normal("NFKC", mail.subject))))[:10]
    return inbound.case_among(numbers), "", None
