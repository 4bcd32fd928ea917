"""Whether the portal can work at this moment."""

from __future__ import annotations

from app.services import versions
from app.services.portal import Portal
from app.store import database


def reachable(portal: Portal) -> bool:
    """Whether the database answers."""
    try:
        with portal.connection():
            database.proxy.obj.execute_sql("SELECT 1")
    except Exception:
        return False
    return True


def fits(portal: Portal) -> bool:
    """Whether the database is of the version that this program works with."""
    try:
        with portal.connection():
            return versions.fits()
    except Exception:
        return False
