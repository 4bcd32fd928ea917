"""Puts each mistake into a copy of the tree, alone, and sees that the named test fails there.

    make mutants                    every one
    make mutants ARGS="m2 m9"       these

First the same tests must hold without a mistake. The exit code says how many mistakes nobody noticed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.mistakes import MISTAKES, Mistake

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("app", "admin", "bpmn", "config", "hardware", "tests")
LEFT_OUT = shutil.ignore_patterns("node_modules", "__pycache__", "*.xz", ".pytest_cache")
PATIENCE = 600  # seconds for one test
FAILED = 1  # pytest's exit code


def copied(folder: Path) -> Path:
    """The tree, without what was installed or built beside it."""
    for room in ROOMS:
        shutil.copytree(PROJECT / room, folder / room, ignore=LEFT_OUT)
    for file in ("pyproject.toml", "README.md"):
        shutil.copy(PROJECT / file, folder / file)
    (folder / "docs").symlink_to(PROJECT / "docs")
    return folder


def put(mistake: Mistake, tree: Path) -> None:
    """Make the mistake. Raises ValueError where the tree does not say what the mistake is about."""
    file = tree / mistake.file
    text = file.read_text(encoding="utf-8")
    if text.count(mistake.old) != 1:
        raise ValueError(f"{mistake.name}: {mistake.file} has {text.count(mistake.old)} times {mistake.old!r}")
    file.write_text(text.replace(mistake.old, mistake.new), encoding="utf-8")


def run(tree: Path, tests: Sequence[str]) -> tuple[int, str]:
    """pytest's exit code and what it printed."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(
        command, cwd=tree, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return done.returncode, done.stdout + done.stderr


def survives(mistake: Mistake) -> str:
    """Why the mistake was not noticed; empty when it was."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        tree = copied(Path(folder))
        put(mistake, tree)
        code, said = run(tree, mistake.tests)
    return "" if code == FAILED else f"pytest ended with {code}:\n{said[-3000:]}"


def main(names: Sequence[str]) -> int:
    """How many mistakes nobody noticed."""
    chosen = [mistake for mistake in MISTAKES if not names or mistake.name in names]
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        code, said = run(copied(Path(folder)), sorted({test for each in chosen for test in each.tests}))
    if code:
        print(f"The tests do not hold without a mistake:\n{said[-6000:]}")
        return len(chosen)
    missed = 0
    for mistake in chosen:
        start = time.monotonic()
        why = survives(mistake)
        missed += bool(why)
        print(f"{mistake.name:<6}{'SURVIVES' if why else 'noticed'}  {time.monotonic() - start:4.0f} s  {mistake.what}")
        if why:
            print(why)
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
