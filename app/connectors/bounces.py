"""Delivery reports: which mail did not arrive at whom, and why (RFC 3464, RFC 3462 and 6522; RFC 3463 for the codes).

Older servers, and the carriers of mobile phones, write the same in words alone: these are told by who writes and what
they say, and what cannot be told for certain is left out. A report is never answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from app.connectors import charsets

FAILED, DELAYED, DELIVERED = "failed", "delayed", "delivered"
MOST = 100  # recipients of one report
LONGEST_TEXT = 20_000  # characters of a report in words
_ACTIONS = {"failed": FAILED, "delayed": DELAYED, "delivered": DELIVERED, "relayed": DELIVERED, "expanded": DELIVERED}
_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
)
_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)[ -](?=\S)")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_IDS = re.compile(r"<[^<>\s@]{1,160}@[^<>\s@]{1,160}>")
_MACHINES = frozenset(
    {
        "mailer-daemon",
        "mail-daemon",
        "mailerdaemon",
        "mailer_daemon",
        "maildaemon",
        "postmaster",
        "postfix",
        "mail-system",
    }
)
_SAYS_SO = re.compile(
    r"undeliver|returned mail|returned to sender|delivery (?:status|failure|failed|has failed|problem|error|report)"
    r"|delivery (?:notification|incomplete)|delivery to the following|failure notice|mail system error"
    r"|mail delivery (?:failed|system|subsystem)|could ?n[o']t be delivered|(?:not|un)able to (?:be )?deliver"
    r"|could not send message|delayed mail|message .{0,60}delayed|not yet been delivered|delivery delayed"
    r"|qmail-send program|user unknown|unknown user|no such user"
    r"|配信(?:不能|できません|されません|エラー|に失敗|不可|状況|が遅)|送信(?:できません|エラー|に失敗)"
    r"|送達(?:できません|エラー)"
    r"|未配達|届けられません|届きません|届けできません|配達(?:できません|不能)|宛先(?:不明|が見つかり|が存在し)|エラーメール|戻りました|差し戻|遅延",
    re.IGNORECASE,
)
_STILL_TRIED = re.compile(
    r"delay|will (?:be )?(?:keep |continue )?(?:re)?try|will be retried|still being|not yet (?:been )?delivered"
    r"|need not resend|do not need to resend|warning|temporar|遅延|遅れて|再送を|再試行|まだ(?:配信|届|送信)|引き続き"
    r"|配信が遅",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"g[ia]v(?:e|en|ing) up|permanent|failed permanently|no longer|will not be retried|断念|中止しました"
    r"|できませんでした",
    re.IGNORECASE,
)
_COPY = re.compile(
    r"^[ \t]*(?:-{2,}.{0,80}(?:copy|original|returned|message header|unsent|below this line|元の|原文).{0,80}"
    r"|original message headers:?.{0,20}"
    r"|(?:received|return-path|message-id|from|date):\s.*|.{0,30}(?:元のメール|元のメッセージ|送信したメール).{0,20})$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail at one recipient. Addresses in small letters; `original` is whom the sender wrote to, if it
    is said; `status` as 5.1.1, or empty; `text` is the other server's own words."""

    recipient: str
    original: str
    action: str  # failed | delayed | delivered
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report. `message_ids` and `subject` are those of the mail that it is about, where it says so;
    `certain`: it is in the form of the standard, `words` are what it says beside that."""

    outcomes: tuple[Outcome, ...]
    message_ids: tuple[str, ...]
    subject: str
    certain: bool


def read(message: Message, text: str, sender: str, subject: str) -> Report | None:
    """The report that a mail is; none when it is no report. `text`, `sender`, `subject` are the mail's."""
    parts = list(_parts(message))
    outcomes = [each for part in parts if part.get_content_type() in _STATUS for each in _outcomes(part)]
    ids, returned = _about(message, parts)
    if outcomes:
        return Report(tuple(outcomes[:MOST]), tuple(ids), returned, True)
    if not _is_machine(message, sender) or not _SAYS_SO.search(f"{subject}\n{text[:LONGEST_TEXT]}"):
        return None
    found = _in_words(message, text[:LONGEST_TEXT], subject, sender)
    ids += [each for each in _IDS.findall(text[: 5 * LONGEST_TEXT])[:50] if each not in ids]
    return Report(tuple(found), tuple(ids), returned or _subject_in(text), False)


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The parts of the report itself, not those of the mail that it returns."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list) and depth < 5:
        for part in payload[:50]:
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)
    else:
        yield message


# In the form of the standard


def _outcomes(part: Message) -> Iterator[Outcome]:
    """One for each group of fields that names a recipient (RFC 3464 section 2.3)."""
    for group in _groups(part):
        recipient, original = _address(group, "Final-Recipient"), _address(group, "Original-Recipient")
        action = _ACTIONS.get(_field(group, "Action").split()[0].lower() if _field(group, "Action").split() else "")
        if not action or not (recipient or original):
            continue
        text = " ".join(
            re.sub(
                r"^\s*(?:smtp|x-[\w-]+|dns)\s*;\s*", "", _field(group, "Diagnostic-Code"), flags=re.IGNORECASE
            ).split()
        )
        status = next(iter(_CODE.findall(_field(group, "Status"))), "")
        if status in {"", "5.0.0", "4.0.0"}:  # what the server said may be closer
            status = next((code for code in _CODE.findall(text) if code[0] == (status or code)[0]), status)
        yield Outcome(recipient or original, original, action, status, text[:500])


def _groups(part: Message) -> list[Message]:
    payload = part.get_payload()
    groups = [each for each in payload[: MOST + 1] if isinstance(each, Message)] if isinstance(payload, list) else []
    if _field(part, "Content-Transfer-Encoding").lower() not in {"base64", "quoted-printable"} and groups:
        return groups
    holder = Message()  # the form forbids an encoding; some use one all the same
    holder["Content-Transfer-Encoding"] = _field(part, "Content-Transfer-Encoding")
    holder.set_payload("\n".join(each.as_string() for each in groups) if groups else payload)
    content = holder.get_payload(decode=True)
    blocks = re.split(rb"\r?\n[ \t]*\r?\n", content if isinstance(content, bytes) else b"")
    return [message_from_bytes(block.strip() + b"\n\n") for block in blocks[: MOST + 1] if block.strip()]


def _field(group: Message, name: str) -> str:
    wanted = name.lower()
    value = next((str(value) for key, value in group.raw_items() if key.lower() == wanted), "")
    return charsets.header(value[:5_000])


def _address(group: Message, name: str) -> str:
    """rfc822; tanaka@vendor.example → the address."""
    found = _ADDRESS.search(_field(group, name).partition(";")[2] or _field(group, name))
    return found[0].lower() if found else ""


def _about(message: Message, parts: Iterable[Message]) -> tuple[list[str], str]:
    """(Message-IDs, subject) of the mail that is reported on: of what is returned of it, else of what is answered."""
    ids: list[str] = []
    subject = ""
    for part in parts:
        if part.get_content_type() not in _RETURNED:
            continue
        head = _returned(part)
        ids += _IDS.findall(_field(head, "Message-ID"))[:1]
        subject = subject or _field(head, "Subject")
    for name in ("In-Reply-To", "References"):
        ids += _IDS.findall(_field(message, name))[:20]
    return list(dict.fromkeys(charsets.tidy(each) for each in ids)), subject[:300]


def _returned(part: Message) -> Message:
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return payload[0]
    content = part.get_payload(decode=True)
    return message_from_bytes(content[:100_000].lstrip() if isinstance(content, bytes) else b"")


# In words


def _is_machine(message: Message, sender: str) -> bool:
    if _field(message, "Return-Path").strip() == "<>" or _field(message, "X-Failed-Recipients"):
        return True
    return sender.partition("@")[0] in _MACHINES or message.get_content_type() == "multipart/report"


def _in_words(message: Message, text: str, subject: str, sender: str) -> list[Outcome]:
    """The addresses that stand above the copy of the mail, with the server's words."""
    copy = _COPY.search(text, 1)
    above = text[: copy.start()] if copy else text
    named = (
        _ADDRESS.findall(_field(message, "X-Failed-Recipients")) or _ADDRESS.findall(above) or _ADDRESS.findall(subject)
    )
    addresses = [
        each for each in dict.fromkeys(address.lower() for address in named) if each != sender and not _is_daemon(each)
    ]
    status = next(iter(_CODE.findall(above)), "")
    reply = next(iter(_REPLY.findall(above)), "")
    tried = _STILL_TRIED.search(f"{subject}\n{above}") and not _GIVEN_UP.search(f"{subject}\n{above}")
    action = DELAYED if tried and not (status or reply).startswith("5") else FAILED
    said = _telling_line(above)
    return [
        Outcome(each, "", action, status or (f"{reply[0]}.0.0" if reply else ""), said) for each in addresses[:MOST]
    ]


def _is_daemon(address: str) -> bool:
    return address.partition("@")[0] in _MACHINES


def _telling_line(text: str) -> str:
    """The line with the code, or else the one that says what is wrong."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    coded = (line for line in lines if _CODE.search(line) or _REPLY.search(line))
    return next(coded, next((line for line in lines if _SAYS_SO.search(line)), ""))[:500]


def _subject_in(text: str) -> str:
    """The subject that a copy in the text has."""
    found = re.search(
        r"^[>\s]{0,4}(?:Subject|件名)\s?[:：]\s{0,10}(.{1,300}(?:\n[ \t].{1,300}){0,5})",
        text,
        re.IGNORECASE | re.MULTILINE,
    )
    return charsets.header(found[1])[:300] if found else ""
