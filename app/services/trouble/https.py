"""The certificate under which the portal is reached: looked at twice a day, so that pages ask no server."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.connectors import https
from app.errors import OutOfReach
from app.services.base.portal import Portal
from app.store import attempts, database, seen

NAME: Final = "https"
EVERY: Final = timedelta(hours=12)
SOON: Final = timedelta(days=21)  # a service that renews by itself does so a month before (RFC 8555)


@dataclass(frozen=True, slots=True)
class Standing:
    """As it was looked at. `ends`: until when it is good, none where nobody answered; `wrong`: why browsers do not take
    it, or why nobody answered, in the words of the library."""

    at: datetime
    ends: datetime | None
    wrong: str


def watched(portal: Portal) -> bool:
    """Whether there is one to look at, and it is wanted."""
    return portal.settings.watch_certificate and portal.settings.base_url.startswith("https:")


def look(portal: Portal, trust: ssl.SSLContext | None = None) -> Standing | None:
    """Look, where it is time, and keep what was seen; none where it is not. Outside of a transaction."""
    if not watched(portal) or not attempts.due(f"upkeep:{NAME}", portal.now(), EVERY):
        return None
    return again(portal, trust)


def again(portal: Portal, trust: ssl.SSLContext | None = None) -> Standing:
    """Look at the certificate now, and keep what was seen."""
    try:
        found = https.certificate(portal.settings.base_url, trust)
        standing = Standing(portal.now(), found.ends, found.wrong)
    except OutOfReach as error:
        standing = Standing(portal.now(), None, str(error))
    with database.transaction():
        ends = standing.ends.isoformat() if standing.ends else ""
        seen.keep(NAME, standing.at, {"ends": ends, "wrong": standing.wrong[:500]})
    return standing


def last() -> Standing | None:
    """What was seen last; in a connection."""
    row = seen.last(NAME)
    if row is None:
        return None
    ends = str(row.found.get("ends", ""))
    return Standing(row.at, datetime.fromisoformat(ends) if ends else None, str(row.found.get("wrong", "")))
