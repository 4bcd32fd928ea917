"""Whether the portal can work at this moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

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


def answers() -> bool:
    """Whether the database answers whoever asks it anew: in a thread of its own, which has no connection yet."""

    def ask() -> bool:
        with database.connection():
            database.proxy.obj.execute_sql("SELECT 1")
        return True

    with ThreadPoolExecutor(1) as other:
        try:
            return other.submit(ask).result()
        except Exception:
            return False


def fits(portal: Portal) -> bool:
    """Whether the database is of the version that this program works with."""
    try:
        with portal.connection():
            return versions.fits()
    except Exception:
        return False
