"""What a Play may use of the machine: time, memory, files and no network; and whether it rests."""

from __future__ import annotations

import ctypes
import logging
import os
import resource
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.machine import put_temporary_files

log = logging.getLogger("nintei.play")

FILES = 256  # open at once
NEW_USER, NEW_NET = 0x10000000, 0x40000000  # unshare(2)
PARENT_DEATH = 1  # prctl(2): PR_SET_PDEATHSIG


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one Play: `idle` seconds without a request; `longest` seconds altogether; `busy` seconds of a processor
    without a rest; `memory` bytes of address space, of which most is shared or never touched; `file_size` bytes."""

    idle: float = 20 * 60
    longest: float = 2 * 60 * 60
    busy: float = 55.0
    memory: int = 3 << 30
    file_size: int = 200 << 20


LIMITS = Limits()


def fence(folder: Path, limits: Limits = LIMITS) -> None:
    """Put it around this process: its folder, some memory, no network, nothing of the environment."""
    os.setsid()
    os.umask(0o077)
    tempfile.tempdir = put_temporary_files(folder)  # the rest of the environment is bare already
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_size, limits.file_size))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PARENT_DEATH, signal.SIGKILL)
        if libc.unshare(NEW_NET) != 0 and libc.unshare(NEW_USER | NEW_NET) != 0:
            log.info("This system keeps Plays on its network (%s)", os.strerror(ctypes.get_errno()))


def used(pid: int) -> float:
    """Seconds of a processor that the process has used (proc(5)); 0 where the system does not say."""
    try:
        parts = _stat(Path(f"/proc/{pid}/stat"))
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return 0.0


def running(pid: int) -> bool:
    """Whether one of its threads has a processor, or waits for one."""
    try:
        return any(_stat(each / "stat")[0] == "R" for each in Path(f"/proc/{pid}/task").iterdir())
    except (OSError, IndexError):
        return False


def _stat(file: Path) -> list[str]:
    """What stands after the name, which may hold anything."""
    return file.read_text().rpartition(")")[2].split()
