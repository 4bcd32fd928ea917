"""Card agents as processes of their own, quickly started: forked from one that has loaded all they need.

Each is a process like any other, runs the command `card agent`, and can be killed by its number. Run as a program this
is the one that forks: it reads a line of JSON (the command's arguments) and says the process's number; a number read
is waited for, and its end said.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Nursery:
    """Where agents are started. `start` gives a process number, `wait` how it ended (negative: the signal)."""

    def __init__(self, log: Path) -> None:
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.device.agents"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=Path(__file__).parents[2],
        )
        self._asking = threading.Lock()
        self._living: set[int] = set()

    def start(self, *arguments: str) -> int:
        pid = self._ask(list(arguments))
        self._living.add(pid)
        return pid

    def wait(self, pid: int) -> int:
        """Only for one that ends: whoever asks for another waits meanwhile."""
        self._living.discard(pid)
        return self._ask(pid)

    def _ask(self, what: Any) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._asking:
            self._process.stdin.write(json.dumps(what).encode() + b"\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def close(self) -> None:
        for pid in self._living:
            os.kill(pid, signal.SIGKILL)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()
        self._log.close()


def _serve() -> None:
    import smartcard.scard  # noqa: F401 - what takes time is loaded once

    from hardware.cli import card

    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked, int):
            print(os.waitstatus_to_exitcode(os.waitpid(asked, 0)[1]), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)
            card(asked, prog_name="card")
        print(pid, flush=True)


if __name__ == "__main__":
    _serve()
