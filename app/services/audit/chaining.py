"""The chain is drawn through the entries after they were stored: no step waits for another one's link.

A worker does it in each of its rounds, commands before they look. What is stored and not yet linked is told apart
(`store.trail.strays`, `lost`), and triggers refuse to change or remove it meanwhile.
"""

from __future__ import annotations

from app.services.base import chain
from app.store import database, trail

AT_ONCE = 1000  # entries that are linked in one transaction


def draw() -> int:
    """Link what waits; gives how many entries that were."""
    done = 0
    with database.connection():
        if not trail.waiting():
            return 0
        while True:
            count = _some()
            done += count
            if count < AT_ONCE:
                return done


def _some() -> int:
    with database.transaction():
        trail.hold()
        seq, before = trail.end()
        links = []
        for entry in trail.unlinked(AT_ONCE):
            seq += 1
            before = chain.following(before, chain.canonical(entry, seq))
            links.append((seq, entry.id, before))
        trail.link(links)
    return len(links)
