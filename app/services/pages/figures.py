"""What whoever watches the portal wants to know in numbers; nothing of a person, and no words that people wrote."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.services.base import versions
from app.services.base.portal import Portal
from app.store import database, figures, glance, jobrows

KEPT: Final = 5.0  # seconds: whoever asks more often reads the same numbers
Counts = Sequence[tuple[tuple[str, ...], int]]


@dataclass(frozen=True, slots=True)
class Backup:
    """The last backup that is on record: how long ago, how large, and how many files were damaged when it was made."""

    age_seconds: float
    size: int
    damaged: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one moment. Counts are by their words: cases by (state, stage), tasks by (side,), jobs by (operator, state),
    incidents by (kind,), mails by (state,)."""

    cases: Counts
    open_tasks: Counts
    jobs: Counts
    incidents: Counts
    mails: Counts
    outages: int
    oldest_due_seconds: float
    worker_silences: Sequence[float]  # seconds
    free_bytes: int
    files_reachable: bool
    schema: int
    backup: Backup | None  # the last one


_kept: dict[int, tuple[float, Figures]] = {}


def read(portal: Portal) -> Figures:
    """The figures of now. Raises what the database raises."""
    at, found = _kept.get(id(portal), (float("-inf"), None))
    if found is not None and time.monotonic() - at < KEPT:
        return found
    now = portal.now()
    with portal.connection():
        since = jobrows.oldest_due(now)
        last = glance.last_backup()
        late = max(now - since, timedelta(0)) if since is not None else timedelta(0)
        found = Figures(
            cases=figures.cases(),
            open_tasks=figures.open_tasks(),
            jobs=figures.jobs(),
            incidents=figures.incidents(),
            mails=figures.mails(),
            outages=figures.outages(),
            oldest_due_seconds=late.total_seconds(),
            worker_silences=figures.workers(),
            free_bytes=shutil.disk_usage(portal.settings.data_dir).free,
            files_reachable=portal.blobs.reachable(),
            schema=versions.newest(),
            backup=Backup((now - last.at).total_seconds(), last.size, last.damaged) if last is not None else None,
        )
    _kept.clear()
    _kept[id(portal)] = (time.monotonic(), found)
    return found


def pool() -> Mapping[str, int]:
    """Connections of this process to a database on a server: in_use and idle; nothing for an embedded one."""
    return database.pool()
