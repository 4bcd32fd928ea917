"""A folder for what passes outlives nobody: it goes with its owner, also when that one was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.connectors import scratch
from app.connectors.scratch import Scratch

HOLD = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from app.connectors.scratch import Scratch
held = Scratch("trial")
(held.path / "page.pdf").write_text("half")
print(held.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _a_place_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@contextmanager
def another(folder: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that holds a folder, and that folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        try:
            assert holder.stdout is not None
            yield holder, Path(holder.stdout.readline().strip())
        finally:
            holder.kill()


def test_a_folder_whose_owner_was_killed_is_swept_and_that_of_one_who_lives_is_not(tmp_path: Path) -> None:
    mine = Scratch("trial")
    with another(tmp_path) as (killed, left), another(tmp_path) as (_, held):
        assert left.is_dir() and scratch.sweep() == 0
        killed.kill()
        killed.wait()
        assert scratch.sweep() == 1
        assert not left.exists()
        assert (held / "page.pdf").exists() and mine.path.is_dir()


def test_whoever_is_frozen_keeps_its_folder(tmp_path: Path) -> None:
    with another(tmp_path) as (holder, held):
        holder.send_signal(signal.SIGSTOP)
        assert scratch.sweep() == 0
        assert (held / "page.pdf").exists()


def test_a_folder_of_ones_own_choice_is_kept_and_swept_by_the_same_rules(tmp_path: Path) -> None:
    with Scratch("copy", tmp_path / "data" / scratch.FOLDER) as held:
        assert held.parent == tmp_path / "data" / scratch.FOLDER and held.parent.stat().st_mode & 0o077 == 0
        held.with_name("copy-of-one-who-was-killed").mkdir()
        assert scratch.sweep() == 0 and scratch.sweep(held.parent) == 1
        assert held.is_dir()
    assert not held.exists()
    assert scratch.sweep(tmp_path / "nowhere") == 0


def test_who_closes_a_folder_removes_it_once(tmp_path: Path) -> None:
    mine = Scratch("trial")
    (mine.path / "page.pdf").write_text("whole")
    mine.close()
    assert not mine.path.exists()
    mine.close()
    assert scratch.sweep() == 0


def test_a_forgotten_folder_goes_with_its_object() -> None:
    path = Scratch("trial").path
    assert not path.exists()


def test_nobody_else_reads_what_lies_there() -> None:
    mine = Scratch("trial")
    assert mine.path.stat().st_mode & 0o077 == 0
    assert mine.path.parent.stat().st_mode & 0o077 == 0


def test_a_place_that_somebody_else_made_is_neither_used_nor_swept(tmp_path: Path) -> None:
    named = scratch.place()
    assert named is not None
    (named / "theirs").mkdir()
    named.chmod(0o777)
    mine = Scratch("trial")
    assert mine.path.is_dir() and mine.path.parent == tmp_path
    assert scratch.sweep() == 0 and (named / "theirs").exists()
    mine.close()
    assert not mine.path.exists()


def test_a_link_in_its_place_leads_nowhere(tmp_path: Path) -> None:
    named = scratch.place()
    assert named is not None
    (tmp_path / "precious").mkdir()
    named.rmdir()
    named.symlink_to(tmp_path / "precious")
    mine = Scratch("trial")
    assert mine.path.parent == tmp_path and list((tmp_path / "precious").iterdir()) == []
    assert scratch.sweep() == 0
