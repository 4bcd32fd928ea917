"""What hinders a worker's rounds: said once, waited out, and left to a new process where only that can help."""

from __future__ import annotations

import logging
from collections.abc import Callable

from app.errors import NinteiError, Temporary
from app.services.pages import health
from app.services.trouble import storage

log = logging.getLogger("nintei.worker")

LONGEST_PAUSE = 5.0  # seconds between two rounds that fail: a database that is back is noticed within this
MOST_ROUNDS = 20  # that fail one after the other, while the database answers whoever asks it anew


class Weather:
    """The rounds of one worker. `answers` says whether the database can be reached by a connection of its own."""

    def __init__(self, monotonic: Callable[[], float], answers: Callable[[], bool] | None = None) -> None:
        self._monotonic = monotonic
        self._answers = answers or health.answers
        self._since = 0.0
        self._failed = 0
        self._in_vain = 0
        self._said = ""

    def fair(self) -> None:
        """A round went well."""
        if self._failed:
            log.info("work goes on after %.0f s and %s rounds in vain", self._monotonic() - self._since, self._failed)
        self._failed, self._in_vain, self._said = 0, 0, ""

    def foul(self, error: Exception) -> float:
        """A round failed; gives the seconds until the next. Raises Temporary when a new process should go on."""
        if not self._failed:
            self._since = self._monotonic()
        self._failed += 1
        self._say(error)
        if not isinstance(error, NinteiError):
            self._in_vain = self._in_vain + 1 if self._answers() else 0
        if self._in_vain >= MOST_ROUNDS:
            raise Temporary(
                "The worker ends after %(count)s rounds in vain, although the database answers; a new one goes on",
                count=self._in_vain,
            )
        return min(LONGEST_PAUSE, 0.5 * 2.0 ** min(self._failed, 10))

    def _say(self, error: Exception) -> None:
        """One line for each kind of trouble, however many rounds it lasts; the whole trace of what is our mistake."""
        kind = type(error).__name__
        if kind == self._said:
            return
        self._said = kind
        if storage.passes(error) or isinstance(error, NinteiError):
            log.warning("no work is done until this is over: %s", " ".join(str(error).split()))
        else:
            log.error("The worker could not go on; it tries again", exc_info=error)
