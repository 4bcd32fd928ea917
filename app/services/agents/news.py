"""Pages that show the card desk live wait here until something is new.

What is new is one short word over desks, cards and card jobs, made from the database, so every process of the portal
says the same. A page that has the present word waits for another one. An agent's report wakes the pages that wait in
the process it came to; of what other processes did, one look at the database tells them all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Final

from app.services.base.portal import Portal
from app.store import cards, database, jobrows

HERE: Final = timedelta(seconds=12)  # an agent that said nothing for so long is away
LOOK_SECONDS: Final = 0.1  # at most so old is what a waiting page knows of other processes
LONGEST_WAIT: Final = 25.0  # seconds; proxies end a request that is silent for 30 or 60
PLACES: Final = 24  # pages that wait in one process; others are answered at once, and ask again after PAUSE_SECONDS
PAUSE_SECONDS: Final = 1.0


def word(portal: Portal) -> str:
    """The present state of what the card pages show, in 16 letters: the same word means that nothing is new."""
    limit = portal.now() - HERE
    with database.connection():
        desks = [(row.name, row.seen, row.last_seen is not None and row.last_seen >= limit) for row in cards.desks()]
        said = (desks, cards.newest_event(), jobrows.open_marks(("card", "pdf")))
    return sha256(repr(said).encode()).hexdigest()[:16]


class WaitingRoom:
    """The pages that wait in this process, `places` of them at most. Each holds a thread of the server, which must have
    as many beside those for other requests."""

    def __init__(self, places: int = PLACES, clock: Callable[[], float] = time.monotonic) -> None:
        self._places = places
        self._clock = clock
        self._inside = 0
        self._closed = False
        self._rings = 0
        self._rung = threading.Condition()
        self._looking = threading.Lock()
        self._word = ""
        self._looked = (-1, 0.0)  # after how many rings, and when

    @property
    def inside(self) -> int:
        """How many agents wait for news now."""
        return self._inside

    def close(self) -> None:
        """Nobody waits any more: the server ends."""
        with self._rung:
            self._places = 0
            self._closed = True
            self._rung.notify_all()

    def ring(self) -> None:
        """Something may be new: everybody looks."""
        with self._rung:
            self._rings += 1
            self._rung.notify_all()

    def wait(
        self, known: str, look: Callable[[], str], gone: Callable[[], bool], longest: float = LONGEST_WAIT
    ) -> tuple[str, bool]:
        """The word as soon as it is another than `known`, at the latest after `longest` seconds or when the page is
        `gone`; and whether there was a place to wait in."""
        with self._rung:
            if self._inside >= self._places:
                return look(), False
            self._inside += 1
        try:
            return self._wait(known, look, gone, self._clock() + longest), True
        finally:
            with self._rung:
                self._inside -= 1

    def _wait(self, known: str, look: Callable[[], str], gone: Callable[[], bool], end: float) -> str:
        while True:
            rings = self._rings
            now = self._look(look)
            left = end - self._clock()
            if now != known or left <= 0 or self._closed or gone():
                return now
            with self._rung:
                if self._rings == rings and not self._closed:
                    self._rung.wait(min(LOOK_SECONDS, left))

    def _look(self, look: Callable[[], str]) -> str:
        """One look serves all that wait."""
        with self._looking:
            rings, at = self._rings, self._clock()
            if self._looked[0] != rings or at - self._looked[1] >= LOOK_SECONDS:
                self._word = look()
                self._looked = (rings, at)
            return self._word
