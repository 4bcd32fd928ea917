"""What every test's portal begins with is made once for each test process: a database with staff and packages, and the
compiled packages. Making it takes a second of a processor, copying it a hundredth."""

from __future__ import annotations

import atexit
import contextlib
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import ClassVar

from app.catalogue.model import Package
from app.services.base.releases import Loaded, Releases
from app.store import releases as store

_made: dict[Path, Path] = {}  # folder of packages → a database with them


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
    """Begin a new SQLite database with what `keep` put by; false where there is nothing yet."""
    made, target = _made.get(packages), Path(url.removeprefix("sqlite:///"))
    if made is None or not url.startswith("sqlite:///") or target.exists():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made, target)
    return True


def keep(url: str, packages: Path) -> None:
    """Put a copy of a SQLite database by, for the tests that follow in this process."""
    if not url.startswith("sqlite:///") or packages in _made:
        return
    folder = tempfile.TemporaryDirectory(prefix="nintei-tests-")
    atexit.register(folder.cleanup)
    file = Path(folder.name) / "begun.db"
    with (
        contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as source,
        contextlib.closing(sqlite3.connect(file)) as copy,
    ):
        source.backup(copy)
    _made[packages] = file
