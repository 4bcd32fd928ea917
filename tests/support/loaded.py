"""The command `nintei`, loaded once for all tests of a process: each call is a copy of that, as the children of
`nintei run` are copies of it. To load it anew costs two seconds of a processor, each time.

A copy has the words, the folder, the environment and the open files of whoever asks, and a session of its own; then it
goes on as the program does that people start. Whoever asks sends that over a socket (JSON, and three open files), and
reads there, once each: the copy's process id, and its exit code. As a program of its own, this module is such a caller
for a shell: `python -S loaded.py SOCKET WORD …` is `nintei WORD …`.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
LAUNCH = "import app.main; from tests.support import loaded; raise SystemExit(loaded.wait()())"
COMMAND = "app.main"
LONGEST = 1 << 17  # bytes of a request
_here: Loaded | None = None


class Copy:
    """One call of the command, asked as a subprocess.Popen is. `line`: on which its process id has come already."""

    def __init__(self, line: socket.socket, words: Sequence[str]) -> None:
        self.args = list(words)
        self.returncode: int | None = None
        self._line = line
        self.pid = int(line.recv(64))

    def poll(self) -> int | None:
        """Its exit code, negative of a signal; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The same, once it has ended; subprocess.TimeoutExpired after so many seconds."""
        if self.returncode is None:
            if not select.select([self._line], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = int(self._line.recv(64) or -signal.SIGKILL)  # silent: with whoever has it as a child
            self._line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def ask(
    place: str,
    words: Sequence[str],
    cwd: str,
    environment: Mapping[str, str],
    files: Sequence[int],
    module: str = COMMAND,
) -> Copy:
    """Have `nintei <words>` run with these three files as input, output and errors; or another module's `main`, of
    whoever works with what is loaded."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.connect(place)
    asked = {"words": list(words), "cwd": cwd, "environment": dict(environment), "module": module}
    socket.send_fds(line, [json.dumps(asked).encode()], list(files))
    return Copy(line, ["nintei", *words])


class Loaded:
    """The process of which the copies are taken; it and all of them end with this one."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="nintei-loaded-")
        self.place = str(Path(self._folder.name) / "socket")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
            door.bind(self.place)
            door.listen(64)
            environment = {key: value for key, value in os.environ.items() if not key.startswith("NINTEI_")}
            self._process = subprocess.Popen(
                [sys.executable, "-c", LAUNCH, str(door.fileno()), self._folder.name], cwd=PROJECT, env=environment,
                stdin=subprocess.PIPE, pass_fds=[door.fileno()], start_new_session=True,
            )  # fmt: skip

    def close(self) -> None:
        """End it, and whatever still runs."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._folder.cleanup()


def here() -> Loaded:
    """The one of this process."""
    global _here
    if _here is None:
        _here = Loaded()
        atexit.register(_here.close)
    return _here


def wait() -> Callable[[], Any]:
    """Make copies, until nobody is there any more who asks. Gives back in a copy alone: what it does."""
    import gc

    gc.freeze()
    door = socket.socket(fileno=int(sys.argv[1]))
    woken, wakes = socket.socketpair()
    for each in (woken, wakes):
        each.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    running: dict[int, socket.socket] = {}
    while True:
        ready = select.select([0, door, woken], [], [])[0]
        if woken in ready:
            woken.recv(4096)
            _bury(running)
        if 0 in ready:  # whoever started this one has gone
            _end(running)
        if door in ready:
            line, _ = door.accept()
            data, files, _, _ = socket.recv_fds(line, LONGEST, 3)
            if len(files) == 3:
                pid = os.fork()
                if pid == 0:
                    return _be(json.loads(data), files)
                running[pid] = line
                with suppress(OSError):  # whoever asked has gone
                    line.send(str(pid).encode())
            for each in files:
                os.close(each)


def _bury(running: dict[int, socket.socket]) -> None:
    """Tell of those that have ended."""
    for pid, line in list(running.items()):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            with suppress(OSError):  # nobody wants to know
                line.send(str(os.waitstatus_to_exitcode(status)).encode())
            line.close()
            del running[pid]


def _end(running: dict[int, socket.socket]) -> None:
    for pid in running:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    os._exit(0)


def _be(asked: Mapping[str, Any], files: Sequence[int]) -> Callable[[], Any]:
    """The copy, from its first breath."""
    from importlib import import_module

    from jinja2 import FileSystemBytecodeCache
    from setproctitle import setproctitle

    from app.web.frame.door import Site

    # What one portal has compiled of a page's template serves the others.
    Site.jinja_options = {**Site.jinja_options, "bytecode_cache": FileSystemBytecodeCache(sys.argv[2])}
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, each in enumerate(files):
        os.dup2(each, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.chdir(asked["cwd"])
    sys.argv[:] = ["nintei", *asked["words"]]
    setproctitle(" ".join(sys.argv))  # it lies where the environment begins: before that is another
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    return partial(import_module(asked["module"]).main, asked["words"])


def _shell(place: str, words: Sequence[str]) -> int:
    """The call from a shell: its exit code. Signals go on to the copy."""
    copy = ask(place, words, str(Path.cwd()), os.environ, [0, 1, 2])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: copy.send_signal(received))
    code = copy.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    raise SystemExit(_shell(sys.argv[1], sys.argv[2:]))
