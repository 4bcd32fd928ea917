"""A process that moves cases and dies at a moment that it is told: as whoever is killed without warning (kill -9).

It imports and reads once; for each moment a child is forked, does the worker's rounds, and kills itself there. Asked by
lines: `<when> <number>`, where `when` is before (a statement), committing (before a commit) or committed (right after
one); answered by how the child ended: `killed`, or `done` where it never came to that moment.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from app.engine import Engine, Evaluator
from app.services.base.businessdays import JAPAN
from app.services.base.portal import Portal
from app.services.base.releases import Releases
from app.services.moves import doing, versions
from app.store import database
from app.store.blobs import Blobs
from app.store.models import Release
from config import settings as config
from tests.services.conftest import SECRET, StillClock

WRITES = ("UPDATE", "INSERT", "DELETE")


class Fate:
    """Counts what it waits for, and kills the process when it is time."""

    def __init__(self, when: str, number: int) -> None:
        self.when, self.left = when, number

    def comes(self, what: str) -> None:
        if what == self.when:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def trap(backend: Any, fate: Fate) -> None:
    """Let each write and each commit of this database tell it."""
    run = backend.execute_sql

    def told(sql: str, params: Any = None, *more: Any) -> Any:
        word = sql.lstrip().split(" ", 1)[0].upper()
        if word in WRITES:
            fate.comes("before")
        if word == "COMMIT":
            fate.comes("committing")
        found = run(sql, params, *more)
        if word == "COMMIT":
            fate.comes("committed")
        return found

    def commit(known: Any = backend.commit) -> Any:
        fate.comes("committing")
        found = known()
        fate.comes("committed")
        return found

    backend.execute_sql, backend.commit = told, commit


def work(portal: Portal, url: str, fate: Fate) -> None:
    trap(database.connect(url), fate)
    while doing.work(portal):
        pass


def main() -> None:
    folder, url = Path(sys.argv[1]), sys.argv[2]
    settings = config.load(
        {"NINTEI_DATA_DIR": str(folder), "NINTEI_DATABASE_URL": url, "NINTEI_SECRET_KEY": SECRET,
         "NINTEI_CARD_KEY": SECRET[::-1], "NINTEI_PACKAGES_DIR": str(folder)}
    )  # fmt: skip
    backend, clock = database.connect(url), StillClock()
    engine = Engine(Evaluator(workers=1), zone=JAPAN)
    portal = Portal(settings, clock, engine, Releases(engine, clock), Blobs(folder / "blobs"), folder)
    with database.connection():
        for row in Release.select(Release.id):
            versions.version(portal.releases.loaded(row.id))
    backend.close_all()
    print("ready", flush=True)
    for line in sys.stdin:
        when, number = line.split()
        child = os.fork()
        if child == 0:
            work(portal, url, Fate(when, int(number)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else "done", flush=True)


if __name__ == "__main__":
    main()
