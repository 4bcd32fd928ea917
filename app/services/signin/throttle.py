"""Flooding: what may be asked for so often only. Counted in the database, so over every process. Passwords have rules
of their own (`guessing`).

Nobody who is signed in is ever held up; the ways in are, for a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from app.services.base.portal import Portal
from app.store import attempts, database


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so long a time."""

    name: str
    most: int
    window: timedelta


APPLICATION = Limit("apply", 30, timedelta(hours=1))  # sent, for each network address
RECIPIENT = Limit("apply-to", 5, timedelta(hours=1))  # sent, for each address that gets the mail
RECIPIENT_DAY = Limit("apply-to-day", 10, timedelta(days=1))  # the same, for a day
LINK_TO = Limit("link-to", 3, timedelta(hours=1))  # entry links asked for, for each address that gets the mail
LINK = Limit("link", 30, timedelta(hours=1))  # mails asked for, for each network address


def wait(portal: Portal, limit: Limit, *whom: str) -> timedelta | None:
    """How long it takes until one more try is let through; none when it is now."""
    now = portal.now()
    with database.connection():
        moments = [attempts.free_at(_key(limit, each), now, limit.most) for each in whom if each]
    last = max((moment for moment in moments if moment is not None), default=None)
    return last - now if last is not None else None


def through(portal: Portal, whom: str, *limits: Limit) -> timedelta | None:
    """Note a try under each of the limits; how long it takes until one more is let through, and then none is noted."""
    left = [found for each in limits if (found := wait(portal, each, whom)) is not None]
    if left:
        return max(left)
    for each in limits:
        note(portal, each, whom)
    return None


def note(portal: Portal, limit: Limit, *whom: str) -> None:
    """Count one try against the limit."""
    attempts.add([_key(limit, each) for each in whom if each], portal.now(), limit.window)


def _key(limit: Limit, whom: str) -> str:
    """Addresses of people are kept as digests only."""
    return f"{limit.name}:{sha256(whom.strip().casefold().encode()).hexdigest()[:40]}"
