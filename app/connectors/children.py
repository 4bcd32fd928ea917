"""Programs of our own that work beside the portal, where what strangers or unfinished templates ask for can do no harm.

The kernel's limits are the child's to set on itself; here it is started, given a time for each answer, and ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from app.connectors.scratch import Scratch
from app.errors import Temporary

_ROOT = Path(__file__).parents[2]
_READY = b"ready\n"


def start(module: str, settings: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    """A connector's `run` in a process of its own, with `home` of the settings as its place."""
    code = f"import sys; sys.path.append({str(_ROOT)!r}); from app.connectors import {module} as it; it.run()"
    # -I: neither the environment nor the working directory decides what code runs; no secret is handed down.
    return subprocess.Popen(  # noqa: S603 - our own script, our own arguments
        [sys.executable, "-I", "-c", code, json.dumps(settings)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=settings["home"],
        env={"LANG": "C.UTF-8"},
        start_new_session=True,
    )


class Child:
    """One child process and the conversation with it, in a folder of its own that ends with it."""

    def __init__(self, module: str, purpose: str, settings: Mapping[str, Any], seconds: float, failure: str) -> None:
        """`module`: of the connectors, whose `run` is the child; `purpose`: part of its folder's name. Raises Temporary
        with `failure` when it has not said within `seconds` that it is ready."""
        self._scratch = Scratch(purpose)
        self.home = str(self._scratch.path)
        self.process = start(module, {"home": self.home, **settings})
        assert self.process.stdin is not None and self.process.stdout is not None  # noqa: S101 - they are pipes
        self.requests, self.answers = self.process.stdin, self.process.stdout
        with self.deadline(seconds):
            ready = self.answers.readline()
        if ready != _READY:
            self.close()
            raise Temporary(failure)

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def close(self) -> None:
        """End it, and take its folder away."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.requests, self.answers):
            with contextlib.suppress(OSError):
                pipe.close()
        self._scratch.close()

    def ended(self) -> int | None:
        """How a child that does not answer any more has ended, as Popen has it; None: it still runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1)
        return self.process.returncode

    @contextlib.contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """It is killed when what is inside takes longer; what is read from it then ends."""
        timer = threading.Timer(seconds, self.process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def serve(main: Callable[[BinaryIO, BinaryIO, dict[str, Any]], None]) -> None:
    """The entry point of a child: `main` with requests, answers and the settings of the first argument."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not be taken for an answer
    main(sys.stdin.buffer, answers, json.loads(sys.argv[1]))
