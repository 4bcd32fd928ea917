"""BER-TLV as cards use it (ISO/IEC 7816-4, 5.2.2): one- or two-byte tags, lengths up to 65535."""

from __future__ import annotations


def encode(tag: int, value: bytes) -> bytes:
    head = tag.to_bytes(2 if tag > 0xFF else 1, "big")
    size = len(value)
    if size < 0x80:
        return head + bytes((size,)) + value
    if size <= 0xFF:
        return head + b"\x81" + bytes((size,)) + value
    return head + b"\x82" + size.to_bytes(2, "big") + value


def decode(raw: bytes) -> dict[int, bytes]:
    """Tag → value of one level; 00 and FF between objects are filler. ValueError when it is cut short."""
    found: dict[int, bytes] = {}
    at = 0
    try:
        while at < len(raw):
            if raw[at] in (0x00, 0xFF):
                at += 1
                continue
            tag = raw[at]
            at += 1
            if tag & 0x1F == 0x1F:
                tag = tag << 8 | raw[at]
                at += 1
            size = raw[at]
            at += 1
            if size > 0x82 or size == 0x80:
                raise ValueError("length form not used on cards")
            if size > 0x80:
                count = size - 0x80
                size = int.from_bytes(raw[at : at + count], "big")
                at += count
            if at + size > len(raw):
                raise ValueError("value cut short")
            found[tag] = raw[at : at + size]
            at += size
    except IndexError as error:
        raise ValueError("object cut short") from error
    return found
