"""Somebody who listens on the loopback address and says nothing: whatever the tests lead there is heard."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PLACE = b"@PORT@"  # where a file of tests/attacks names the listener's port


class Listener:
    """Keeps the first words of everybody who calls."""

    def __init__(self, server: socket.socket) -> None:
        self._server = server
        self.port = int(server.getsockname()[1])
        self.heard: list[bytes] = []

    def aimed(self, file: bytes) -> bytes:
        """The file with the addresses in it leading here."""
        return file.replace(PLACE, str(self.port).encode())

    def listen(self) -> None:
        """Until the socket is closed."""
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self.heard.append(connection.recv(100))


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = Listener(server)
        thread = threading.Thread(target=listener.listen, daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown(socket.SHUT_RDWR)  # accept() returns, which closing alone does not bring about
            thread.join(10)
