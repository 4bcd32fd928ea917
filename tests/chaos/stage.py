"""The portal under chaos: real processes, a clock that hurries, a mail server with moods. Who disturbs it: `faults`."""

from __future__ import annotations

import os
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psutil

from config.clock import set_clock_file
from tests.chaos import package
from tests.chaos.smtp import Server as MailServer
from tests.chaos.stepper import PASSWORD, STAFF
from tests.support import loaded
from tests.support import server as servers
from tests.support.network import free_port, wait_until
from tests.support.postgres import Postgres

CARD_KEY = "cards-of-the-chaos-0123456789-abcdef-ghij"
WORKERS, STEPPERS = 2, 2
STEPPER = "tests.chaos.stepper"  # the module
MOST_CASES = 10  # open at once: there are always some things that two want to do
HURRY = 2.0  # seconds of the portal's time that pass besides each half second: what waits for a retry comes round


class Stage:
    """`url` of the database; `server` is its PostgreSQL, none for SQLite."""

    def __init__(self, folder: Path, url: str, server: Postgres | None, seed: int) -> None:
        self.folder = folder
        self.url = url
        self.smtp = MailServer(seed)
        self.pages: Counter[int] = Counter()  # answers of the web by status; 0: none
        self.acknowledged = folder / "acknowledged.jsonl"
        self.server = server
        self._seed = seed
        self._shift = timedelta(0)
        self._shifting = threading.Lock()
        self._clock = folder / "clock.txt"
        self._over = threading.Event()
        self._port = free_port()
        package.write(folder / "packages")
        self.environment = servers.settings_for(
            folder, self._port, database_url=url, mail_url=self.smtp.url, packages_dir=str(folder / "packages"),
            clock_file=str(self._clock), workers="1", stop_seconds="5", card_key=CARD_KEY,
        )  # fmt: skip
        self.run: loaded.Copy | None = None
        self.workers: list[loaded.Copy] = []
        self.steppers: list[loaded.Copy] = []
        self._given, self._more = os.pipe()  # what all have as standard input; its end is read by the steppers
        self.grown = 5.0  # seconds after which a process does its work here

    # Processes

    def open(self) -> None:
        """Everything runs."""
        self.ahead(timedelta(0))
        self.smtp.start()
        began = time.monotonic()
        self.run = run = self.new_run()
        wait_until(lambda: run.poll() is not None or self._asked() == 200, 180, "the portal's start")
        assert run.poll() is None, self.said()
        typed = self.folder / "password.txt"
        typed.write_text(PASSWORD + "\n")
        made = self._start(
            ["user", "add", STAFF, "--name", "担当", "--role", "operator", "--password-file", str(typed)]
        )
        assert made.wait(120) == 0, self.said()
        self.workers = [self.new_worker() for _ in range(WORKERS)]
        self.steppers = [self.new_stepper(n) for n in range(STEPPERS)]
        self.grown = 1.5 * (time.monotonic() - began)
        for act in (self._hurry, self._look):
            threading.Thread(target=act, daemon=True).start()
        wait_until(lambda: self.acknowledged.exists(), 180, "the first promise")

    def close(self) -> None:
        """Nothing runs any more."""
        self._over.set()
        for each in [*self.steppers, *self.workers, *([self.run] if self.run else [])]:
            family = []
            with suppress(psutil.NoSuchProcess):
                family = psutil.Process(each.pid).children(recursive=True)
            each.kill()
            each.wait(10)
            for child in family:
                with suppress(psutil.NoSuchProcess):
                    child.kill()
        os.close(self._given)
        self.smtp.stop()

    def said(self) -> str:
        """What the processes logged."""
        return (self.folder / "chaos.log").read_text(encoding="utf-8", errors="replace")

    def _start(self, words: list[str], module: str = loaded.COMMAND) -> loaded.Copy:
        with (self.folder / "chaos.log").open("ab") as out:
            files, wanted = [self._given, out.fileno(), out.fileno()], servers.inherited(self.environment)
            return loaded.ask(loaded.here(), words, str(servers.PROJECT), wanted, files, module)

    def new_run(self) -> loaded.Copy:
        return self._start(["run"])

    def new_worker(self) -> loaded.Copy:
        return self._start(["worker"])

    def new_stepper(self, n: int) -> loaded.Copy:
        return self._start([f"s{n}", str(self.acknowledged), str(self._seed + n), str(MOST_CASES)], STEPPER)

    # Time

    def ahead(self, by: timedelta) -> None:
        with self._shifting:
            self._shift += by
            set_clock_file(self._clock, f"{round(self._shift.total_seconds()):+d}s")

    def _hurry(self) -> None:
        while not self._over.wait(0.5):
            self.ahead(timedelta(seconds=HURRY))

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

    # The end

    def settle(self, rests: threading.Event) -> None:
        """Nobody is disturbed any more: the steppers finish what is open, then the portal what is left. `rests` is set
        by whoever reads that nothing waits for it."""
        self.smtp.kind = True
        os.close(self._more)
        while not rests.is_set() or any(each.poll() is None for each in self.steppers):
            self.ahead(timedelta(minutes=2))
            self._over.wait(1)
