"""The portal under chaos: real processes, a clock that hurries, a mail server with moods; and those who disturb it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psutil

from app.services.base.leases import LEASE_SECONDS
from config.clock import set_clock_file
from tests.chaos import package
from tests.chaos.smtp import Server as MailServer
from tests.chaos.stepper import PASSWORD, STAFF
from tests.support.network import free_port, wait_until
from tests.support.postgres import Postgres
from tests.support.server import LAUNCH, PROJECT, settings_for

CARD_KEY = "cards-of-the-chaos-0123456789-abcdef-ghij"
WORKERS, STEPPERS = 2, 2
MOST_CASES = 10  # open at once: there are always some things that two want to do
HURRY = 2.0  # seconds of the portal's time that pass besides each half second: what waits for a retry comes round
# What is done to them, and how often in a hundred.
FAULTS = {
    "kill worker": 28, "freeze worker": 18, "kill web": 9, "freeze web": 9, "kill stepper": 16, "freeze stepper": 10,
    "restart database": 5, "clock": 5,
}  # fmt: skip


class Stage:
    """`url` of the database; `server` is its PostgreSQL, none for SQLite."""

    def __init__(self, folder: Path, url: str, server: Postgres | None, seed: int) -> None:
        self.folder = folder
        self.url = url
        self.smtp = MailServer(seed)
        self.faults: Counter[str] = Counter()
        self.pages: Counter[int] = Counter()  # answers of the web by status; 0: none
        self.acknowledged = folder / "acknowledged.jsonl"
        self._server = server
        self._seed = seed
        self._random = random.Random(seed)
        self._shift = timedelta(0)
        self._shifting = threading.Lock()
        self._clock = folder / "clock.txt"
        self._over = threading.Event()
        self._port = free_port()
        package.write(folder / "packages")
        self.environment = settings_for(
            folder, self._port, database_url=url, mail_url=self.smtp.url, packages_dir=str(folder / "packages"),
            clock_file=str(self._clock), workers="1", stop_seconds="5", card_key=CARD_KEY,
        )  # fmt: skip
        self._run: subprocess.Popen[bytes] | None = None
        self._workers: list[subprocess.Popen[bytes]] = []
        self._steppers: list[subprocess.Popen[bytes]] = []
        self._grown = 5.0  # seconds after which a process does its work here

    # Processes

    def open(self) -> None:
        """Everything runs."""
        self._ahead(timedelta(0))
        self.smtp.start()
        self._run = self._start(["-c", LAUNCH, "run"])
        run, began = self._run, time.monotonic()
        wait_until(lambda: run.poll() is not None or self._asked() == 200, 180, "the portal's start")
        assert run.poll() is None, self.said()
        made = self._start(
            ["-c", LAUNCH, "user", "add", STAFF, "--name", "担当", "--role", "operator", "--password", PASSWORD]
        )
        assert made.wait(120) == 0, self.said()
        self._workers = [self._worker() for _ in range(WORKERS)]
        self._steppers = [self._stepper(n) for n in range(STEPPERS)]
        self._grown = 1.5 * (time.monotonic() - began)
        for act in (self._hurry, self._look):
            threading.Thread(target=act, daemon=True).start()
        wait_until(lambda: self.acknowledged.exists(), 180, "the first promise")

    def close(self) -> None:
        """Nothing runs any more."""
        self._over.set()
        for each in [*self._steppers, *self._workers, *([self._run] if self._run else [])]:
            family = []
            with suppress(psutil.NoSuchProcess):
                family = psutil.Process(each.pid).children(recursive=True)
            each.kill()
            each.wait(10)
            for child in family:
                with suppress(psutil.NoSuchProcess):
                    child.kill()
        self.smtp.stop()

    def said(self) -> str:
        """What the processes logged."""
        return (self.folder / "chaos.log").read_text(encoding="utf-8", errors="replace")

    def _start(self, arguments: list[str]) -> subprocess.Popen[bytes]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("NINTEI_")}
        with (self.folder / "chaos.log").open("ab") as out:
            return subprocess.Popen(
                [sys.executable, *arguments], cwd=PROJECT, env={**inherited, **self.environment},
                stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def _worker(self) -> subprocess.Popen[bytes]:
        return self._start(["-c", LAUNCH, "worker"])

    def _stepper(self, n: int) -> subprocess.Popen[bytes]:
        place, seed = str(self.acknowledged), str(self._seed + n)
        return self._start(["-m", "tests.chaos.stepper", f"s{n}", place, seed, str(MOST_CASES)])

    # Time

    def _ahead(self, by: timedelta) -> None:
        with self._shifting:
            self._shift += by
            set_clock_file(self._clock, f"+{round(self._shift.total_seconds())}s")

    def _hurry(self) -> None:
        while not self._over.wait(0.5):
            self._ahead(timedelta(seconds=HURRY))

    # Who looks at pages meanwhile

    def _look(self) -> None:
        while not self._over.wait(0.2):
            self.pages[self._asked("/systems")] += 1

    def _asked(self, path: str = "/healthz?check=database&check=version") -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    # Faults

    def disturb(self) -> None:
        """One fault, drawn by the seed."""
        kinds = {kind: weight for kind, weight in FAULTS.items() if kind != "restart database" or self._server}
        kind = self._random.choices(list(kinds), list(kinds.values()))[0]
        act, _, what = kind.partition(" ")
        if kind == "restart database":
            assert self._server is not None
            mode = self._random.choice(["immediate", "fast"])
            self._server.restart(mode)
            self.faults[f"restart database ({mode})"] += 1
        elif kind == "clock":
            self._ahead(timedelta(seconds=LEASE_SECONDS + 10))
            self.faults[kind] += 1
        else:
            getattr(self, f"_{act}")(what)

    def _kill(self, what: str) -> None:
        if what == "web" or (what == "worker" and self._random.random() < 0.2):
            for child in self._children("serve" if what == "web" else what):  # `nintei run` starts another
                if self._works(child.pid):
                    child.kill()
                    self.faults[f"kill {what}"] += 1
            return
        running = self._workers if what == "worker" else self._steppers
        n = self._random.randrange(len(running))
        if self._works(running[n].pid):
            running[n].kill()
            running[n].wait(10)
            running[n] = self._worker() if what == "worker" else self._stepper(n)
            self.faults[f"kill {what}"] += 1

    def _works(self, pid: int) -> bool:
        """Whether the process has come up: one that only begins has nothing to lose."""
        with suppress(psutil.NoSuchProcess):
            return time.time() - psutil.Process(pid).create_time() >= self._grown
        return False

    def _freeze(self, what: str) -> None:
        """For a while in which its lease runs out; then it goes on where it was."""
        if what == "web":
            pids = [child.pid for child in self._children("serve")]
        else:
            pids = [self._random.choice(self._workers if what == "worker" else self._steppers).pid]
        pids = [pid for pid in pids if self._works(pid)]
        self.faults[f"freeze {what}"] += len(pids)
        seconds = self._random.uniform(0.5, 3)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        if what == "worker":
            self._ahead(timedelta(seconds=LEASE_SECONDS + 10))
        self._over.wait(seconds)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def _children(self, command: str) -> list[psutil.Process]:
        assert self._run is not None
        with suppress(psutil.NoSuchProcess):
            return [each for each in psutil.Process(self._run.pid).children() if each.cmdline()[-1:] == [command]]
        return []

    # The end

    def settle(self, rests: threading.Event) -> None:
        """No faults any more: the steppers finish what is open, then the portal what is left. `rests` is set by whoever
        reads that nothing waits for it."""
        self.smtp.kind = True
        for each in self._steppers:
            assert each.stdin is not None
            each.stdin.close()
        while not rests.is_set() or any(each.poll() is None for each in self._steppers):
            self._ahead(timedelta(minutes=2))
            self._over.wait(1)
