"""The log on another machine as well (OWASP ASVS 5.0, 16.4.3): who breaks into this one changes nothing said before.

Lines go to a syslog server as they are written, as JSON (RFC 5424), under TLS with a certificate that is checked
(RFC 5425). Nobody waits for it: a thread of each process sends them; while the server is away they are kept, the
newest `MOST` of them, and how many were lost is told. The standard error has them all the same.
"""

from __future__ import annotations

import logging
import os
import socket
import ssl
import threading
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime

MOST = 10_000  # lines that wait for a server that is away
SECONDS = 10.0  # for a connection, and for the taking of a line
LONGEST_PAUSE = 60.0  # seconds between two tries
LAST = 2.0  # seconds that a process which ends gives to what still waits

_SECURITY, _USER = 10, 1  # facilities (RFC 5424, 6.2.1)
_SEVERITY = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))


class Away(logging.Handler):
    """Sends each line to this server."""

    def __init__(self, host: str, port: int, trusted: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self._place = (host, port)
        self._trusted = trusted
        self._here = socket.gethostname() or "-"
        self._begin()

    def _begin(self) -> None:
        """Of a process: what waits, what was lost, and nobody yet who sends it."""
        self._waiting: deque[bytes] = deque()
        self._lost = 0
        self._change = threading.Condition()
        self._over = False
        self._process = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Have the line sent."""
        try:
            frame = self._frame(record)
        except Exception:  # as every handler has it: a line that cannot be written stops nobody's work
            self.handleError(record)
            return
        self._of_this_process()
        with self._change:
            if len(self._waiting) >= MOST:
                self._waiting.popleft()
                self._lost += 1
            self._waiting.append(frame)
            if not self._process:
                self._process = os.getpid()
                threading.Thread(target=self._send, name="log", daemon=True).start()
            self._change.notify_all()

    def close(self) -> None:
        """The process ends: what waits is sent, where that takes no time."""
        self._of_this_process()
        with self._change:
            if self._process == os.getpid():
                self._change.wait_for(lambda: not self._waiting, LAST)
            self._over = True
            self._change.notify_all()
        super().close()

    def _of_this_process(self) -> None:
        """A copy of a process begins anew: what waited is its maker's to send, whose lock may have been taken."""
        if self._process not in (0, os.getpid()):
            self._begin()

    def _frame(self, record: logging.LogRecord) -> bytes:
        """One line as it travels: its length, a blank, the line."""
        facility = _SECURITY if record.name == "nintei.security" else _USER
        severity = next((value for level, value in _SEVERITY if record.levelno >= level), 7)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = f"<{facility * 8 + severity}>1 {at} {self._here} nintei {os.getpid()} - - {self.format(record)}".encode()
        return b"%d %s" % (len(said), said)

    def _send(self) -> None:
        line: ssl.SSLSocket | None = None
        tries = 0
        while True:
            with self._change:
                self._change.wait_for(lambda: self._waiting or self._over)
                if self._over:
                    break
                frame = self._waiting[0]
            try:
                line = line or self._connected()
                self._told_of_loss(line)
                line.sendall(frame)
            except OSError:
                _shut(line)
                line, tries = None, tries + 1
                with self._change:
                    self._change.wait_for(lambda: self._over, min(LONGEST_PAUSE, 2.0 ** min(tries, 6) / 4))
                continue
            tries = 0
            with self._change:
                if self._waiting and self._waiting[0] is frame:
                    self._waiting.popleft()
                self._change.notify_all()
        _shut(line)

    def _connected(self) -> ssl.SSLSocket:
        trusted = self._trusted or ssl.create_default_context()
        raw = socket.create_connection(self._place, SECONDS)
        try:
            return trusted.wrap_socket(raw, server_hostname=self._place[0])
        except OSError:
            raw.close()
            raise

    def _told_of_loss(self, line: ssl.SSLSocket) -> None:
        lost = self._lost
        if lost:
            words = "%s lines of the log were lost while the server that takes them was away"
            line.sendall(self._frame(logging.LogRecord("nintei", logging.WARNING, "", 0, words, (lost,), None)))
            with self._change:
                self._lost -= lost


def _shut(line: ssl.SSLSocket | None) -> None:
    if line is not None:
        with suppress(OSError):
            line.close()
