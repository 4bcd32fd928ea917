"""Running cases taken to a newer release: cases a second, SQLite and PostgreSQL.

    python -m tests.bench.moving

What the worker does for each is timed: sorting it once more, engine, rows, timeline, commit. Taking the same cases
back is timed, too.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from app.engine import Engine, Evaluator
from app.services.base.businessdays import JAPAN
from app.services.moves import moving
from app.store import database
from tests.services.conftest import PACKAGES, open_bench
from tests.services.moves.support import RENAMED, applied, move, person, released, work
from tests.support.postgres import cluster

CASES = 200


def moved(folder: Path, url: str, engine: Engine) -> tuple[float, float]:
    """Cases a second, there and back."""
    bench = open_bench(folder, url, engine, PACKAGES)
    them = applied(bench, CASES)
    number = released(bench, RENAMED)
    began = time.perf_counter()
    made = move(bench, number, them)
    there = time.perf_counter() - began
    moving.undo(bench.portal, made, person(bench, "administrator"))
    began = time.perf_counter()
    work(bench)
    back = time.perf_counter() - began
    database.proxy.obj.close_all()
    return CASES / there, CASES / back


def main() -> None:
    evaluator = Evaluator()
    try:
        with tempfile.TemporaryDirectory() as place, cluster() as running:
            for name in ("SQLite", "PostgreSQL"):
                folder = Path(place) / name
                folder.mkdir()
                url = running.new_database() if name == "PostgreSQL" else f"sqlite:///{folder}/nintei.db"
                there, back = moved(folder, url, Engine(evaluator, zone=JAPAN))
                print(f"  {name:12} {CASES} cases: {there:6.1f} a second there, {back:6.1f} back")
    finally:
        evaluator.close()


if __name__ == "__main__":
    main()
