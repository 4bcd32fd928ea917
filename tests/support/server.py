"""The portal as people run it: `nintei run` in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

import psutil

from tests.support import loaded
from tests.support.network import free_port, wait_until

PROJECT = loaded.PROJECT
LAUNCH = "from app.main import main; raise SystemExit(main())"


class Server:
    """One `nintei` process and its children."""

    def __init__(self, process: subprocess.Popen[bytes] | loaded.Copy, url: str, log: Path) -> None:
        self.process = process
        self.url = url
        self.log = log

    @property
    def pid(self) -> int:
        return self.process.pid

    def answers(self) -> bool:
        """Whether /healthz says 200."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def wait_ready(self, seconds: float = 120) -> None:
        wait_until(lambda: self.process.poll() is not None or self.answers(), seconds, "the portal's start")
        if self.process.poll() is not None:
            raise RuntimeError(f"nintei ended with {self.process.returncode}:\n{self.said()}")

    def said(self) -> str:
        """The end of what it printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-8000:]

    def stop(self, seconds: float = 20) -> int:
        """Ask it to end (SIGTERM), and its children with it; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        self.kill()
        return int(self.process.returncode)

    def kill(self) -> None:
        """End it and its children at once, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


def start(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path, url: str = "", program: str = ""
) -> Server:
    """Start `nintei <arguments>` in a session of its own, with these NINTEI_ settings and no others. `program`: the
    Python that starts it as a program of its own, as for whoever asks it to start itself anew; else it is a copy of
    what is loaded."""
    log.parent.mkdir(parents=True, exist_ok=True)
    wanted, process = inherited(environment), None
    with log.open("ab") as out, Path(os.devnull).open("rb") as nothing:
        if program:
            process = subprocess.Popen(
                [program, "-c", LAUNCH, *arguments], cwd=PROJECT, env=wanted, stdin=nothing, stdout=out,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        files = [nothing.fileno(), out.fileno(), out.fileno()]
        return Server(process or loaded.ask(loaded.here(), arguments, str(PROJECT), wanted, files), url, log)


def inherited(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment, with these NINTEI_ settings and no others."""
    return {**{key: value for key, value in os.environ.items() if not key.startswith("NINTEI_")}, **settings}


def command(
    arguments: Sequence[str], environment: Mapping[str, str], seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """What `nintei <arguments>` says in the project's folder, in this whole environment."""
    with TemporaryFile() as out, TemporaryFile() as err, Path(os.devnull).open("rb") as nothing:
        files = [nothing.fileno(), out.fileno(), err.fileno()]
        copy = loaded.ask(loaded.here(), arguments, str(PROJECT), environment, files)
        try:
            code = copy.wait(seconds)
        except subprocess.TimeoutExpired:
            copy.kill()
            raise
        said = [each.read().decode("utf-8") for each in (out, err) if each.seek(0) == 0]
        return subprocess.CompletedProcess(copy.args, code, *said)


def settings_for(folder: Path, port: int, **more: str) -> dict[str, str]:
    """The environment of a portal of one's own under `folder`; `more` by field name (mail_url="smtp://…")."""
    url = f"http://127.0.0.1:{port}"
    chosen = {
        "data_dir": str(folder / "data"),
        "port": str(port),
        "base_url": url,
        "mail_from": "office@nintei.example",
        "secret_key": "only-for-this-test-run-0123456789-abcdef",
        "packages_dir": str(PROJECT / "bpmn"),
        "web_processes": "1",
        "plays": "0",
        "recall": "no",  # nobody here waits for what a decision sends
        **more,
    }
    return {f"NINTEI_{name.upper()}": value for name, value in chosen.items()}


@contextmanager
def run_server(folder: Path, *arguments: str, ready_in: float = 120, **more: str) -> Iterator[Server]:
    """`nintei run <arguments>` on a free port, ready to answer; ended by its process id at the end."""
    port = free_port()
    environment = settings_for(folder, port, **more)
    server = start(["run", *arguments], environment, folder / "nintei.log", environment["NINTEI_BASE_URL"])
    try:
        server.wait_ready(ready_in)
        yield server
    finally:
        server.stop()


def named(process: psutil.Process) -> str:
    """Which command a process calls itself: "nintei worker"."""
    return " ".join(" ".join(process.cmdline()).split()[:2])
