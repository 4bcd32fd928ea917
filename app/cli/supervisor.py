"""`nintei run`: web and workers as child processes; one that dies is started again, SIGTERM ends them all."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from types import FrameType

LAUNCH = "from app.main import main; raise SystemExit(main())"
QUICK = 5.0  # seconds: a child that dies sooner is broken, not unlucky


class Supervisor:
    """Starts the children and watches them."""

    def __init__(self, commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> None:
        self._commands = [list(command) for command in commands]
        self._environment = dict(environment)
        self._children: dict[int, tuple[subprocess.Popen[bytes], float, int]] = {}
        self._stop = threading.Event()

    def run(self) -> int:
        """Until SIGTERM or SIGINT, or until a child cannot be kept up; gives the exit code."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._on_signal)
        for index in range(len(self._commands)):
            self._start(index, 0)
        code = 0
        while not self._stop.is_set():
            self._stop.wait(0.5)
            for index in list(self._children):
                code = self._look_after(index)
                if code:
                    self._stop.set()
                    break
        self._end()
        return code

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _start(self, index: int, failures: int) -> None:
        process = subprocess.Popen(  # noqa: S603 - our own code with our own arguments
            [sys.executable, "-c", LAUNCH, *self._commands[index]],
            env=self._environment,
            stdin=subprocess.DEVNULL,
        )
        self._children[index] = (process, time.monotonic(), failures)

    def _look_after(self, index: int) -> int:
        process, started, failures = self._children[index]
        code = process.poll()
        if code is None or self._stop.is_set():
            return 0
        failures = failures + 1 if time.monotonic() - started < QUICK else 0
        if failures >= 3:
            return code or 1
        self._start(index, failures)
        return 0

    def _end(self) -> None:
        for process, _, _ in self._children.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + 15
        for process, _, _ in self._children.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
