"""A network line of which a test holds the scissors: a TCP relay that counts what passes and can be cut."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

CHUNK = 1 << 16


class Line:
    """Listens on a free port of the loopback address and passes everything on to `port`."""

    def __init__(self, port: int) -> None:
        self._far = port
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._left: int | None = None  # bytes that still pass to the server before the line is cut
        self.sent = 0  # bytes that went to the server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut_after(self, count: int) -> None:
        """When so many bytes more have gone to the server, every connection ends and no new one is made."""
        with self._lock:
            self._left = count

    @property
    def is_cut(self) -> bool:
        return self._left is not None and self._left <= 0

    def mend(self) -> None:
        """Connections are made again."""
        with self._lock:
            self._left = None

    def close(self) -> None:
        self._listener.close()
        self._end_all()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self.is_cut:
                    near.close()
                    continue
                try:
                    far = socket.create_connection(("127.0.0.1", self._far))
                except OSError:  # the server is away
                    near.close()
                    continue
                with self._lock:
                    self._ends |= {near, far}
                threading.Thread(target=self._carry, args=(near, far, True), daemon=True).start()
                threading.Thread(target=self._carry, args=(far, near, False), daemon=True).start()

    def _carry(self, start: socket.socket, end: socket.socket, to_server: bool) -> None:
        with suppress(OSError):
            while data := start.recv(CHUNK):
                if to_server and not self._passes(len(data)):
                    self._end_all()
                    return
                end.sendall(data)
        self._end(start, end)

    def _passes(self, count: int) -> bool:
        with self._lock:
            if self._left is not None:
                self._left -= count
                if self._left <= 0:
                    return False
            self.sent += count
            return True

    def _end_all(self) -> None:
        with self._lock:
            ends, self._ends = self._ends, set()
        self._end(*ends)

    @staticmethod
    def _end(*ends: socket.socket) -> None:
        for each in ends:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
