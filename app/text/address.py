"""Mail addresses: one person has one, however their keyboard stood when they typed it."""

from __future__ import annotations

import re

from app.errors import Refused
from app.text.marks import without_unseen
from app.text.typed import hyphens, narrow

MOST = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
READ = 4 * MOST  # characters that are looked at: what is longer is no address, however it is spelled
# RFC 5321's dot-atom form, and the double dots that some carriers gave out.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]\Z"
)


def spelled(value: str) -> str:
    """The address as it is written: half-width, no blanks around it, its domain small (RFC 5321 section 2.4).
    The beginning, as it came, of what is far too long for one: what strangers send is measured before it is read."""
    if len(value) > READ:
        return value[:READ]
    text = narrow(without_unseen(value))
    if not _ADDRESS.match(text):
        text = hyphens(text).replace("。", ".")  # what an input method for Japanese makes of - and .
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def one(value: str) -> str:
    """The address by which somebody is known here: as it is spelled, and all of it small."""
    return spelled(value).lower()


def mailbox(email: str) -> str:
    """The mailbox in which mail to this address arrives: what stands behind a + makes no other (RFC 5233)."""
    local, at, domain = one(email).rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def fits(value: str) -> bool:
    """Whether what is spelled so can be an address."""
    return len(value) <= MOST and bool(_ADDRESS.match(value))


def required(value: str) -> str:
    """The address that was typed, as somebody is known by it; Refused when it is none."""
    email = one(value)
    if not fits(email):
        raise Refused("This is not a mail address: %(email)s", email=value.strip()[:100])
    return email
