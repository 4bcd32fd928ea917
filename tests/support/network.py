"""Ports of this machine."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable
from contextlib import suppress

# Above these the system takes the ports of outgoing connections, any of which might come before the test's server.
LOWEST, HIGHEST = 10_000, 32_000
_claims: list[socket.socket] = []


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on, and that no other test of this machine is given."""
    for port in random.SystemRandom().sample(range(LOWEST, HIGHEST), 500):
        with suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            claim.bind(f"\0nintei-tests-port-{port}")
            _claims.append(claim)  # held until this process ends
            return port
    raise OSError("500 ports are all taken")


def wait_until(true: Callable[[], bool], seconds: float, what: str, pause: float = 0.05) -> None:
    """Ask again and again; raise TimeoutError that names `what` if it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:g} seconds")
        time.sleep(pause)
