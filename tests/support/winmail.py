"""Makes winmail.dat as Outlook does ([MS-OXTNEF]), for mails whose files are inside."""

from __future__ import annotations

import struct
from collections.abc import Sequence

IMESSAGE = bytes.fromhex("0703020000000000C000000000000046")


def attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def prop(number: int, value: bytes, kind: int = 0x0102) -> bytes:
    """A property of variable length; its value is padded to four bytes."""
    return struct.pack("<HHII", kind, number, 1, len(value)) + value + b"\x00" * (-len(value) % 4)


def text_prop(number: int, text: str) -> bytes:
    return prop(number, text.encode("utf-16-le") + b"\x00\x00", 0x001F)


def props(*each: bytes) -> bytes:
    return struct.pack("<I", len(each)) + b"".join(each)


def file(short: bytes, content: bytes | None, *more: bytes) -> bytes:
    """A file: its short name in the code page, its bytes, and properties (the long name, for one)."""
    found = attribute(2, 0x00069002, b"\x01\x00" + b"\xff" * 4 + b"\x00" * 8)
    found += attribute(2, 0x00018010, short + b"\x00")
    found += attribute(2, 0x0006800F, content) if content is not None else b""
    return found + (attribute(2, 0x00069005, props(*more)) if more else b"")


def winmail(files: Sequence[bytes] = (), *message: bytes, codepage: int = 932) -> bytes:
    """The whole. `message`: properties of the mail itself."""
    head = b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 0x00089006, b"\x00\x00\x01\x00")
    head += attribute(1, 0x00069007, struct.pack("<II", codepage, 0))
    return head + (attribute(1, 0x00069003, props(*message)) if message else b"") + b"".join(files)


def packed(rich: bytes) -> bytes:
    """Rich text as a compressed body holds it ([MS-OXRTFCP]), each byte as it stands."""
    out = bytearray()
    for at in range(0, len(rich), 8):
        out += b"\x00" + rich[at : at + 8]
    end = 207 + len(rich)
    if len(rich) % 8 == 0:
        out += b"\x01" + struct.pack(">H", (end % 4096) << 4)
    else:
        mark = len(out) - len(rich) % 8 - 1
        out[mark] |= 1 << len(rich) % 8
        out += struct.pack(">H", (end % 4096) << 4)
    return struct.pack("<III", len(out) + 12, len(rich), 0x75465A4C) + b"\x00" * 4 + bytes(out)
