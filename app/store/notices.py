"""LISTEN and NOTIFY of PostgreSQL: whoever has stored work tells the workers of every machine (its manual, NOTIFY).

A notice carries nothing and may be lost with a connection: a worker also looks by itself.
"""

from __future__ import annotations

import logging
import os
import select
from contextlib import suppress
from typing import Any

from app.store.database import connection, proxy

log = logging.getLogger("nintei.database")
CHANNEL = "nintei_work"


def ring() -> None:
    """There is work. Inside a transaction it is said when that commits; what hinders it hinders nobody else."""
    try:
        with connection():
            proxy.obj.execute_sql(f"NOTIFY {CHANNEL}")
    except Exception as error:
        log.info("workers were not told that there is work: %s", error)


class Listener:
    """A worker's ear, on a connection of its own; made anew when it breaks."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._out, self._in = os.pipe()  # `ring` writes to the one end, `wait` sees it at the other
        os.set_blocking(self._out, False)
        os.set_blocking(self._in, False)
        with suppress(Exception):  # the worker's first round says what is wrong with the database
            self._listen()

    def wait(self, seconds: float) -> None:
        """Return at a notice, at `ring`, or after this time."""
        try:
            if self._connection is None:
                self._listen()  # what was said while nobody listened has to be looked for: do not wait now
                return
            ready = self._ready(seconds)
            if self._connection.fileno() in ready:
                for _ in self._connection.notifies(timeout=0):
                    pass  # one look answers all that rang meanwhile
            if self._out in ready:
                os.read(self._out, 64)
        except Exception as error:
            log.info("notices of work are not heard for a moment: %s", error)
            self._hang_up()
            self._ready(min(seconds, 1.0))

    def ring(self) -> None:
        """Let this one go on. May be called from a signal's handler."""
        with suppress(BlockingIOError):
            os.write(self._in, b"!")

    def close(self) -> None:
        """Stop listening, and close the pipe."""
        self._hang_up()
        os.close(self._out)
        os.close(self._in)

    def _ready(self, seconds: float) -> list[int]:
        ears = [self._out] + ([self._connection.fileno()] if self._connection is not None else [])
        found: list[int] = select.select(ears, [], [], max(0.0, seconds))[0]
        return found

    def _listen(self) -> None:
        made = proxy.obj.apart()
        made.execute(f"LISTEN {CHANNEL}")
        self._connection = made

    def _hang_up(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
        self._connection = None
