"""The command `nintei`, loaded once for all tests of a run: each call is a copy of that, as the children of
`nintei run` are copies of it. To load it anew costs two seconds of a processor, each time. What it once read of the
shipped package is in each copy, too, and kept by what was read (app/text/memo.py): another package is read anew.

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
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
LAUNCH = "from tests.support import loaded; raise SystemExit(loaded.wait(loaded.{0}, loaded.{1})())"
COMMAND = "app.main"
CHILDREN = "children"  # the socket at which children of connectors are made, beside the other
LONGEST = 1 << 17  # bytes of a request
_here: str | None = None


class Copy:
    """One call of the command, asked as a subprocess.Popen is. `line`: on which its process id has come already."""

    def __init__(self, line: socket.socket, words: Sequence[str]) -> None:
        self.args = list(words)
        self.returncode: int | None = None
        self._line = line
        self._turn = threading.Lock()  # one thread waits for it while another ends it
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
            with self._turn:
                if self.returncode is None:  # silent: it has ended with whoever has it as a child
                    self.returncode = int(self._line.recv(64) or -signal.SIGKILL)
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


class Child(Copy):
    """A child of a connector (app/connectors/children.py), with the pipes on which it is talked to."""

    def __init__(self, place: str, module: str, settings: Mapping[str, Any]) -> None:
        with Path(os.devnull).open("wb") as nothing:
            theirs, requests = os.pipe()
            answers, ours = os.pipe()
            words = [module, json.dumps(settings)]
            try:
                asked = ask(place, words, settings["home"], {"LANG": "C.UTF-8"}, [theirs, ours, nothing.fileno()])
            finally:
                os.close(theirs)
                os.close(ours)
        self.__dict__.update(asked.__dict__)
        self.stdin, self.stdout = os.fdopen(requests, "wb"), os.fdopen(answers, "rb")


class Loaded:
    """The processes of which the copies are taken, one of them of connectors' children alone; they and all copies end
    with this one. They load when they are first asked: the workers of a run share them, and some runs need none."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="nintei-loaded-")
        self.place = str(Path(self._folder.name) / "socket")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("NINTEI_")}
        self._processes = [
            self._started(self.place, [], LAUNCH.format("_load", "_be"), environment),
            self._started(
                str(Path(self._folder.name) / CHILDREN),
                ["-I"],
                f"import sys; sys.path.append({str(PROJECT)!r}); {LAUNCH.format('_load_children', '_be_child')}",
                {"LANG": "C.UTF-8"},
            ),
        ]

    def _started(
        self, place: str, options: Sequence[str], code: str, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
            door.bind(place)
            door.listen(64)
            return subprocess.Popen(
                [sys.executable, *options, "-c", code, str(door.fileno()), self._folder.name], cwd=PROJECT,
                env=environment, stdin=subprocess.PIPE, pass_fds=[door.fileno()], start_new_session=True,
            )  # fmt: skip

    def close(self) -> None:
        """End them, and whatever still runs."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)
        self._folder.cleanup()


def here() -> str:
    """The place of the one of this run: whoever started this process has told it (`share`), or it is one of its own."""
    global _here
    if _here is None:
        started = Loaded()
        atexit.register(started.close)
        _here = started.place
    return _here


def child(module: str, settings: Mapping[str, Any]) -> Child:
    """As `children.start`, which takes half a second of a processor each time."""
    return Child(str(Path(here()).with_name(CHILDREN)), module, settings)


def share(place: str) -> None:
    """Ask this one, which another process of this run has started and ends."""
    global _here
    _here = place


def wait(load: Callable[[], None], be: Callable[..., Callable[[], Any]]) -> Callable[[], Any]:
    """Make copies, until nobody is there any more who asks. Gives back in a copy alone: what it does."""
    import gc

    door = socket.socket(fileno=int(sys.argv[1]))
    if 0 in select.select([0, door], [], [])[0]:  # nobody has asked, nobody will
        os._exit(0)
    load()
    gc.freeze()
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
                    return be(json.loads(data), files)
                running[pid] = line
                with suppress(OSError):  # whoever asked has gone
                    line.send(str(pid).encode())
            for each in files:
                os.close(each)


def _load() -> None:
    """Whatever a copy needs first, so that none has to do it again."""
    from contextvars import ContextVar

    import app.main  # noqa: F401 - all of it
    from app.engine import Engine, Evaluator
    from app.services.base import checks
    from app.services.packages import folders
    from app.text import memo

    read = memo.Memo(256 * 1024 * 1024)
    memo._current = ContextVar("memo", default=read)
    checks.everything(Engine(Evaluator()), folders.read(PROJECT / "bpmn" / "ccus_api_certification"))


def _load_children() -> None:
    """The same for children of connectors."""
    import PIL.Image
    import pypdf  # noqa: F401 - the first drawing asks for it
    import xhtml2pdf.document  # noqa: F401 - the same

    from app.connectors import composing_child, pdf_child  # noqa: F401

    PIL.Image.init()


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

    from app.connectors import children
    from app.web.frame.door import Site

    # What one portal has compiled of a page's template serves the others.
    Site.jinja_options = {**Site.jinja_options, "bytecode_cache": FileSystemBytecodeCache(sys.argv[2])}
    share(str(Path(sys.argv[2]) / "socket"))
    children.start = child  # type: ignore[assignment]  # it is asked as a Popen is
    _begin(asked, files)
    setproctitle(" ".join(sys.argv))  # it lies where the environment begins: before that is another
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    return partial(import_module(asked["module"]).main, asked["words"])


def _be_child(asked: Mapping[str, Any], files: Sequence[int]) -> Callable[[], Any]:
    """The same as a child of a connector: its settings are its first word, as `children.serve` reads them."""
    from importlib import import_module

    module, settings = asked["words"]
    _begin(asked, files)
    sys.argv[:] = ["-c", settings]
    return import_module(f"app.connectors.{module}").run


def _begin(asked: Mapping[str, Any], files: Sequence[int]) -> None:
    """A session, signals, files, a folder and words of its own."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, each in enumerate(files):
        os.dup2(each, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.chdir(asked["cwd"])
    sys.argv[:] = ["nintei", *asked["words"]]


def _shell(place: str, words: Sequence[str]) -> int:
    """The call from a shell: its exit code. Signals go on to the copy."""
    copy = ask(place, words, str(Path.cwd()), os.environ, [0, 1, 2])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: copy.send_signal(received))
    code = copy.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    raise SystemExit(_shell(sys.argv[1], sys.argv[2:]))
