"""Looks into the mailbox every minute, beside the worker's jobs: a slow mail server holds nothing up."""

from __future__ import annotations

import logging
import threading

from app.connectors.inbox import Inbox
from app.errors import NinteiError
from app.services.base.portal import Portal
from app.services.mailroom import receive
from app.services.trouble import storage

log = logging.getLogger("nintei.worker")

EVERY = 60.0  # seconds


class Postman:
    """A thread of its own until `stop` is set. Any number of workers may have one: a mail is stored once."""

    def __init__(self, portal: Portal, inbox: Inbox, stop: threading.Event, every: float = EVERY) -> None:
        self._portal = portal
        self._inbox = inbox
        self._stop = stop
        self._every = every
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)

    def start(self) -> None:
        """Start the postman's thread."""
        self._thread.start()

    def once(self) -> int:
        """One visit; what hinders it is logged, and the next visit tries again."""
        try:
            taken = receive.poll(self._portal, self._inbox)
        except NinteiError as error:
            log.warning("%s", error)
            return 0
        except Exception as error:
            if storage.passes(error):
                log.warning("The mailbox was not read: %s", " ".join(str(error).split()))
            else:
                log.exception("The mailbox could not be read; the next visit tries again")
            return 0
        if taken:
            log.info("%s mails came in", taken)
        return taken

    def _run(self) -> None:
        while not self._stop.is_set():
            self.once()
            self._stop.wait(self._every)
