"""A PostgreSQL of one's own that starts in a second and leaves nothing behind."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.support.needs import postgres_bin
from tests.support.network import wait_until

# Durability is worthless for a cluster that is thrown away: crash tests kill the portal, not this.
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "listen_addresses": "",
    "logging_collector": "off",
    "jit": "off",
}
STOP = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "kill": signal.SIGKILL}


class Postgres:
    """A cluster, reached by a Unix socket in its folder. Ends with this process, if not before."""

    def __init__(self, folder: Path, command: Sequence[str | Path]) -> None:
        self.folder = folder
        self._command = command
        self._server: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    def url(self, database: str) -> str:
        """As NINTEI_DATABASE_URL takes it."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder))}"

    def new_database(self, name: str = "") -> str:
        """Make an empty database; its URL."""
        name = name or f"test_{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.url(name)

    def drop(self, url: str) -> None:
        """Throw a database away, whoever is still connected."""
        name = url.split("@/", 1)[1].split("?", 1)[0]
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Begin, and wait until it takes connections."""
        if not self._start():
            said = (self.folder / "log").read_text(errors="replace")
            raise RuntimeError(f"PostgreSQL did not start:\n{said}")

    def _start(self) -> bool:
        with (self.folder / "log").open("ab") as log:
            server = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder
            )
        self._server = server
        wait_until(lambda: server.poll() is not None or self.answers(), 60, "PostgreSQL's start")
        return server.poll() is None

    def stop(self, mode: str = "immediate") -> None:
        """End it as `pg_ctl stop -m fast` (everybody is sent away) or `-m immediate` (as a power cut) does; `kill` is
        what the kernel does when memory is short."""
        if self._server is None:
            return
        self._server.send_signal(STOP[mode])
        self._server.wait(30)
        self._server = None

    def restart(self, mode: str) -> None:
        """What `pg_ctl restart -m` does. Nobody may start it before the last server of one that was killed is gone."""
        self.stop(mode)
        wait_until(self._start, 60, "PostgreSQL's start")


@contextmanager
def cluster(**options: str) -> Iterator[Postgres]:
    """Start one in a folder of its own; stopped at once and removed at the end, or when this process dies. `options`:
    settings beside QUICK, or in place of them."""
    programs = postgres_bin()
    if programs is None:
        raise RuntimeError("no PostgreSQL server programs")
    # A socket's path may be 107 bytes long: pytest's own folders are too deep.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    as_postgres: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_postgres = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
    data = folder / "data"
    try:
        made = ["--no-sync", "--auth", "trust", "--username", "postgres", "--encoding", "UTF8", "--locale", "C"]
        subprocess.run(
            [*as_postgres, programs / "initdb", *made, "--pgdata", data], check=True, capture_output=True, cwd=folder
        )
        words = [word for key, value in {**QUICK, **options}.items() for word in ("-c", f"{key}={value}")]
        dies_with_us = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
        running = Postgres(
            folder, [*as_postgres, *dies_with_us, programs / "postgres", "-D", data, "-k", folder, *words]
        )
        try:
            running.start()
            yield running
        finally:
            running.stop()  # immediate: nothing to save
    finally:
        shutil.rmtree(folder, ignore_errors=True)
