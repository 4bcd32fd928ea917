"""Where a case has walked to, kept for the other tests of this run whose case would walk the same way.

Most tests begin with a case at some step. What lies before it is walked once and then copied: the database, the files,
the letters. Only a test that has touched nothing yet and puts nothing in the place of what a walk does (monkeypatch),
nor listens to it (caplog), gets a copy.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import pytest

from app.services.demo.walker import Walker
from app.store import database

if TYPE_CHECKING:
    from tests.services.conftest import Bench

WATCHED = frozenset({"monkeypatch", "caplog", "capsys", "postgres"})  # fixtures of tests that walk all the way
DATABASE, FILES, REST = "nintei.db", "files", "rest"


def of(request: pytest.FixtureRequest) -> Path | None:
    """The folder of this run's walks, of all its workers; none for a test that has to walk itself."""
    if WATCHED & set(request.fixturenames):
        return None
    base = Path(request.getfixturevalue("tmp_path_factory").getbasetemp())
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "walks"


_folder: Path | None = None  # for benches that are opened now


@contextlib.contextmanager
def kept_in(folder: Path | None) -> Iterator[None]:
    """Benches that are opened in the block may begin where a walk of this folder has led."""
    global _folder
    before, _folder = _folder, folder
    try:
        yield
    finally:
        _folder = before


def folder_now() -> Path | None:
    """Where benches that are opened now find walks; none where nothing may take a walk's place."""
    return _folder


def state(bench: Bench) -> Any:
    """Changes with everything that is done to a bench, as far as a test's own thread does it."""
    folder = bench.portal.settings.data_dir
    there = sorted(path.name for path in folder.iterdir() if not path.name.startswith(DATABASE))
    outside = (bench.mailbox.__dict__, bench.printer.__dict__, bench.pokes)
    return id(database.proxy.obj), database.proxy.obj.stored, there, repr(outside)


class Walks:
    """The walks that a bench may begin or leave behind."""

    def __init__(self, folder: Path, bench: Bench, plan: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> None:
        self._folder = folder
        self._bench = bench
        self._place = bench.portal.settings.data_dir
        own = {"data_dir", "database_url"}
        settings = {key: value for key, value in asdict(bench.portal.settings).items() if key not in own}
        loaded = bench.portal.releases.current("ccus_api_certification")
        self._keys = list(_keys([loaded.package.digest, settings, str(bench.portal.now()), plan], steps))

    def begin(self, walker: Walker) -> int:
        """Put the bench where the longest known part of the walk leads; how many steps that is, -1 for none."""
        for taken in range(len(self._keys) - 1, -1, -1):
            kept = self._folder / self._keys[taken]
            if kept.is_dir():
                self._restore(kept, walker)
                return taken
        return -1

    def keep(self, walker: Walker) -> None:
        """Keep where the whole walk has led."""
        final = self._folder / self._keys[-1]
        if final.exists():
            return
        self._folder.mkdir(exist_ok=True)
        made = Path(mkdtemp(dir=self._folder))
        with (
            contextlib.closing(sqlite3.connect(self._place / DATABASE)) as source,
            contextlib.closing(sqlite3.connect(made / DATABASE)) as copy,
        ):
            source.backup(copy)
        shutil.copytree(self._place, made / FILES, ignore=shutil.ignore_patterns(f"{DATABASE}*"))
        rest = (
            *(walker.number, walker.clock.moment, walker._reviewers),
            *(self._bench.mailbox.__dict__, self._bench.printer.__dict__, self._bench.pokes),
        )
        (made / REST).write_bytes(pickle.dumps(rest))
        try:
            made.rename(final)
        except OSError:  # another worker was first
            shutil.rmtree(made)

    def _restore(self, kept: Path, walker: Walker) -> None:
        database.proxy.obj.close_all()
        for path in self._place.glob(f"{DATABASE}*"):
            path.unlink()
        shutil.copyfile(kept / DATABASE, self._place / DATABASE)
        shutil.copytree(kept / FILES, self._place, dirs_exist_ok=True)
        number, moment, reviewers, mailbox, printer, pokes = pickle.loads((kept / REST).read_bytes())
        walker.number, walker.clock.moment = number, moment
        walker._reviewers.update(reviewers)
        self._bench.mailbox.__dict__.update(mailbox)
        self._bench.printer.__dict__.update(printer)
        self._bench.pokes[:] = pokes


def _keys(begun: Any, steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A name for what has been done after each number of steps."""
    digest = hashlib.sha256(json.dumps(begun, default=str, sort_keys=True).encode())
    yield digest.hexdigest()[:40]
    for step in steps:
        digest.update(json.dumps(step, default=str, sort_keys=True).encode())
        yield digest.hexdigest()[:40]
