"""The virtual card's plug: it goes to vpcd (the virtual reader driver of vsmartcard) by TCP and is then a
card in a PC/SC reader.

Protocol (vsmartcard, virtualsmartcard/src/vpcd/vpcd.c): each message is a 2-byte big-endian length and a
body. A body of one byte from vpcd is control: 0 power off, 1 power on, 2 reset, 4 send the ATR; a longer
one is a command APDU. Closing the connection is pulling the card.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from typing import Final, Protocol, Self

from hardware.errors import CardRemoved, NoReader
from hardware.transport import Transport

log = logging.getLogger(__name__)

DEFAULT_PORT: Final = 35963  # vpcd's first slot; the second is one up
_OFF, _ON, _RESET, _ATR = 0, 1, 2, 4
_QUICKACK: Final = getattr(socket, "TCP_QUICKACK", None)


class Resettable(Transport, Protocol):
    """A card that can be powered and reset, not only talked to."""

    def reset(self) -> None: ...


class VpcdPlug:
    """One card in one slot of vpcd. `insert` connects and serves in a thread; `pull` breaks the connection."""

    def __init__(self, card: Resettable, host: str = "127.0.0.1", port: int = DEFAULT_PORT) -> None:
        self._card = card
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def insert(self) -> None:
        try:
            connection = socket.create_connection(self._address, timeout=5)
        except OSError as error:
            raise NoReader(
                "No virtual reader listens on %(host)s port %(port)d",
                host=self._address[0],
                port=self._address[1],
            ) from error
        connection.settimeout(None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._thread = threading.Thread(target=self._serve, args=(connection,), name="vpcd-plug", daemon=True)
        self._thread.start()

    def pull(self) -> None:
        """Safe to call twice, and from any thread but the plug's own."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self.wait()
        self._socket = None

    def wait(self, timeout: float | None = None) -> bool:
        """Until the connection ends (vpcd gone or card pulled); True when it has."""
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def __enter__(self) -> Self:
        self.insert()
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()

    def _serve(self, connection: socket.socket) -> None:
        try:
            while (message := _receive(connection)) is not None:
                answer = self._handle(message)
                if answer is not None:
                    connection.sendall(len(answer).to_bytes(2, "big") + answer)
        except CardRemoved:
            log.debug("the virtual card was pulled")
        except OSError as error:
            log.debug("vpcd went away: %s", error)
        finally:
            connection.close()
            self._card.close()

    def _handle(self, message: bytes) -> bytes | None:
        if len(message) != 1:
            return self._card.transmit(message)
        if message[0] == _ATR:
            return self._card.atr
        if message[0] in (_OFF, _ON, _RESET):
            self._card.reset()
        return None


def _receive(connection: socket.socket) -> bytes | None:
    """One message; None when the other side hung up."""
    head = _exactly(connection, 2)
    return None if head is None else _exactly(connection, int.from_bytes(head, "big"))


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    data = b""
    while len(data) < count:
        if _QUICKACK is not None:  # without it the kernel's delayed acknowledgement makes 44 ms of each 0.13 ms
            connection.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        part = connection.recv(count - len(data))
        if not part:
            return None
        data += part
    return data
