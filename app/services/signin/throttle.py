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


def through(portal: Portal, whom: str, *limits: Limit) -> timedelta | None:
    """Note a try under each of the limits; how long it takes until one more is let through, and then none is noted.

    Whoever asks at the same moment waits for this, and finds it counted. Outside a transaction: what was counted stays.
    """
    now = portal.now()
    keys = {_key(each, whom): each for each in limits}
    with database.transaction():
        for key in sorted(keys):
            database.lock_name(key)
        moments = [attempts.free_at(key, now, limit.most) for key, limit in keys.items()]
        last = max((moment for moment in moments if moment is not None), default=None)
        if last is not None:
            return last - now
        for key, limit in keys.items():
            attempts.add([key], now, limit.window)
    return None


def _key(limit: Limit, whom: str) -> str:
    """Addresses of people are kept as digests only."""
    return f"{limit.name}:{sha256(whom.strip().casefold().encode()).hexdigest()[:40]}"
