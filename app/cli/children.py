"""How `nintei run` starts its children: as copies of itself, or as programs of their own.

A copy has everything loaded already: it is up at once, shares the memory, and runs the code that `nintei run` runs,
whatever was installed since. It may be taken of a process only that has one thread and has opened nothing: that is why
`nintei run` itself never opens the portal.
"""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from setproctitle import setproctitle

from app.cli import lifeline
from config.machine import live_with

Main = Callable[[Sequence[str]], None]
_COPIES = multiprocessing.get_context("fork")
# New objects after which a copy looks for garbage in cycles (gc.set_threshold). With Python's 700 it did so several
# times for each page, which was a tenth of its work; what lies there meanwhile is a few megabytes.
_SELDOM = (50_000, 10, 10)


class Child(Protocol):
    """What is asked of a child that was started."""

    @property
    def pid(self) -> int:
        """The id of the child's process."""

    def poll(self) -> int | None:
        """Its exit code, negative of a signal; None while it runs."""

    def terminate(self) -> None:
        """Ask it to end (SIGTERM)."""

    def kill(self) -> None:
        """End it at once (SIGKILL)."""

    def wait(self) -> int:
        """Its exit code, once it has ended."""


# Starts a child with these words; the socket becomes its standard input (`lifeline`).
Start = Callable[[Sequence[str], socket.socket], Child]


class Copy:
    """This process once more, which goes on with `main(command)` in this environment."""

    def __init__(
        self,
        command: Sequence[str],
        line: socket.socket,
        environment: Mapping[str, str],
        main: Main,
        keep: Sequence[int] = (),
    ) -> None:
        # What is loaded by now stays for good: neither here nor in the copy is it looked through for garbage, which
        # would write to, and so double, the memory that all share.
        gc.freeze()
        self._process = _COPIES.Process(target=_be, args=(command, line.fileno(), environment, main, keep))
        self._process.start()
        assert self._process.pid is not None  # noqa: S101 - it was started
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Its exit code, negative of a signal; None while it runs."""
        return self._process.exitcode

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        self._process.join()
        assert self._process.exitcode is not None  # noqa: S101 - it has ended
        return self._process.exitcode


def copies(main: Main, environment: Mapping[str, str], keep: Sequence[int] = ()) -> Start:
    """Children as copies of this process. `keep`: what is open here and stays open there."""
    return lambda command, line: Copy(command, line, environment, main, keep)


def successor(words: Sequence[str], keep: Sequence[int]) -> Start:
    """This very command, started anew as whatever is installed now, with these words behind it; `keep` stays open."""

    def start(_command: Sequence[str], line: socket.socket) -> Child:
        return subprocess.Popen(  # noqa: S603 - our own command, as it was typed
            [*_typed(), *words], stdin=line.fileno(), pass_fds=keep
        )

    return start


def _typed() -> list[str]:
    """The command of this process. A script names its Python itself: where the path of the script leads elsewhere by
    now (`/opt/nintei/current`), that is the one of the program there, and ours would bring up the old one again."""
    rest = sys.orig_argv[1:]
    if rest and rest[0] == sys.argv[0] and os.access(rest[0], os.X_OK):
        return rest
    return [sys.executable, *rest]


def programs(launch: str, environment: Mapping[str, str]) -> Start:
    """Children as Python programs of their own, which know nothing but this environment."""

    def start(command: Sequence[str], line: socket.socket) -> Child:
        return subprocess.Popen(  # noqa: S603 - our own code with our own arguments
            [sys.executable, "-c", launch, *command], env=environment, stdin=line.fileno()
        )

    return start


def _be(command: Sequence[str], line: int, environment: Mapping[str, str], main: Main, keep: Sequence[int]) -> None:
    """The copy, from its first breath."""
    os.dup2(line, 0)
    low = 3
    for each in (*sorted(keep), os.sysconf("SC_OPEN_MAX")):
        os.closerange(low, each)  # lines to other children, whose ends would go unnoticed
        low = each + 1
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    setproctitle(" ".join(["nintei", *command]))  # it lies where the environment begins: before that is another
    live_with(environment)
    gc.set_threshold(*_SELDOM)
    lifeline.hold()
    try:
        main(command)
    finally:
        atexit._run_exitfuncs()  # multiprocessing leaves them out before Python 3.13
