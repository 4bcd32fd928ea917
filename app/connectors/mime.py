"""A letter as it travels: lines that every mail server must take (RFC 5321 section 4.5.3.1.6: 998 octets and CRLF),
and seven bits alone (RFC 2045 section 2.7), whatever people typed.

Texts are base64 or quoted-printable, whichever is shorter; a header that is no short ASCII becomes encoded words (RFC
2047), a file's name parts of a parameter (RFC 2231 section 3). Nothing is left to how a library folds what is too long.
"""

from __future__ import annotations

import base64
import quopri
import re
from datetime import UTC, datetime
from email import policy
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.utils import format_datetime, parseaddr
from urllib.parse import quote

from app.connectors.letter import Letter
from config import logs

WIDEST = 76  # characters of a line, where we may choose (RFC 2047 section 2, RFC 2045 section 6.7)
_PIECE = 52  # characters of a piece of a file's name: with its parameter's name it stays within a line
_SHORT_WORDS = re.compile(r"[\x21-\x7e]{1,60}( [\x21-\x7e]{1,60})*\Z")
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")  # RFC 5322, 3.2.5
_TOKEN = re.compile(r"[A-Za-z0-9!#$&+.^_`{|}~-]{1,60}\Z")
_WIRE = policy.compat32.clone(max_line_length=WIDEST, linesep="\r\n")


def build(letter: Letter, written: datetime | None = None) -> Message:
    """The letter as a message: two readings of one text, then its files. `written`: when it says it was written."""
    both = MIMEMultipart("alternative", policy=_WIRE)
    both.attach(_text(letter.text, "plain"))
    both.attach(_text(letter.html, "html"))
    whole = MIMEMultipart("mixed", policy=_WIRE)
    whole["Subject"] = _words(letter.subject, "Subject")
    whole["From"] = address(letter.sender, "From")
    whole["To"] = ",\n ".join(address(each, "To") for each in letter.to)
    if letter.reply_to:
        whole["Reply-To"] = address(letter.reply_to, "Reply-To")
    whole["Date"] = format_datetime(written or datetime.now(UTC))
    whole["Message-ID"] = letter.message_id
    whole["X-Nintei-Mail"] = letter.mail_id
    if logs.value("request"):
        whole["X-Request-ID"] = logs.value("request")  # what led to it: its lines in the log
    whole["Auto-Submitted"] = "auto-generated"  # RFC 3834 section 5: answering machines leave such mails alone
    whole.attach(both)
    for each in letter.attachments:
        whole.attach(_file(each.filename, each.mime, each.content))
    return whole


def address(said: str, header: str = "") -> str:
    """`Name <local@domain>` in ASCII: the name as encoded words, the domain as IDNA (RFC 5890)."""
    name, _ = parseaddr(said)
    bare = envelope(said)
    if not name:
        return bare
    phrase = name if _PHRASE.match(name) and _SHORT_WORDS.match(name) else _encoded(name, header)
    return f"{phrase} <{bare}>"


def envelope(said: str) -> str:
    """The bare address, as MAIL FROM and RCPT TO take it."""
    local, _, domain = parseaddr(said)[1].rpartition("@")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"


def _words(text: str, name: str) -> str:
    """Unstructured text as a header's value."""
    plain = _SHORT_WORDS.match(text) and "=?" not in text
    return Header(text, "us-ascii", WIDEST, name).encode() if plain else _encoded(text, name)


def _encoded(text: str, name: str) -> str:
    """As encoded words, each of whole characters (RFC 2047 section 5) and each on a line of its own."""
    pieces, room = [""], 45 - len(name)  # octets: 60 characters of base64, and the word's frame
    used = 0
    for character in text:
        size = len(character.encode("utf-8"))
        if used + size > room:
            pieces.append("")
            used, room = 0, 45
        pieces[-1] += character
        used += size
    return "\n ".join(f"=?utf-8?b?{base64.b64encode(piece.encode('utf-8')).decode('ascii')}?=" for piece in pieces)


def _text(text: str, kind: str) -> Message:
    part = Message(policy=_WIRE)
    part["Content-Type"] = f'text/{kind}; charset="utf-8"'
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8")
    readable = quopri.encodestring(lines)
    packed = base64.encodebytes(lines.replace(b"\n", b"\r\n"))  # RFC 2045 section 6.8: CRLF before it is packed
    part["Content-Transfer-Encoding"] = "quoted-printable" if len(readable) <= len(packed) else "base64"
    part.set_payload((readable if len(readable) <= len(packed) else packed).decode("ascii"))
    return part


def _file(filename: str, mime: str, content: bytes) -> Message:
    part = Message(policy=_WIRE)
    part["Content-Type"] = mime.replace("; ", ";\n ")
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-Disposition"] = ";\n ".join(["attachment", *_name_of(filename)])
    part.set_payload(base64.encodebytes(content).decode("ascii"))
    return part


def _name_of(filename: str) -> list[str]:
    """The parameters that say it: in one where that fits, else in pieces that end between two characters."""
    if _TOKEN.match(filename):
        return [f'filename="{filename}"']
    pieces = [""]
    for character in filename:
        said = quote(character, safe="")
        if len(pieces[-1]) + len(said) > _PIECE:
            pieces.append("")
        pieces[-1] += said
    if len(pieces) == 1:
        return [f"filename*=utf-8''{pieces[0]}"]
    pieces[0] = f"utf-8''{pieces[0]}"
    return [f"filename*{n}*={piece}" for n, piece in enumerate(pieces)]
