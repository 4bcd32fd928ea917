"""The cards' room runs on the desk's own computer, whatever its system: nothing in it needs what only POSIX has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.hardware.conftest import TEST_DATA, WORKER_ID

# Of the modules that are everywhere: what they have on POSIX alone.
POSIX_NAMES = {
    "os": (
        "chown",
        "fchown",
        "fork",
        "forkpty",
        "getegid",
        "geteuid",
        "getgid",
        "getloadavg",
        "getpgid",
        "getsid",
        "getuid",
        "killpg",
        "mkfifo",
        "nice",
        "O_CLOEXEC",
        "O_DIRECTORY",
        "O_NOCTTY",
        "O_NOFOLLOW",
        "O_NONBLOCK",
        "pread",
        "pwrite",
        "register_at_fork",
        "sched_getaffinity",
        "setsid",
        "statvfs",
        "sysconf",
        "uname",
        "wait",
    ),
    "signal": ("SIGALRM", "SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2", "alarm", "pause", "setitimer"),
    "select": ("epoll", "poll"),
    "socket": ("AF_UNIX", "SO_REUSEPORT", "socketpair"),
    "time": ("tzset",),
}
POSIX_ONLY = ("fcntl", "grp", "pwd", "resource", "termios", "tty", "syslog", "readline")
IMPORTS = """
import importlib, pkgutil, sys
for name in {missing!r}:
    sys.modules[name] = None  # an import of it fails, as on Windows
import hardware
for found in pkgutil.walk_packages(hardware.__path__, "hardware."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
print(sum(name.startswith("hardware") for name in sys.modules))

# And a card is made: two lines of the ledger, keys and a rack on the disk.
from datetime import date
from pathlib import Path
import logging, os, shutil, subprocess, tempfile  # what the library of Python itself does with POSIX it has done
for module, names in {names!r}.items():
    for name in names:
        vars(importlib.import_module(module)).pop(name, None)
folder = Path({folder!r})
journal, rack = hardware.FileJournal(folder / "journal"), hardware.VirtualRack(folder / "rack")
desk = hardware.Desk(rack.connect, hardware.KeyStore.embedded(folder / "keys"), journal=journal)
rack.insert_blank()
desk.personalise(hardware.Plan("TEST-0001", {worker!r}, {data!r}))
assert journal.open() == []
print(desk.identify().serial)
"""


def test_everything_is_imported_and_a_card_made_without_what_is_of_posix(folder: Path) -> None:
    given = {"missing": POSIX_ONLY, "names": POSIX_NAMES, "folder": str(folder), "worker": WORKER_ID, "data": TEST_DATA}
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-W", "error::EncodingWarning:hardware", "-c",
         IMPORTS.format(**given)], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    count, serial = done.stdout.splitlines()
    assert int(count) > 30
    assert serial == "TEST-0001"
