"""What every test's portal begins with is made once: for all test processes of a run a database with staff and
packages, for each of them the compiled packages. Making it takes a second of a processor, copying it a hundredth."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from app.catalogue.model import Package
from app.services.base.releases import Loaded, Releases
from app.store import database
from app.store import releases as store
from tests.support import loaded

SERVER = "postgresql://"
_there: dict[tuple[str, Path], str] = {}  # server, folder of packages → the name of such a database on it


class KnownReleases(Releases):
    """A release never changes, so what one test has compiled serves the others."""

    _known: ClassVar[dict[tuple[int, str, int, int], Loaded]] = {}
    _read: ClassVar[dict[tuple[str, int], tuple[int, Package]]] = {}

    def _load(self, release_id: int) -> Loaded:
        row = store.by_id(release_id)
        if row is None:
            return super()._load(release_id)
        key = (id(self.engine), row.digest, row.id, row.number)
        if key not in self._known:
            self._known[key] = super()._load(release_id)
        return self._known[key]

    def _package(self, release_id: int) -> tuple[int, Package]:
        row = store.by_id(release_id)
        if row is None:
            return super()._package(release_id)
        key = (row.digest, row.number)
        if key not in self._read:
            self._read[key] = super()._package(release_id)
        return self._read[key]


def copy_to(url: str, packages: Path) -> bool:
    """Begin a new database with what `keep` put by; false where there is nothing yet, or something in the database."""
    if url.startswith(SERVER):
        return _copy_there(url, packages)
    made, target = _made(packages), Path(url.removeprefix("sqlite:///"))
    if target.exists() or not made.exists():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made, target)
    return True


def keep(url: str, packages: Path) -> None:
    """Put a copy of a database by, for the tests that follow."""
    if url.startswith(SERVER):
        _keep_there(url, packages)
        return
    made = _made(packages)
    if made.exists():
        return
    fresh = made.with_suffix(f".{os.getpid()}")
    with (
        contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as source,
        contextlib.closing(sqlite3.connect(fresh)) as copy,
    ):
        source.backup(copy)
    fresh.replace(made)


def _made(packages: Path) -> Path:
    """Where a database with the packages of this folder lies, once there is one."""
    return Path(loaded.here()).with_name(f"begun-{hashlib.sha256(bytes(packages)).hexdigest()[:20]}.db")


def _copy_there(url: str, packages: Path) -> bool:
    """The same on a server: the empty database gives way to one that is made of what was put by."""
    name, server = _parted(url)
    made = _there.get((server, packages))
    if made is None:
        return False
    with psycopg.connect(url, autocommit=True) as connection:
        [tables] = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() or (1,)
    if tables:
        return False
    try:
        _remade(server, name, made)
    except psycopg.errors.ObjectInUse:  # somebody is connected already
        return False
    return True


def _keep_there(url: str, packages: Path) -> None:
    name, server = _parted(url)
    if (server, packages) in _there:
        return
    made = f"begun_{len(_there)}"
    database.proxy.obj.close_all()  # nobody may be connected with what a database is made of
    with contextlib.suppress(psycopg.errors.ObjectInUse):
        _remade(server, made, name)
        _there[server, packages] = made


def _remade(server: str, name: str, model: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(made.format(sql.Identifier(name), sql.Identifier(model)))


def _parted(url: str) -> tuple[str, str]:
    """The name of a database, and the address of its server's own."""
    parts = urlsplit(url)
    return parts.path.removeprefix("/"), urlunsplit(parts._replace(path="/postgres"))
