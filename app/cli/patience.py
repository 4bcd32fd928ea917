"""A database that is not there yet when the portal starts is waited for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from app.cli import lifeline
from app.errors import NinteiError
from app.services.trouble import storage

log = logging.getLogger("nintei")
T = TypeVar("T")

LONGEST_PAUSE = 5.0  # seconds between two tries


def patiently(begin: Callable[[], T], sleep: Callable[[float], None] = time.sleep) -> T:
    """What `begin` gives; tried again, after growing pauses, as long as only the database is in the way. Said once."""
    pause, said = 0.5, False
    while True:
        lifeline.pulse()
        try:
            return begin()
        except NinteiError:
            raise
        except Exception as error:
            if not storage.passes(error):
                raise
            if not said:
                log.warning("waiting for the database: %s", " ".join(str(error).split()))
            said = True
        sleep(pause)
        pause = min(LONGEST_PAUSE, 2 * pause)
