"""A mail that came in, read from its bytes (RFC 5322, RFC 2045): who, answering what, which text, which files.

Anybody may write to us: nothing that a mail holds makes this raise, run long or recurse deep. What cannot be read is
kept as a mail with a `flaw`, for a person to look at. HTML is turned into plain text; its markup goes nowhere.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import partial

from app.connectors import authresults, bounces, charsets, machines, senders
from app.connectors.authresults import Doubt, Trust
from app.connectors.bounces import Report
from app.connectors.contents import Contents, Flaw, Part, hostile
from app.connectors.senders import value
from app.states import Writer

NOBODY = Trust(strict=True)
_IDS = re.compile(r"<[^<>\s]{1,250}>")


@dataclass(frozen=True, slots=True)
class Incoming:
    """`answers`: Message-IDs of the mails it replies to, nearest first. `sender` in small letters; empty when the mail
    names none or several. `via`: the group that carried it, where it put its own address in the writer's place.
    `written_at` is what the writer's clock says. `doubt`: why the sender is not who the mail says."""

    message_id: str
    answers: tuple[str, ...]
    sender: str
    sender_name: str
    subject: str
    text: str
    written_at: datetime | None
    parts: tuple[Part, ...]
    kind: Writer = Writer.PERSON
    report: Report | None = None
    doubt: Doubt | None = None
    via: str = ""
    flaw: Flaw = Flaw.NONE


def read(raw: bytes, *, whole: bool = True, trust: Trust = NOBODY) -> Incoming:
    """The mail. `whole` is false for the head of one that is too large to be taken; `trust`: whose word on
    the sender counts."""
    digest = hashlib.sha256(raw).hexdigest()
    if hostile(raw):
        return _bare(digest)
    try:
        message = message_from_bytes(raw)
        return _read(message, digest, whole, trust)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError, OverflowError):
        return _bare(digest)  # the parser of the library meets a mail it was not made for


def _read(message: Message, digest: str, whole: bool, trust: Trust) -> Incoming:
    found = Contents(Flaw.NONE if whole else Flaw.TOO_LARGE)
    if whole:
        found.gather(message)
    writer, subject = senders.of(message), charsets.header(value(message, "Subject"))[:300]
    text = found.words()
    report = bounces.read(message, text, writer.address, subject)
    header = partial(_header, message)
    files = any(not each.inline for each in found.parts)
    return Incoming(
        message_id=_message_id(message, digest),
        answers=_answers(message),
        sender=writer.address,
        sender_name=writer.name,
        subject=subject,
        text=text,
        written_at=_date(message),
        parts=tuple(each for each in found.parts if not (report and each.inside)),  # of our own mail, come back
        kind=Writer.REPORT if report else machines.kind(header, subject, message.get_content_type(), files=files),
        report=report,
        doubt=authresults.doubt(message, writer.author, trust),
        via=writer.via,
        flaw=found.flaw,
    )


def _bare(digest: str) -> Incoming:
    return Incoming(f"sha256:{digest}", (), "", "", "", "", None, (), flaw=Flaw.UNREADABLE)


def _header(message: Message, name: str) -> str:
    return charsets.header(value(message, name))


def _message_id(message: Message, digest: str) -> str:
    """Its Message-ID; a mail without a usable one is known by its bytes."""
    found = _IDS.search(value(message, "Message-ID"))
    if found is None or len(found[0]) > 200 or not found[0].isprintable():
        return f"sha256:{digest}"
    return charsets.tidy(found[0])


def _answers(message: Message) -> tuple[str, ...]:
    ids = _IDS.findall(value(message, "In-Reply-To"))[:5]
    ids += reversed(_IDS.findall(value(message, "References")))
    return tuple(dict.fromkeys(charsets.tidy(each) for each in ids))[:30]


def _date(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(value(message, "Date"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
