"""Files that must never be seen half-written, readable by their owner only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


def write_whole(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Replace a file as a whole (mode 0600). With `durable` it is on the disk when this returns: after a
    power cut there is the old content or the new one.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    if durable and os.name == "posix":  # elsewhere a folder cannot be opened, and a rename is on the disk by itself
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def private_folder(path: Path) -> Path:
    """Make it if need be, closed to others."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone among all processes while inside; `path` is a file that serves for nothing else."""
    with FileLock(path, mode=0o600):
        yield


def alone(path: Path) -> FileLock | None:
    """Held until it is released or its process ends, however that ends; None while another holds it."""
    lock = FileLock(path, timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock
