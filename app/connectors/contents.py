"""What a mail holds: its text and its files, also those within winmail.dat, signed mails and mails within the mail.

Nothing that a mail holds makes this run long or recurse deep: `hostile` is asked before the library's parser sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from enum import StrEnum

from app.connectors import charsets, htmltext, sealed, tnef
from app.connectors.senders import LONGEST_FIELD, value
from app.text.names import file_name

MOST_PARTS = 50  # files of one mail
MOST_BOUNDARIES = 100  # mentions of a boundary: real mails have a handful, and each costs time at every line
MOST_DELIMITERS = 2_000  # lines that begin as those between parts do
FEW_LINES = 200_000  # any mail may have; a large one has long lines (base64 has 76 characters in each)
LONGEST_TEXT = 50_000  # characters
_DEEPEST = 20
_BOUNDARY = re.compile(rb"boundary[*\d]{0,6}\s{0,3}=", re.IGNORECASE)
_DASHES = re.compile(rb"^--", re.MULTILINE)
_NESTED = re.compile(rb"content-type:\s{0,20}message/", re.IGNORECASE)
_FIELDS = re.compile(rb"^content-(?:type|disposition):[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_WINMAIL = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_ENDINGS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "text/plain": "txt",
    "text/html": "html",
    "message/rfc822": "eml",
    "message/delivery-status": "txt",
    "text/rfc822-headers": "txt",
}


class Flaw(StrEnum):
    """What hinders reading a mail as a whole."""

    NONE = ""
    TOO_LARGE = "too_large"  # only its head was taken
    UNREADABLE = "unreadable"
    TOO_MANY = "too_many"  # files beyond MOST_PARTS were left out
    ENCRYPTED = "encrypted"  # for the holder of a key


@dataclass(frozen=True, slots=True)
class Part:
    """A file that came with a mail. `inline`: shown within the text by its writer, as logos of signatures are;
    `inside`: the name of the file of the mail in which it was; `locked`: under a password."""

    filename: str
    content: bytes
    inline: bool
    inside: str = ""
    locked: bool = False


class Contents:
    """Texts and files of a mail, those within its containers among them."""

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw
        self.parts: list[Part] = []
        self._texts: list[str] = []
        self._pages: list[str] = []
        self._others: list[str] = []  # what a winmail.dat says

    def words(self) -> str:
        """The text: plain where there is one."""
        pages = (htmltext.plain(page) for page in self._pages)
        texts = ("\n\n".join(each).strip() for each in (self._texts, pages, self._others))
        return next((text for text in texts if text), "")[:LONGEST_TEXT]

    def gather(self, message: Message, depth: int = 0, inside: str = "") -> None:
        """Take what the message holds; of one within another (`inside`) the files alone."""
        for part, level in _leaves(message, depth):
            kind = part.get_content_type()
            if kind in _SIGNATURES:
                continue
            name, disposition = _filename(part), value(part, "Content-Disposition").lower().lstrip()
            if not name and not disposition.startswith("attachment") and kind in {"text/plain", "text/html"}:
                if not inside:
                    said = charsets.text(_content(part), _parameter(part, "Content-Type", "charset"))
                    (self._texts if kind == "text/plain" else self._pages).append(said[: 2 * LONGEST_TEXT])
            elif not self._open(part, kind, name, level, inside):
                inline = disposition.startswith("inline") or bool(part.get("Content-ID"))
                named = name or _nameless(part, len(self.parts) + 1)
                self._keep(named, _content(part), inline=inline and kind.startswith("image/"), inside=inside)

    def _open(self, part: Message, kind: str, name: str, level: int, inside: str) -> bool:
        """Take out what a container holds; false when it is none, or holds nothing."""
        if level >= _DEEPEST:
            return False
        if kind in _WINMAIL or name.lower() == "winmail.dat":
            packed = tnef.read(_content(part))
            for each in packed.files:
                self._keep(
                    _short(each.filename) or "file.bin", each.content, inline=each.inline, inside=name or "winmail.dat"
                )
            if packed.text and not inside:
                self._others.append(packed.text)
            if packed.more:
                self.flaw = Flaw.TOO_MANY
            return bool(packed.files or packed.text)
        if kind in sealed.SIGNED_KINDS:
            return self._open_sealed(_content(part), level, inside)
        if kind == "message/rfc822":
            inner = part.get_payload()
            head = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], Message) else None
            title = charsets.header(value(head, "Subject")) if head is not None else ""
            named = name or _short(f"{title[:80]}.eml" if title else "") or _nameless(part, len(self.parts) + 1)
            self._keep(named, _content(part), inline=False, inside=inside)
            if head is not None:
                self.gather(head, level + 1, named)
            return True
        return False

    def _open_sealed(self, content: bytes, level: int, inside: str) -> bool:
        if sealed.encrypted(content):
            self.flaw = self.flaw or Flaw.ENCRYPTED
            return False
        inner = sealed.opened(content)
        if inner is None or hostile(inner):
            return False
        self.gather(message_from_bytes(inner), level + 1, inside)
        return True

    def _keep(self, name: str, content: bytes, *, inline: bool, inside: str) -> None:
        if len(self.parts) >= MOST_PARTS:
            self.flaw = Flaw.TOO_MANY
            return
        self.parts.append(Part(name, content, inline, inside, sealed.under_password(name, content)))


def hostile(raw: bytes) -> bool:
    """Shapes that would cost the library's parser minutes, or the machine's memory: checked before it sees them."""
    lines = max(raw.count(b"\n"), raw.count(b"\r"))
    if lines > FEW_LINES + len(raw) // 40 or sum(1 for _ in _DASHES.finditer(raw)) > MOST_DELIMITERS:
        return True
    if sum(1 for _ in _BOUNDARY.finditer(raw)) > MOST_BOUNDARIES or sum(1 for _ in _NESTED.finditer(raw)) > _DEEPEST:
        return True
    return any(len(match[0]) > LONGEST_FIELD for match in _FIELDS.finditer(raw))


def _leaves(message: Message, depth: int = 0) -> Iterator[tuple[Message, int]]:
    """Every part that is no container, with how deep it lies; a mail within the mail is one part."""
    payload = message.get_payload()
    if message.get_content_maintype() != "multipart" or not isinstance(payload, list):
        yield message, depth
        return
    if depth < _DEEPEST:
        for part in payload:
            if isinstance(part, Message):
                yield from _leaves(part, depth + 1)


def _content(part: Message) -> bytes:
    inner = part.get_payload()
    if isinstance(inner, list):  # message/rfc822; message/delivery-status, whose groups are parts to the library
        return b"\n".join(each.as_bytes() for each in inner if isinstance(each, Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _parameter(part: Message, header: str, name: str) -> str:
    """A parameter of a header: in continuations and charsets (RFC 2231), as an encoded word, or as raw bytes."""
    raw = value(part, header)
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
    return _short(_parameter(part, "Content-Disposition", "filename") or _parameter(part, "Content-Type", "name"))


def _short(name: str) -> str:
    """A file's name as it is kept; empty where there is none."""
    said = name.strip(" .\"'")
    return file_name(said) if said else ""


def _nameless(part: Message, number: int) -> str:
    return f"attachment-{number}.{_ENDINGS.get(part.get_content_type(), 'bin')}"
