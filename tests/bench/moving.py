"""Running cases taken to a newer release: cases a second, SQLite and PostgreSQL.

    python -m tests.bench.moving

What the worker does for each is timed: sorting it once more, engine, rows, timeline, commit. Taking the same cases
back is timed, too, and each state must be the same bytes again. Beside it the processor's time of this process: on a
machine that has other work, that counts.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from app.engine import Engine, Evaluator
from app.services.base.businessdays import JAPAN
from app.services.moves import moving
from app.store import database
from tests.services.conftest import PACKAGES, Bench, open_bench
from tests.services.moves.support import LIBRARY, REASON, RENAMED, applied, person, released, stored, work
from tests.support.postgres import cluster

CASES = 1000


def moved(folder: Path, url: str, engine: Engine) -> tuple[Pace, Pace]:
    """There and back."""
    bench = open_bench(folder, url, engine, PACKAGES)
    them = applied(bench, CASES)
    states = [stored(case) for case in them]
    number, who = released(bench, RENAMED), person(bench, "administrator")
    made = moving.ask(bench.portal, LIBRARY, number, [case.number for case in them], {}, REASON, who)
    there = paced(bench)
    moving.undo(bench.portal, made, who)
    back = paced(bench)
    if [stored(case) for case in them] != states:
        raise SystemExit("a state came back as other bytes")
    database.proxy.obj.close_all()
    return there, back


class Pace(NamedTuple):
    """Cases a second; milliseconds of this process's time for each."""

    second: float
    busy: float


def paced(bench: Bench) -> Pace:
    """What the worker has to do, done."""
    began, busy = time.perf_counter(), time.process_time()
    work(bench)
    return Pace(CASES / (time.perf_counter() - began), (time.process_time() - busy) / CASES * 1000)


def main() -> None:
    evaluator = Evaluator()
    try:
        with tempfile.TemporaryDirectory() as place, cluster() as running:
            for name in ("SQLite", "PostgreSQL"):
                folder = Path(place) / name
                folder.mkdir()
                url = running.new_database() if name == "PostgreSQL" else f"sqlite:///{folder}/nintei.db"
                ways = zip(moved(folder, url, Engine(evaluator, zone=JAPAN)), ("there", "back"), strict=True)
                said = [f"{pace.second:6.1f} a second ({pace.busy:.1f} ms busy) {way}" for pace, way in ways]
                print(f"  {name:12} {CASES} cases, {', '.join(said)}, to the same bytes")
    finally:
        evaluator.close()


if __name__ == "__main__":
    main()
