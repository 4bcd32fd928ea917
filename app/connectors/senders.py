"""Who a mail says that it is from: one address or none; and whom a group's software put its own address in place of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses

from app.connectors import charsets
from app.text import address as addresses

LONGEST_FIELD = 10_000  # bytes of a header that is looked at
_GOOD = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,180}")
_BEHIND = ("X-Original-From", "X-Original-Sender", "Reply-To")
_CARRIED = ("List-Id", "List-Post", "List-Unsubscribe", "X-Google-Group-Id", "Mailing-list", "X-ML-Name")


@dataclass(frozen=True, slots=True)
class Writer:
    """`address` and `name`: who wrote it, the address in small letters, empty for none or several. `author`: the
    address of the header From, which servers check. `via`: the same, where it is a group's and not the writer's own."""

    address: str
    name: str
    author: str
    via: str = ""


def of(message: Message) -> Writer:
    """Two senders, or two From lines, are none: a mail must not look like somebody it is not from.

    A group that rewrites From (Google Groups does, for domains with DMARC) says who wrote it in other headers, which
    nobody checks: they are believed where the writer's domain is that of the group, for From vouches for the domain.
    """
    lines = [str(value) for key, value in message.raw_items() if key.lower() == "from"]
    address, name = _one(lines[0]) if len(lines) == 1 else ("", "")
    if address and any(value(message, each) for each in _CARRIED):
        for each in _BEHIND:
            behind, called = _one(value(message, each))
            if behind and behind != address and _domain(behind) == _domain(address):
                return Writer(behind, called or _without_via(name), address, address)
    return Writer(address, name, address)


def value(message: Message, name: str) -> str:
    """A header as it came (8-bit bytes as surrogates), at most LONGEST_FIELD of it."""
    wanted = name.lower()
    return next((str(each) for key, each in message.raw_items() if key.lower() == wanted), "")[:LONGEST_FIELD]


def _one(line: str) -> tuple[str, str]:
    if len(line) > LONGEST_FIELD:
        return "", ""
    found = [(name, address) for name, address in getaddresses([charsets.raw(line)]) if name or address]
    if len(found) != 1:
        return "", charsets.header(line)[:120]
    name, address = found[0]
    address = addresses.one(charsets.tidy(address))
    return (address if _GOOD.fullmatch(address) else ""), charsets.header(name)[:120]


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _without_via(name: str) -> str:
    """'北星 田中' via 営業部 → 北星 田中."""
    return re.sub(r"\s+(?:via|経由)\s.*$|（.{1,60}経由）$", "", name).strip("' \"")
