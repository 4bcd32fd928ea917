"""Whether the portal can work at this moment, in checks that each have a name."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final

from app.services.base import versions
from app.services.base.portal import Portal
from app.services.trouble import mailserver
from app.store import database, jobrows, outages, workers

ALIVE: Final = 90.0  # seconds; a worker signs every ten, and every forty while a job takes long
GRACE: Final = 120.0  # seconds after the start in which workers may still be on their way
LATE: Final = timedelta(minutes=15)  # a job that is due for so long is done by nobody
NAMES: Final = ("database", "version", "files", "workers", "jobs", "disk")

Check = Mapping[str, Any]  # {"ok": bool, and figures}


def readiness(portal: Portal, *, leaving: bool) -> dict[str, Check]:
    """Whether requests should come here now, in named checks. `leaving`: this process is about to end."""
    found: dict[str, Check] = {"leaving": {"ok": not leaving}}
    found["database"] = {"ok": reachable(portal)}
    found["version"] = {"ok": found["database"]["ok"] and fits(portal)}
    found["packages"] = {"ok": found["version"]["ok"] and _has_packages(portal)}
    return found


def _has_packages(portal: Portal) -> bool:
    """Whether what is in force can be loaded; a portal in which nothing was released yet has nothing to wait for."""
    try:
        wanted = portal.releases.count_in_force()
        return len(portal.releases.all_current()) == wanted
    except Exception:
        return False


def checks(portal: Portal, up: float, only: Collection[str] = ()) -> dict[str, Check]:
    """Each check by name: {"ok": …} and its figures. `up`: seconds since this process began; `only` leaves out others.

    Nothing in it is secret: whoever watches from outside may read it.
    """
    ways: dict[str, Callable[[], Check]] = {
        "database": lambda: {"ok": reachable(portal)},
        "version": lambda: {"ok": fits(portal)},
        "files": lambda: {"ok": portal.blobs.reachable()},
        "workers": lambda: _workers(portal, up),
        "jobs": lambda: _jobs(portal),
        "disk": lambda: _disk(portal),
    }
    found: dict[str, Check] = {}
    for name in NAMES:
        if only and name not in only:
            continue
        try:
            found[name] = ways[name]()
        except Exception:  # it cannot be known, so it is not well
            found[name] = {"ok": False}
    return found


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


def sign(name: str) -> None:
    """A worker is alive: its round is over, or its job goes on."""
    with database.transaction():
        workers.sign(name, socket.gethostname())


def leave(name: str) -> None:
    """Take the worker that ends off the list."""
    with database.transaction():
        workers.leave(name)


def _workers(portal: Portal, up: float) -> Check:
    """Of the workers that `nintei run` starts here, all must be alive; where it starts none, one anywhere."""
    own = portal.settings.workers
    with portal.connection():
        silences = workers.silences()
    alive = [seconds for _, seconds in silences if seconds <= ALIVE]
    here = [seconds for machine, seconds in silences if seconds <= ALIVE and machine == socket.gethostname()]
    enough = len(here) >= own if own else bool(alive)
    return {
        "ok": enough or up < GRACE,
        "alive": len(alive),
        "last_round_seconds": round(silences[0][1]) if silences else None,
    }


def _jobs(portal: Portal) -> Check:
    now = portal.now()
    with portal.connection():
        # Mails that wait for a server which is away are nobody's delay here.
        since = jobrows.oldest_due(now, ("mail",) if outages.of(mailserver.NAME) is not None else ())
    late = now - since if since is not None else timedelta(0)
    return {"ok": late < LATE, "oldest_due_seconds": max(0, round(late.total_seconds()))}


def _disk(portal: Portal) -> Check:
    free = shutil.disk_usage(portal.settings.data_dir).free >> 20
    return {"ok": free >= portal.settings.free_mb, "free_mb": free}
