"""A dump of a PostgreSQL database, written and read by PostgreSQL's own programs (custom format of pg_dump)."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from app.errors import Permanent
from config.machine import environment_with

_COPY = re.compile(rb"COPY (?:public\.)?\"?([a-z0-9_]+)\"? ")


def write(url: str, target: Path) -> None:
    """The database as it is at one moment, while people work. Raises Permanent with what pg_dump says."""
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], url)


def counts(file: Path) -> dict[str, int]:
    """{table: rows} of a dump, read from its first byte to its last. Raises Permanent where it cannot be read."""
    program = _program("pg_restore")
    found: dict[str, int] = {}
    command = [program, "--file=-", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - a fixed program
        assert process.stdout is not None  # noqa: S101 - it was asked for a line ago
        table = ""
        for line in process.stdout:
            if table:
                if line == b"\\.\n":
                    table = ""
                else:
                    found[table] += 1
            elif (named := _COPY.match(line)) is not None:
                table = named[1].decode()
                found[table] = 0
        said = process.stderr.read() if process.stderr is not None else b""
    if process.returncode != 0 or table:
        raise Permanent("The dump of the database cannot be read: %(why)s", why=_last(said))
    return found


def restore(url: str, file: Path) -> None:
    """Fill an empty database; all of it or nothing. Raises Permanent with what pg_restore says."""
    name = urlsplit(url).path.lstrip("/")
    _run(
        ["pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={name}",
         str(file)],
        url,
    )  # fmt: skip


def _run(command: list[str], url: str) -> None:
    command = [_program(command[0]), *command[1:]]
    done = subprocess.run(  # noqa: S603 - a fixed program, its arguments no shell reads
        command, env=_environment(url), stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode != 0:
        raise Permanent("%(program)s failed: %(why)s", program=Path(command[0]).name, why=_last(done.stderr))


def _program(name: str) -> str:
    """Debian keeps the programs of several versions apart; the newest reads what older servers hold."""
    places = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    found = sorted(places, key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0)
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        raise Permanent(
            "%(program)s is not installed here: install PostgreSQL's client programs (apt-get install "
            "postgresql-client), of the server's version or newer",
            program=name,
        )
    return program


def _environment(url: str) -> dict[str, str]:
    """How libpq is told where the database is; a password is seen in no list of processes."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    host = query.get("host") or (unquote(parts.hostname) if parts.hostname else None)
    given = {
        "PGHOST": host,
        "PGPORT": str(parts.port) if parts.port else query.get("port"),
        "PGUSER": unquote(parts.username) if parts.username else None,
        "PGPASSWORD": unquote(parts.password) if parts.password else None,
        "PGDATABASE": parts.path.lstrip("/"),
    }
    return environment_with({name: value for name, value in given.items() if value})


def _last(said: bytes) -> str:
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "?"
