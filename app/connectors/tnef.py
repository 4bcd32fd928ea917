"""winmail.dat: what Outlook puts a mail's files into when it thinks that the reader is another Outlook ([MS-OXTNEF]).

A reader of our own, of what is needed: the one that PyPI has goes round 2^32 times when a length says so, copies the
rest of the file at each attribute, and cannot read a Japanese name. Everything here is bounded by the bytes that are
there, by MOST and by DEEPEST. Never raises; what is broken ends the reading, what was found before it stays.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.connectors import charsets, htmltext, rtf

SIGNATURE = b"\x78\x9f\x3e\x22"
MOST = 200  # files of one
DEEPEST = 3  # mails within mails
_MOST_ATTRIBUTES = 5_000
_MOST_PROPERTIES = 2_000

_BODY, _CODEPAGE, _PROPERTIES = 0x0002800C, 0x00069007, 0x00069003
_NEW_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_LONG_NAME, _SHORT_NAME, _SHOWN_NAME, _OBJECT = 0x3707, 0x3704, 0x3001, 0x3701
_TEXT, _RICH_TEXT, _HTML, _CONTENT_ID, _HIDDEN, _WEB_CODEPAGE = 0x1000, 0x1009, 0x1013, 0x3712, 0x7FFE, 0x3FDE
_MAIL_WITHIN = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"  # the interface IMessage
_WIDTHS = {
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x000A: 4,
    0x000B: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_STRINGS = frozenset({0x001E, 0x001F, 0x000D, 0x0102})
_UNICODE = 0x001F
_SEVERAL, _NAMED = 0x1000, 0x8000
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emz", ".wmz")


@dataclass
class File:
    """A file within. `inline`: a picture of the text."""

    filename: str = ""
    content: bytes = b""
    inline: bool = False


@dataclass
class Winmail:
    """What was in it. `more`: there were more files than MOST."""

    files: list[File] = field(default_factory=list)
    text: str = ""
    more: bool = False


def read(content: bytes, depth: int = 0) -> Winmail:
    """The files and the words of a winmail.dat."""
    found = Winmail()
    if content[:4] != SIGNATURE:
        return found
    codepage, current = 932, File()
    texts: dict[str, str] = {}
    try:
        for number, data in _attributes(content):
            if number == _CODEPAGE:
                codepage = int.from_bytes(data[:4], "little") or codepage
            elif number == _BODY:
                texts["plain"] = _words(data, codepage)
            elif number == _PROPERTIES:
                texts |= _texts(data, codepage)
            elif number == _NEW_FILE:
                if len(found.files) == MOST:
                    found.more = True
                    break
                current = File()
                found.files.append(current)
            elif number == _TITLE:
                current.filename = current.filename or _words(data, codepage)
            elif number == _DATA:
                current.content = bytes(data)
            elif number == _FILE_PROPERTIES:
                _describe(current, found, data, codepage, depth)
    except (struct.error, ValueError, OverflowError):
        pass  # cut off, or no lengths that fit: what came before is whole
    found.text = texts.get("plain") or texts.get("html") or texts.get("rich") or found.text
    found.files = [each for each in found.files if each.content or each.filename]
    return found


def _attributes(content: bytes) -> Iterator[tuple[int, memoryview]]:
    """(number, data) of each; the sum behind each is not checked, as Outlook does not."""
    view, at = memoryview(content), 6
    for _ in range(_MOST_ATTRIBUTES):
        if at + 11 > len(view):
            return
        number, length = struct.unpack_from("<II", view, at + 1)
        yield number, view[at + 9 : at + 9 + length]
        at += 11 + length


def _describe(current: File, found: Winmail, data: memoryview, codepage: int, depth: int) -> None:
    """What the properties of a file say: its long name above the short one; a mail within the mail is looked into."""
    for number, kind, values in _properties(data):
        value = values[0]
        if (number == _LONG_NAME and value) or (number in {_SHORT_NAME, _SHOWN_NAME} and not current.filename):
            current.filename = _string(kind, value, codepage)
        elif number == _OBJECT and bytes(value[:16]) == _MAIL_WITHIN and depth < DEEPEST:
            inner = read(bytes(value[16:]), depth + 1)
            room = max(0, MOST - len(found.files))
            found.files += inner.files[:room]
            found.more = found.more or inner.more or len(inner.files) > room
            current.content = current.content or inner.text.encode()
            current.filename = f"{(current.filename or 'mail')[:150]}.txt" if current.content else ""
        elif number == _OBJECT and not current.content:
            current.content = bytes(value)
        elif number in {_CONTENT_ID, _HIDDEN} and any(bytes(value)):
            current.inline = True
    current.inline = current.inline and current.filename.lower().endswith(_PICTURES)


def _texts(data: memoryview, codepage: int) -> dict[str, str]:
    """The words of a mail's properties, by how they are written."""
    found, web, page = {}, codepage, b""
    for number, kind, values in _properties(data):
        if number == _TEXT:
            found["plain"] = _string(kind, values[0], codepage)
        elif number == _RICH_TEXT:
            found["rich"] = rtf.words(rtf.unpacked(bytes(values[0])), codepage)
        elif number == _HTML:
            page = bytes(values[0])
        elif number == _WEB_CODEPAGE:
            web = int.from_bytes(values[0][:4], "little")
    if page:
        found["html"] = htmltext.plain(_words(page, web))
    return found


def _properties(data: memoryview) -> Iterator[tuple[int, int, list[memoryview]]]:
    """(id, type, values) of each property ([MS-OXTNEF] section 2.1.3.4)."""
    count, at = struct.unpack_from("<I", data, 0)[0], 4
    for _ in range(min(count, _MOST_PROPERTIES)):
        if at + 4 > len(data):
            return
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= _NAMED:  # a property with a name: 16 bytes of a namespace, then its number or its name
            by_name, length = struct.unpack_from("<II", data, at + 16)
            at += 24 + ((length + 3) // 4 * 4 if by_name else 0)
        several, kind = bool(kind & _SEVERAL), kind & ~_SEVERAL
        values = []
        if kind in _STRINGS:
            many, at = struct.unpack_from("<I", data, at)[0], at + 4
            for _ in range(min(many, _MOST_PROPERTIES)):
                length = struct.unpack_from("<I", data, at)[0]
                values.append(data[at + 4 : at + 4 + length])
                at += 4 + (length + 3) // 4 * 4
        elif kind in _WIDTHS:
            many = 1
            if several:
                many, at = struct.unpack_from("<I", data, at)[0], at + 4
            width = _WIDTHS[kind]
            values = [data[at : at + width]]
            at += width * many
        if not values and kind not in {0x0000, 0x0001}:
            return  # a type that is not known: where the next one begins is not, either
        if values:
            yield number, kind, values


def _string(kind: int, value: memoryview, codepage: int) -> str:
    if kind == _UNICODE:
        return charsets.tidy(bytes(value).decode("utf-16-le", "replace")).strip("\x00 ")
    return _words(value, codepage)


def _words(value: bytes | memoryview, codepage: int) -> str:
    name = {
        65001: "utf-8",
        50220: "iso-2022-jp",
        50221: "iso-2022-jp",
        51932: "euc-jp",
        20932: "euc-jp",
        20127: "us-ascii",
        1252: "windows-1252",
    }
    return charsets.text(bytes(value).rstrip(b"\x00"), name.get(codepage, f"cp{codepage}"))
