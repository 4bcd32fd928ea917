"""What is kept of a file's contents grows thinner with age: all of the last day, then the last of each hour and person,
after a week the last of each day and person. What came too late, came with a release, was put back or taken out stays,
and so does what stood before that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from datetime import timedelta

from app.services.base.businessdays import JAPAN
from app.services.base.portal import Portal
from app.states import VersionKind
from app.store import database
from app.store import workspaces as store

ALL, HOURLY = timedelta(days=1), timedelta(days=7)  # for so long all are kept, and the last of each hour
AT_ONCE = 200  # rows of one transaction


def thin(portal: Portal) -> int:
    """Forget what was saved in between. Gives how many contents went; each person who wrote is still among the rest."""
    now = portal.now()
    last: dict[Hashable, int] = {}
    turns: Counter[tuple[int, str]] = Counter()
    gone: list[int] = []
    with database.connection():
        for row in store.kept_before(now - ALL):
            file = (row.workspace_id, row.path)
            if row.kind is not VersionKind.SAVED:
                turns[file] += 1  # what stood before it stays, too
                continue
            there = row.saved_at.astimezone(JAPAN)
            hour = there.hour if row.saved_at >= now - HOURLY else None
            key = (file, turns[file], row.saved_by_id, there.date(), hour)
            if key in last:
                gone.append(last[key])
            last[key] = row.id
    for first in range(0, len(gone), AT_ONCE):
        with database.transaction():
            store.forget(gone[first : first + AT_ONCE])
    return len(gone)
