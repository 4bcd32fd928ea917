"""One at a time for what is no row: among all processes of all machines on PostgreSQL, of this machine on SQLite."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import Busy
from app.store.database import is_postgres, proxy
from hardware import files

LOOK_EVERY = 0.1  # seconds


@contextmanager
def alone(name: str, folder: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold the name until the block ends, or the process. `folder`: of locks of this machine. Raises Busy when another
    one holds it for longer than `wait` seconds."""
    deadline = time.monotonic() + wait
    hold = _on_server if is_postgres() else _on_machine
    with hold(name, folder, deadline):
        yield


@contextmanager
def _on_server(name: str, _folder: Path, deadline: float) -> Iterator[None]:
    """A lock of a session of its own: the server lets go of it when the connection ends, however that ends."""
    with proxy.obj.apart() as connection:
        while True:
            row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)).fetchone()
            if row[0]:
                break
            _wait(deadline)
        yield


@contextmanager
def _on_machine(name: str, folder: Path, deadline: float) -> Iterator[None]:
    files.private_folder(folder)
    path = folder / hashlib.sha256(name.encode()).hexdigest()[:32]
    while (lock := files.alone(path)) is None:
        _wait(deadline)
    try:
        yield
    finally:
        lock.release()


def _wait(deadline: float) -> None:
    if time.monotonic() >= deadline:
        raise Busy("Somebody else is doing just this at the moment")
    time.sleep(LOOK_EVERY)
