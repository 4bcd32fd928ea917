"""A trial: a portal is disturbed for a while, comes to rest, and is judged."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.store import database
from tests.chaos.faults import Disturber
from tests.chaos.judge import Verdict, at_rest, judge
from tests.chaos.stage import Stage
from tests.support.postgres import Postgres, cluster

REST_WITHIN = 300.0  # seconds


@dataclass(frozen=True)
class Outcome:
    """What was done to the portal, and what became of it. `rested`: seconds until it came to rest."""

    stage: Stage
    faults: Counter[str]
    verdict: Verdict
    rested: float

    def table(self) -> str:
        """As the issue's table has it."""
        stage, verdict = self.stage, self.verdict
        rows = [
            ("faults", f"{sum(self.faults.values())}: {_counts(self.faults)}"),
            ("SMTP moods", _counts(stage.smtp.moods)),
            ("pages by status (0: no answer)", _counts(stage.pages)),
            *((name, str(count)) for name, count in verdict.figures.items()),
            *((name, str(len(found))) for name, found in verdict.wrong.items()),
            ("came to rest after", f"{self.rested:.0f} s"),
        ]
        return "\n".join(f"  {name:<48} {value}" for name, value in rows)


def _counts(counts: object) -> str:
    return ", ".join(f"{key} {count}" for key, count in sorted(dict(counts).items(), key=str))  # type: ignore[call-overload]


@contextmanager
def place(kind: str, folder: Path) -> Iterator[tuple[str, Postgres | None]]:
    """(URL, its server) of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/data/nintei.db", None
        return
    with cluster(synchronous_commit="on") as server:  # what it says is stored outlives it, though not the machine
        yield server.new_database(), server


def perform(kind: str, seed: int, seconds: float, folder: Path) -> Outcome:
    """Open the stage, disturb it for so long, let it come to rest, judge."""
    with place(kind, folder) as (url, server):
        stage = Stage(folder, url, server, seed)
        disturber = Disturber(stage, seed)
        try:
            stage.open()
            disturber.run(seconds)
            began, rests = time.monotonic(), threading.Event()
            database.connect(url)
            threading.Thread(target=_watch, args=(rests, began + REST_WITHIN), daemon=True).start()
            stage.settle(rests)
            rested = time.monotonic() - began
            verdict = judge(stage)
        finally:
            stage.close()
            if database.proxy.obj is not None:
                database.proxy.obj.close_all()
    return Outcome(stage, disturber.faults, verdict, rested)


def _watch(rests: threading.Event, latest: float) -> None:
    """Set it once nothing waits for the portal for some looks in a row, or at the latest then."""
    quiet = 0
    while quiet < 8 and time.monotonic() < latest:
        quiet = quiet + 1 if at_rest() else 0
        time.sleep(0.5)
    rests.set()
