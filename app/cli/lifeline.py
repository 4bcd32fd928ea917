"""What ties a child of `nintei run` to its parent: one socket, on which each learns that the other is no more.

The parent holds the other end. When the parent ends, however it ends, the child reads the end of the stream and ends,
too; else its old program would go on beside the new one. The child's main loop sends a byte each time it turns: a child
that sends none for long hangs, and the parent replaces it.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time

log = logging.getLogger("nintei")

PULSE_EVERY = 1.0  # seconds; more often tells the parent nothing more
STOP_WITHIN = 60.0  # seconds that a child without a parent has to finish what it does

_held: Lifeline | None = None


class Lifeline:
    """The child's end of the line by which a parent and its child notice that the other is gone."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._sent = float("-inf")
        threading.Thread(target=self._watch, name="lifeline", daemon=True).start()

    def pulse(self) -> None:
        """The main loop has turned."""
        now = time.monotonic()
        if now - self._sent < PULSE_EVERY:
            return
        self._sent = now
        try:
            self._end.send(b".", socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except OSError:  # nobody listens any more (`_watch` sees to that), or the parent is slow to read
            return

    def _watch(self) -> None:
        try:
            while self._end.recv(64):
                pass
        except OSError:
            pass
        log.warning("nintei run is gone: this process ends, too")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_WITHIN)
        os._exit(1)


def take() -> socket.socket:
    """The line that the parent gave as standard input, which is an empty one from here on."""
    end = socket.socket(fileno=os.dup(0))
    end.set_inheritable(False)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return end


def hold() -> None:
    """Take up the line, and end when nobody is at its other end any more."""
    global _held
    _held = Lifeline(take())


def pulse() -> None:
    """The main loop of this process has turned; says nothing where nobody listens."""
    if _held is not None:
        _held.pulse()
