"""The clock of a Play: it goes on like any other, and is put forward by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta


class PlayClock:
    """Begins at `start` (aware, UTC). `monotonic` gives seconds that pass."""

    def __init__(self, start: datetime, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._from, self._at = monotonic(), start

    def now(self) -> datetime:
        """The Play's present, aware, in UTC."""
        return self._at + timedelta(seconds=self._monotonic() - self._from)

    def put(self, moment: datetime) -> None:
        """Put it forward to `moment`; it is never put back, for what happened would lie in the future."""
        now = self.now()
        self._from, self._at = self._monotonic(), max(now, moment)
