"""What a clock that ran ahead has noted, brought into the present once that clock was put right.

Nothing that the portal notes by itself lies in the future, no lease and no pause reaches further than its length: where
it does, the clock was put back, and whoever waits for that moment would wait for as long as it was off. What a process
waits for (its timers) is left alone: these are days that people were told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.states import JobState
from app.store.database import locked
from app.store.models import Attempt, Guess, Job, Outage

SKEW = timedelta(seconds=30)  # what the clocks of one installation may differ by


def jobs(now: datetime, lease: timedelta, pause: timedelta) -> int:
    """Jobs are due as soon after now as they were to be after they were noted; a holder who died loses its lease when
    that ends. `lease` and `pause` are the longest there are. Gives how many were brought back."""
    ahead, count = now + SKEW, 0
    noted = (Job.created_at > ahead) | (Job.tried_since > ahead) | (Job.run_at > ahead + pause)
    waiting = (Job.state == JobState.QUEUED) & (Job.run_at > ahead) & noted
    # Who holds one of them at the moment changes it anyway: it is passed over, and nobody is waited for.
    for row in locked(Job.select().where(waiting).order_by(Job.id), skip=True):
        count += 1
        first = row.tried_since is None and row.run_at <= row.created_at + pause
        row.run_at = now + max(row.run_at - row.created_at, timedelta(0)) if first else now
        row.created_at = min(row.created_at, now)
        row.tried_since = min(row.tried_since, now) if row.tried_since is not None else None
        row.save()
    held = (Job.state == JobState.RUNNING) & (Job.lease_until > ahead + lease)
    for row in locked(Job.select().where(held).order_by(Job.id), skip=True):
        count += 1
        row.lease_until = now + lease
        row.save()
    return count


def outages(now: datetime) -> int:
    """Servers that are away are tried again; gives how many."""
    count = 0
    for row in list(Outage.select().where(Outage.tried_at > now + SKEW)):
        changed = {"tried_at": now, "next_at": now, "since": min(row.since, now)}
        count += Outage.update(**changed).where(Outage.name == row.name).execute()
    return count


def tries(now: datetime) -> int:
    """What was tried counts from now on, for as long as it would have; gives how many."""
    kinds: tuple[Any, ...] = (Attempt, Guess)
    count = 0
    for table in kinds:
        for row in list(table.select().where(table.at > now + SKEW).order_by(table.id)):
            changed = {"at": now, "until": now + (row.until - row.at)}
            count += table.update(**changed).where(table.id == row.id).execute()
    return count
