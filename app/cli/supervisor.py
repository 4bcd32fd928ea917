"""`nintei run`: web and workers as child processes. One that ends or hangs is started again, after a growing pause;
SIGTERM ends them all when they have finished what they do.

SIGHUP brings a successor: the same command as it is installed now, on the same sockets. It prepares and starts its
children beside ours; once they are up, ours finish what they do and end, and this process keeps nothing but the
successor. One that does not come up changes nothing."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

from app.cli.children import Child, Start
from app.errors import Refused

log = logging.getLogger("nintei")

SUCCESSOR = "run"  # the name of the child that is a whole `nintei run`


@dataclass(frozen=True)
class Pace:
    """Seconds. A child that lived `well` long is started again at once; else after 1, 2, 4 … `longest`."""

    well: float = 60.0
    first: float = 1.0
    longest: float = 60.0
    look: float = 0.5
    silent: float = 900.0  # a main loop that did not turn for so long hangs: no job takes longer
    start: float = 600.0  # the same while it starts
    tries: int = 3  # of a child that never came up since `nintei run` began: then it is the settings, not luck


@dataclass
class _Child:
    command: list[str]
    process: Child | None = None
    line: socket.socket | None = None
    began: float = 0.0
    due: float = 0.0  # when it is started again
    failures: int = 0
    came_up: bool = False  # once, since `nintei run` began
    turned: bool = False  # since it was started
    silent: float = 0.0

    @property
    def name(self) -> str:
        return self.command[0]


def require_free(host: str, port: int) -> None:
    """Raise Refused where another program listens there already: several of ours may listen on one port, and would
    share it with another portal of the same user without a word."""
    for family, kind, protocol, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            try:
                probe.bind(place)
            except OSError as error:
                raise Refused(
                    "Nothing can listen on %(host)s, port %(port)s (%(reason)s): another program may be there already. "
                    "NINTEI_PORT chooses another",
                    host=host,
                    port=port,
                    reason=error.strerror or error,
                ) from error


def first(command: Sequence[str], start: Start) -> None:
    """Let a child do what has to be done before the others start. Raises SystemExit where it could not, or where this
    process was told to end meanwhile: then the child is told, too."""
    asked: list[int] = []
    ours, theirs = socket.socketpair()  # it ends with this process, however this one ends
    with ours:
        with theirs:
            child = start(command, theirs)

        def end(number: int, _frame: FrameType | None) -> None:
            asked.append(number)
            child.terminate()

        before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
        code = child.wait()
        for number, handler in before.items():
            signal.signal(number, handler)
    if code or asked:
        raise SystemExit(0 if asked else max(code, 1))


class Supervisor:
    """Starts the children and watches them. `patience`: seconds they have to finish what they do at the end.
    `apart`: how those are started, by name, that are not started as the others. `successor`: how the command is started
    anew; `line`: to whoever this one succeeds, on which it says once all are up that it goes on from here. `doors`:
    what the children listen on, which is held open here until all shall end."""

    def __init__(
        self,
        commands: Sequence[Sequence[str]],
        start: Start,
        patience: float = 20.0,
        pace: Pace | None = None,
        apart: Mapping[str, Start] | None = None,
        successor: Start | None = None,
        line: socket.socket | None = None,
        doors: Sequence[socket.socket] = (),
    ) -> None:
        self._doors = doors
        self._successor = successor
        self._coming: _Child | None = None
        self._leaving: list[tuple[_Child, float]] = []  # and when each is ended at once
        self._renew = False
        self._line = line
        self._apart = apart or {}
        self._children = [_Child(list(command)) for command in commands]
        self._start_child = start
        self._patience = patience
        self._pace = pace or Pace()
        self._stop = threading.Event()
        self._at_once = False

    def run(self) -> int:
        """Until SIGTERM or SIGINT, or until a child that never came up has failed some times; gives the exit code."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._on_signal)
        signal.signal(signal.SIGHUP, self._on_renewal)
        code, before = 0, time.monotonic()
        while not self._stop.is_set():
            now = time.monotonic()
            # A machine that slept wakes up with everybody silent: no more counts than one look takes.
            passed, before = min(now - before, 2 * self._pace.look), now
            for child in self._children:
                code = self._look_after(child, now, passed)
                if code:
                    self._stop.set()
                    break
            self._succeed(now, passed)
            self._see_off(now)
            self._tell()
            self._stop.wait(self._pace.look)
        self._end()
        return code

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._at_once = self._stop.is_set()  # asked twice: nothing is waited for
        self._stop.set()

    def _on_renewal(self, _number: int, _frame: FrameType | None) -> None:
        self._renew = True

    def _succeed(self, now: float, passed: float) -> None:
        """Start the successor that is asked for; once it is up, let ours go."""
        if self._renew and self._coming is None and self._successor is not None:
            self._apart = {**self._apart, SUCCESSOR: self._successor}
            self._coming = _Child([SUCCESSOR])
            self._start(self._coming, now)
            log.info("a successor is started; this one goes on until it is up")
        self._renew = False
        coming = self._coming
        if coming is None or coming.process is None:
            return
        code = coming.process.poll()
        if code is not None:
            log.error("the successor does not come up (exit %s): what runs goes on", code)
            self._let_go(coming)
            self._coming = None
            return
        self._listen(coming, passed)
        if coming.turned:
            log.info("the successor is up: what was here finishes and ends")
            for child in self._children:
                if child.process is not None:
                    os.kill(child.process.pid, signal.SIGINT)  # no notice to anybody: others answer at the same place
            self._leaving += [(child, now + self._patience + 10) for child in self._children]
            self._children, self._coming = [coming], None

    def _see_off(self, now: float) -> None:
        """Those that finish what they do."""
        for child, until in list(self._leaving):
            if child.process is not None and child.process.poll() is None:
                if now < until:
                    continue
                child.process.kill()
                child.process.wait()
            self._let_go(child)
            self._leaving.remove((child, until))

    def _tell(self) -> None:
        """Say to whom this one succeeds that all are up; end when nobody is there any more."""
        if self._line is None:
            return
        try:
            if not self._line.recv(64):
                log.warning("nintei run is gone: this process ends, too")
                self._stop.set()
        except BlockingIOError:
            pass
        except OSError:
            self._stop.set()
        if all(child.turned for child in self._children):
            with contextlib.suppress(OSError):
                self._line.send(b".", socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)

    def _look_after(self, child: _Child, now: float, passed: float) -> int:
        if child.process is None:
            if now >= child.due:
                self._start(child, now)
            return 0
        code = child.process.poll()
        if code is None:
            self._listen(child, passed)
            return 0
        return self._ended(child, code, now)

    def _start(self, child: _Child, now: float) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            child.process = self._apart.get(child.name, self._start_child)(child.command, theirs)
        ours.setblocking(False)
        child.line, child.began, child.turned, child.silent = ours, now, False, 0.0

    def _listen(self, child: _Child, passed: float) -> None:
        assert child.line is not None and child.process is not None  # noqa: S101 - it was started
        try:
            heard = child.line.recv(4096)
        except (BlockingIOError, ConnectionError):
            heard = b""
        if heard:
            child.turned = child.came_up = True
            child.silent = 0.0
            return
        child.silent += passed
        if child.silent >= (self._pace.silent if child.turned else self._pace.start):
            log.warning("%s hangs: it is ended and started again", child.name)
            child.process.kill()
            child.silent = 0.0

    def _ended(self, child: _Child, code: int, now: float) -> int:
        self._let_go(child)
        child.failures = 1 if now - child.began >= self._pace.well else child.failures + 1
        if not child.came_up and child.failures >= self._pace.tries:
            log.error("%s does not come up (exit %s)", child.name, code)
            return code if code > 0 else 1
        lived_well = now - child.began >= self._pace.well
        wait = 0.0 if lived_well else min(self._pace.longest, self._pace.first * 2 ** (child.failures - 1))
        child.due = now + wait
        log.warning("%s ended (exit %s) and is started again in %.0f s", child.name, code, wait)
        return 0

    def _let_go(self, child: _Child) -> None:
        if child.line is not None:
            child.line.close()
        child.process = child.line = None

    def _end(self) -> None:
        for door in self._doors:  # whoever still connects would wait for somebody who never comes
            door.close()
        mine = [*self._children, *([self._coming] if self._coming else []), *(child for child, _ in self._leaving)]
        running = [child.process for child in mine if child.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + self._patience + 10
        while not self._at_once and time.monotonic() < deadline and any(each.poll() is None for each in running):
            time.sleep(0.05)
        for process in running:
            if process.poll() is None:
                process.kill()
            process.wait()
        for child in mine:
            self._let_go(child)
