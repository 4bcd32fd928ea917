"""Those who disturb the portal: each fault is drawn by a seed, and counted once it was done to somebody."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta

import psutil

from app.services.base.leases import LEASE_SECONDS
from app.store.database import sqlite_path
from tests.chaos.stage import Stage
from tests.support import loaded
from tests.support.server import named

# What is done, and how often of a hundred. A process is killed as when memory is short, or frozen for longer than its
# lease holds; `stop` is SIGTERM, as at a deploy.
FAULTS = {
    "kill worker": 20, "freeze worker": 18, "stop worker": 4, "kill web": 8, "freeze web": 8, "kill run": 2,
    "kill stepper": 16, "freeze stepper": 10, "trouble database": 7, "set clock": 7,
}  # fmt: skip
RESTARTS = ("fast", "immediate", "kill")  # of PostgreSQL
JUMPS = (timedelta(seconds=LEASE_SECONDS + 10), timedelta(hours=1), -timedelta(hours=1))
LEASE_PASSES = timedelta(seconds=LEASE_SECONDS + 10)
PAUSE = (0.3, 1.7)  # seconds between two faults
FROZEN = (1.0, 6.0)  # seconds
HELD = (0.5, 4.0)  # seconds for which somebody else writes to the file


class Disturber:
    """`faults` counts what was done."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.faults: Counter[str] = Counter()
        self._stage = stage
        self._random = random.Random(seed)
        self._over = threading.Event()
        self._frozen: list[threading.Thread] = []

    def run(self, seconds: float) -> None:
        """Disturb for so long, then let everybody go on."""
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                self._disturb()
                self._over.wait(self._random.uniform(*PAUSE))
        finally:
            self._over.set()
            for each in self._frozen:
                each.join()

    def _disturb(self) -> None:
        """The next fault, if there is somebody to whom it can be done now."""
        ways: dict[str, Callable[[str], str]] = {
            "kill": self._kill, "stop": self._stop, "freeze": self._freeze, "trouble": self._trouble, "set": self._set,
        }  # fmt: skip
        act, _, what = self._random.choices(list(FAULTS), list(FAULTS.values()))[0].partition(" ")
        done = ways[act](what)
        if done:
            self.faults[done] += 1

    # Processes

    def _kill(self, what: str) -> str:
        if what == "web" or (what == "worker" and self._random.random() < 0.2):  # `nintei run` starts another
            child = self._one([each.pid for each in self._children("serve" if what == "web" else what)])
            if not child:
                return ""
            psutil.Process(child).kill()
            return f"kill {what}"
        return self._replace(what, loaded.Copy.kill, f"kill {what}")

    def _stop(self, what: str) -> str:
        return self._replace(what, loaded.Copy.terminate, f"stop {what}")

    def _replace(self, what: str, end: Callable[[loaded.Copy], None], name: str) -> str:
        """End one of these that runs, by this way, and start another in its place."""
        stage = self._stage
        if what == "run":
            assert stage.run is not None
            if not self._one([stage.run.pid]):
                return ""
            end(stage.run)
            stage.run.wait(60)
            stage.run = stage.new_run()
            return name
        running = stage.workers if what == "worker" else stage.steppers
        chosen = self._one([each.pid for each in running])
        for n, each in enumerate(running):
            if each.pid == chosen:
                end(each)
                each.wait(60)
                running[n] = stage.new_worker() if what == "worker" else stage.new_stepper(n)
                return name
        return ""

    def _freeze(self, what: str) -> str:
        """For a while in which its lease runs out; then it goes on where it was."""
        stage = self._stage
        if what == "web":
            pids = [child.pid for child in self._children("serve")]
        else:
            pids = [each.pid for each in (stage.workers if what == "worker" else stage.steppers)]
        pid = self._one(pids)
        if not pid:
            return ""
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).suspend()
        if what == "worker":
            stage.ahead(LEASE_PASSES)
        thread = threading.Thread(target=self._thaw, args=(pid, self._random.uniform(*FROZEN)))
        self._frozen.append(thread)
        thread.start()
        return f"freeze {what}"

    def _thaw(self, pid: int, seconds: float) -> None:
        self._over.wait(seconds)
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).resume()

    def _one(self, pids: list[int]) -> int:
        """One of them that has come up and runs: who only begins has nothing to lose. 0: none does."""
        found = []
        for pid in pids:
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                old = time.time() - process.create_time() >= self._stage.grown
                if old and process.status() not in {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE}:
                    found.append(pid)
        return self._random.choice(found) if found else 0

    def _children(self, command: str) -> list[psutil.Process]:
        assert self._stage.run is not None
        with suppress(psutil.NoSuchProcess):
            mine = psutil.Process(self._stage.run.pid).children()
            return [each for each in mine if named(each) == f"nintei {command}"]
        return []

    # What they all work with

    def _trouble(self, _: str) -> str:
        server = self._stage.server
        if server is not None:
            mode = self._random.choice(RESTARTS)
            server.restart(mode)
            return f"restart database ({mode})"
        path = sqlite_path(self._stage.url)
        assert path is not None
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as somebody:
            somebody.execute("BEGIN IMMEDIATE")
            self._over.wait(self._random.uniform(*HELD))
            somebody.execute("ROLLBACK")
        return "hold database"

    def _set(self, _: str) -> str:
        jump = self._random.choice(JUMPS)
        self._stage.ahead(jump)
        return "clock back" if jump < timedelta(0) else "clock ahead"
