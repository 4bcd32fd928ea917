"""Challenges for a device to sign (Web Authentication Level 3, section 13.4.3): each for one purpose, for some minutes,
and answered once. Nothing is stored until one is answered, so that asking for them fills no table.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from app.errors import Refused
from app.services.base.portal import Portal
from app.store import database, factors

MINUTES = 10
_RANDOM, _TIME = 16, 8  # bytes


def make(portal: Portal, purpose: str, now: datetime | None = None) -> bytes:
    """56 bytes. `purpose`: such as "sign-in", or "prove 5" for an account's own."""
    until = int(((now or datetime.now(UTC)) + timedelta(minutes=MINUTES)).timestamp())
    open_part = secrets.token_bytes(_RANDOM) + until.to_bytes(_TIME, "big")
    return open_part + _tag(portal, purpose, open_part)


def spend(portal: Portal, purpose: str, challenge: bytes, now: datetime | None = None) -> None:
    """It was answered rightly. Refused when it is none of ours for this purpose, too old, or answered before.

    Inside no transaction: what is answered stays answered.
    """
    at = now or datetime.now(UTC)
    open_part, tag = challenge[: _RANDOM + _TIME], challenge[_RANDOM + _TIME :]
    until = datetime.fromtimestamp(min(int.from_bytes(open_part[_RANDOM:], "big"), 1 << 33), UTC)
    good = hmac.compare_digest(tag, _tag(portal, purpose, open_part)) and at < until
    if good:
        with database.transaction():
            good = factors.spend(hashlib.sha256(challenge).hexdigest(), until, at)
    if not good:
        raise Refused("This took too long, or was answered already; please try once more")


def _tag(portal: Portal, purpose: str, open_part: bytes) -> bytes:
    message = b"nintei challenge\n" + purpose.encode() + b"\n" + open_part
    return hmac.new(portal.settings.secret_key.encode(), message, hashlib.sha256).digest()
