"""Folders for what passes: each is held by a lock while its owner lives, and swept away once the owner is gone.

Who is killed tidies nothing up. So these folders lie in one place, and a lock (flock(2)), which the kernel takes back
from whoever dies, says which of them still serve somebody.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import weakref
from pathlib import Path

from hardware.files import locked, private_folder

FOLDER = ".scratch"  # of the data folder: what is too large for the machine's own place, or too secret
_LOCK = ".lock"  # whoever makes a folder or sweeps is alone: none is seen between its making and its being held
_HELD = ".held"  # in each folder: a file, because a folder itself cannot be locked on every network's disk


class Scratch:
    """An empty folder that others cannot read; gone with `close`, with this object, or with the process. It lies where
    this user's do, or in `base`, which serves for nothing else, when it should be on a certain disk."""

    def __init__(self, prefix: str, base: Path | None = None) -> None:
        base = place() if base is None else private_folder(base)
        if base is None:  # somebody else has taken the name: then a folder that nobody sweeps
            self.path = Path(tempfile.mkdtemp(prefix=f"nintei-{prefix}-"))
            self.close = weakref.finalize(self, _remove, self.path, None)
            return
        with locked(base / _LOCK):
            self.path = Path(tempfile.mkdtemp(prefix=f"{prefix}-", dir=base))
            handle = os.open(self.path / _HELD, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX)
        self.close = weakref.finalize(self, _remove, self.path, handle)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()


def place() -> Path | None:
    """Where the folders of this user lie; none where somebody else made something of that name."""
    found = Path(tempfile.gettempdir()) / f"nintei-scratch-{os.geteuid()}"
    try:
        found.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        return None
    facts = found.lstat()
    ours = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.geteuid() and not facts.st_mode & 0o077
    return found if ours else None


def sweep(base: Path | None = None) -> int:
    """Remove the folders whose owner is gone, where this user's lie or in `base`; gives how many."""
    base, count = place() if base is None else base, 0
    if base is None or not base.is_dir():
        return 0
    with locked(base / _LOCK):
        for each in base.iterdir():
            count += each.is_dir() and not each.is_symlink() and _swept(each)
    return count


def _swept(folder: Path) -> bool:
    try:
        handle = os.open(folder / _HELD, os.O_RDWR)
    except FileNotFoundError:  # whoever made it was killed before anything else; or it is closed just now
        shutil.rmtree(folder, ignore_errors=True)
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        shutil.rmtree(folder, ignore_errors=True)
        return True
    finally:
        os.close(handle)


def _remove(folder: Path, handle: int | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if handle is not None:
        os.close(handle)
