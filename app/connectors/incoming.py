"""A mail that came in, read from its bytes (RFC 5322, RFC 2045): who, answering what, which text, which files.

Anybody may write to us: nothing that a mail holds makes this raise, run long or recurse deep. What cannot be read is
kept as a mail with a `flaw`, for a person to look at. HTML is turned into plain text; its markup goes nowhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum
from html.parser import HTMLParser

from app.connectors import charsets
from app.text import address as addresses
from app.text.names import file_name

MOST_PARTS = 50  # files of one mail
MOST_BOUNDARIES = 100  # mentions of a boundary: real mails have a handful, and each costs time at every line
MOST_DELIMITERS = 2_000  # lines that begin as those between parts do
FEW_LINES = 200_000  # any mail may have; a large one has long lines (base64 has 76 characters in each)
LONGEST_TEXT = 50_000  # characters
LONGEST_FIELD = 10_000  # bytes of a header that is looked at
_DEEPEST = 20
_BOUNDARY = re.compile(rb"boundary[*\d]{0,6}\s{0,3}=", re.IGNORECASE)
_DASHES = re.compile(rb"^--", re.MULTILINE)
_NESTED = re.compile(rb"content-type:\s{0,20}message/", re.IGNORECASE)
_FIELDS = re.compile(rb"^content-(?:type|disposition):[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_IDS = re.compile(r"<[^<>\s]{1,250}>")
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_ENDINGS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "text/plain": "txt",
    "text/html": "html",
    "message/rfc822": "eml",
}
_BY_MACHINES = frozenset({"bulk", "junk", "list", "auto_reply"})
# Where the answered mail begins below the answer, in the mailers that people here use.
_QUOTE = re.compile(
    r"^(?:>|-{2,}\s*(?:Original Message|元のメッセージ|Forwarded message|転送)|_{10,}$|On .{5,200} wrote:\s*$"
    r"|\d{4}[年/-].{1,120}(?::|：|wrote:)\s*$|(?:From|差出人)\s*[:：]\s?\S+)",
    re.IGNORECASE,
)


class Flaw(StrEnum):
    """What hinders reading a mail as a whole."""

    NONE = ""
    TOO_LARGE = "too_large"  # only its head was taken
    UNREADABLE = "unreadable"
    TOO_MANY = "too_many"  # files beyond MOST_PARTS were left out


@dataclass(frozen=True, slots=True)
class Part:
    """A file that came with a mail. `inline`: shown within the text by its writer, as logos of signatures are."""

    filename: str
    content: bytes
    inline: bool


@dataclass(frozen=True, slots=True)
class Incoming:
    """`answers`: Message-IDs of the mails it replies to, nearest first. `sender` in small letters; empty when the mail
    names none or several. `written_at` is what the writer's clock says."""

    message_id: str
    answers: tuple[str, ...]
    sender: str
    sender_name: str
    subject: str
    text: str
    written_at: datetime | None
    parts: tuple[Part, ...]
    automatic: bool  # written by a machine: never answered, never taken for an answer
    flaw: Flaw = Flaw.NONE


def read(raw: bytes, *, whole: bool = True) -> Incoming:
    """The mail. `whole` is false for the head of one that is too large to be taken."""
    digest = hashlib.sha256(raw).hexdigest()
    if _hostile(raw):
        return _bare(digest)
    try:
        message = message_from_bytes(raw)
        return _read(message, digest, whole)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError, OverflowError):
        return _bare(digest)  # the parser of the library meets a mail it was not made for


def _read(message: Message, digest: str, whole: bool) -> Incoming:
    texts: list[str] = []
    pages: list[str] = []
    parts: list[Part] = []
    flaw = Flaw.NONE if whole else Flaw.TOO_LARGE
    for part in _leaves(message) if whole else ():
        kind = part.get_content_type()
        if kind in _SIGNATURES:
            continue
        name = _filename(part)
        disposition = _value(part, "Content-Disposition").lower().lstrip()
        if not name and not disposition.startswith("attachment") and kind in {"text/plain", "text/html"}:
            said = charsets.text(_content(part), _parameter(part, "Content-Type", "charset"))
            (texts if kind == "text/plain" else pages).append(said[: 2 * LONGEST_TEXT])
            continue
        if len(parts) == MOST_PARTS:
            flaw = Flaw.TOO_MANY
            break
        inline = disposition.startswith("inline") or (bool(part.get("Content-ID")) and kind.startswith("image/"))
        parts.append(Part(name or _nameless(part, len(parts) + 1), _content(part), inline))
    sender, sender_name = _sender(message)
    return Incoming(
        message_id=_message_id(message, digest),
        answers=_answers(message),
        sender=sender,
        sender_name=sender_name,
        subject=charsets.header(_value(message, "Subject"))[:300],
        text=("\n\n".join(texts) or "\n\n".join(plain(page) for page in pages)).strip()[:LONGEST_TEXT],
        written_at=_date(message),
        parts=tuple(parts),
        automatic=_automatic(message),
        flaw=flaw,
    )


def own_words(text: str) -> str:
    """The text without the mail that it answers."""
    kept = []
    for line in text.splitlines():
        if _QUOTE.match(line.strip()):
            break
        kept.append(line.rstrip())
    return "\n".join(kept).strip()


def plain(html: str) -> str:
    """The words of an HTML mail."""
    reader = _Words()
    reader.feed(html)
    lines = [" ".join(line.split()) for line in "".join(reader.found).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    _BREAKS = frozenset({"br", "p", "div", "tr", "li", "table", "h1", "h2", "h3", "h4", "blockquote", "hr"})
    _UNSEEN = frozenset({"script", "style", "head", "title", "template"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its signature
        if tag in self._UNSEEN and not self._unseen:
            self._unseen = tag
        elif tag == "body":
            self._unseen = ""  # a head that was left open hides nothing
        if tag in self._BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""
        if tag in self._BREAKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(data)


def _hostile(raw: bytes) -> bool:
    """Shapes that would cost the library's parser minutes, or the machine's memory: checked before it sees them."""
    lines = max(raw.count(b"\n"), raw.count(b"\r"))
    if lines > FEW_LINES + len(raw) // 40 or sum(1 for _ in _DASHES.finditer(raw)) > MOST_DELIMITERS:
        return True
    if sum(1 for _ in _BOUNDARY.finditer(raw)) > MOST_BOUNDARIES or sum(1 for _ in _NESTED.finditer(raw)) > _DEEPEST:
        return True
    return any(len(match[0]) > LONGEST_FIELD for match in _FIELDS.finditer(raw))


def _bare(digest: str) -> Incoming:
    return Incoming(f"sha256:{digest}", (), "", "", "", "", None, (), False, Flaw.UNREADABLE)


def _leaves(message: Message, depth: int = 0) -> Iterator[Message]:
    """Every part that is no container; a mail within the mail is one file."""
    payload = message.get_payload()
    if message.get_content_maintype() != "multipart" or not isinstance(payload, list):
        yield message
        return
    if depth < _DEEPEST:
        for part in payload:
            if isinstance(part, Message):
                yield from _leaves(part, depth + 1)


def _content(part: Message) -> bytes:
    if part.is_multipart():  # message/rfc822
        inner = part.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and inner and isinstance(inner[0], Message) else b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _value(message: Message, name: str) -> str:
    """A header as it came (8-bit bytes as surrogates), at most LONGEST_FIELD of it."""
    wanted = name.lower()
    return next((str(value) for key, value in message.raw_items() if key.lower() == wanted), "")[:LONGEST_FIELD]


def _parameter(part: Message, header: str, name: str) -> str:
    """A parameter of a header: in continuations and charsets (RFC 2231), as an encoded word, or as raw bytes."""
    raw = _value(part, header)
    if not raw:
        return ""
    # The library gives up on raw 8-bit bytes: it gets them as Latin-1, one character for each byte.
    holder = Message()
    holder[header] = raw.encode("ascii", "surrogateescape").decode("latin-1") if not _wide(raw) else raw
    found = holder.get_param(name, header=header)
    if isinstance(found, tuple):
        return charsets.text(found[2].encode("latin-1", "replace"), found[0] or "")
    if not isinstance(found, str):
        return ""
    return charsets.header(found.encode("latin-1", "replace").decode("ascii", "surrogateescape"))


def _wide(value: str) -> bool:
    return any(ord(each) > 0x7F and not "\udc80" <= each <= "\udcff" for each in value)


def _filename(part: Message) -> str:
    name = _parameter(part, "Content-Disposition", "filename") or _parameter(part, "Content-Type", "name")
    said = name.strip(" .\"'")
    return file_name(said) if said else ""


def _nameless(part: Message, number: int) -> str:
    return f"attachment-{number}.{_ENDINGS.get(part.get_content_type(), 'bin')}"


def _sender(message: Message) -> tuple[str, str]:
    """(address, name). Two senders, or two From lines, are none: a mail must not look like somebody it is not from."""
    lines = [str(value) for key, value in message.raw_items() if key.lower() == "from"]
    if len(lines) != 1 or len(lines[0]) > LONGEST_FIELD:
        return "", ""
    found = [(name, address) for name, address in getaddresses([lines[0]]) if name or address]
    if len(found) != 1:
        return "", charsets.header(lines[0])[:120]
    name, address = found[0]
    address = addresses.one(charsets.tidy(address))
    good = re.fullmatch(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,180}", address)
    return (address if good else ""), charsets.header(name)[:120]


def _message_id(message: Message, digest: str) -> str:
    """Its Message-ID; a mail without a usable one is known by its bytes."""
    found = _IDS.search(_value(message, "Message-ID"))
    if found is None or len(found[0]) > 200 or not found[0].isprintable():
        return f"sha256:{digest}"
    return charsets.tidy(found[0])


def _answers(message: Message) -> tuple[str, ...]:
    ids = _IDS.findall(_value(message, "In-Reply-To"))[:5]
    ids += reversed(_IDS.findall(_value(message, "References")))
    return tuple(dict.fromkeys(charsets.tidy(each) for each in ids))[:30]


def _date(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(_value(message, "Date"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _automatic(message: Message) -> bool:
    """Out-of-office replies, bounces, list mail (RFC 3834 sections 2 and 5, RFC 3464), and our own mails come back."""
    submitted = _value(message, "Auto-Submitted").split(";")[0].strip().lower()
    if submitted not in {"", "no"} or message.get_content_type() == "multipart/report":
        return True
    if _value(message, "Precedence").strip().lower() in _BY_MACHINES or _value(message, "Return-Path").strip() == "<>":
        return True
    return any(_value(message, name) for name in ("X-Nintei-Mail", "X-Autoreply", "X-Autorespond", "List-Unsubscribe"))
