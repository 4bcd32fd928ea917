"""A nudge from whoever committed a step to the workers of this machine: a datagram on loopback. PostgreSQL, whose
workers may be on other machines, has notices of its own (`store.notices`).

It carries nothing and may be lost: a worker also looks by itself, a little apart from the others.
"""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path
from typing import Protocol

from config import machine


class Ear(Protocol):
    """What a worker waits at between its rounds."""

    def wait(self, seconds: float) -> None:
        """Return at a nudge, at `ring`, or after this time."""

    def ring(self) -> None:
        """Let this one go on. May be called from a signal's handler."""

    def close(self) -> None:
        """Stop listening for pokes."""


class Bell:
    """A worker's ear: `wait` returns at a poke or after some seconds."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._file = folder / f"{os.getpid()}-{self._socket.getsockname()[1]}"
        self._file.touch()

    def wait(self, seconds: float) -> None:
        """Return at a poke, or after this time."""
        self._socket.settimeout(max(0.01, seconds))
        try:
            self._socket.recv(1)
            self._socket.settimeout(0.0)
            while True:  # one look answers all that rang meanwhile
                self._socket.recv(1)
        except (TimeoutError, BlockingIOError):
            return

    def ring(self) -> None:
        """Let this one go on. May be called from a signal's handler."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto(b"!", self._socket.getsockname())

    def close(self) -> None:
        """Stop listening, and remove the socket's file."""
        self._file.unlink(missing_ok=True)
        self._socket.close()


def poke(folder: Path) -> None:
    """Ring every bell of this machine; a dead one's name is taken away."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for file in folder.iterdir():
            pid, _, port = file.name.partition("-")
            if not port.isdigit():
                continue
            if not machine.runs(int(pid)):
                file.unlink(missing_ok=True)
                continue
            with contextlib.suppress(OSError):
                out.sendto(b"!", ("127.0.0.1", int(port)))
