"""Keeps a data folder (SQLite) and a database with its folder (PostgreSQL) of the version at hand, cases under way, for
the tests that bring old data up. Run once when a version goes out, never again:

    .venv/bin/python -m tests.store.keep

Documents are the test printer's, so that a version takes a megabyte and not seven; everything else is real.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from app.engine import Engine, Evaluator
from app.services.base.businessdays import JAPAN
from app.services.demo import load
from app.store import database, schema
from config.clock import SystemClock
from tests.services.conftest import BPMN, Bench, open_bench
from tests.support.needs import postgres_bin
from tests.support.postgres import cluster

VERSIONS = Path(__file__).parent / "versions"
DUMP = "dump.sql"


def keep(folder: Path, url: str, engine: Engine) -> Bench:
    """Load the demo into an empty database: cases at ten different steps."""
    bench = open_bench(folder, url, engine, BPMN)
    object.__setattr__(bench.portal, "clock", SystemClock())
    load._load(bench.portal, print, bench.hands)
    (folder / "moment").write_text(bench.portal.now().isoformat(), encoding="utf-8")
    return bench


def pack(folder: Path, target: Path) -> None:
    """One archive of a data folder."""
    with tarfile.open(target, "w:xz", preset=9) as archive:
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            data = file.read_bytes()
            entry = tarfile.TarInfo(file.relative_to(folder).as_posix())
            entry.size, entry.mode = len(data), 0o600
            archive.addfile(entry, io.BytesIO(data))


def main() -> None:
    """Make both archives of the version at hand."""
    number = schema.steps()[-1].number
    engine = Engine(Evaluator(workers=1), zone=JAPAN)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        keep(folder, f"sqlite:///{folder}/nintei.db", engine)
        with database.connection():
            database.proxy.obj.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.proxy.obj.close_all()
        pack(folder, VERSIONS / f"{number:04}-sqlite.tar.xz")
    with tempfile.TemporaryDirectory() as place, cluster() as server:
        folder, url = Path(place), server.new_database()
        keep(folder, url, engine)
        database.proxy.obj.close_all()
        programs = postgres_bin()
        assert programs is not None
        dump = [programs / "pg_dump", "--no-owner", "--no-privileges", "--dbname", url]
        (folder / DUMP).write_bytes(subprocess.run(dump, check=True, capture_output=True).stdout)
        pack(folder, VERSIONS / f"{number:04}-postgres.tar.xz")


if __name__ == "__main__":
    main()
