"""All checks in one go, with little to read: the lints side by side, then the tests.

The last line is pytest's summary; the exit code is 0 only if everything held. Parts that this machine cannot
run are named with the reason (tests/conftest.py), and with CI=true they count as failures.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - the folder below it is made for this run
ROOM = 4 * 1024**3  # bytes: what the tests have at one time, with room to spare
PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LINTS: dict[str, list[str | Path]] = {
    "mypy": [BIN / "mypy"],
    "ruff": [BIN / "ruff", "check", "--output-format", "concise", "."],
    "format": [BIN / "ruff", "format", "--quiet", "--check", "."],
    "imports": [BIN / "lint-imports", "--no-logo"],
    "messages": [sys.executable, "scripts/messages.py", "check"],
}
# In a clone that has never run its tests, each of its workers would put every module of them into the form that pytest
# runs: twenty seconds. One does it for all, beside the lints.
COLLECTION: dict[str, list[str | Path]] = {
    "collect": [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider"]
}


def main(arguments: list[str]) -> int:
    """The exit code. `arguments` go to pytest; `--lint-only` stops before it."""
    if arguments == ["--lint-only"]:
        return 1 if lint(LINTS) else 0
    failed = lint(LINTS if compiled() else LINTS | COLLECTION)
    # Two workers more than there are cores: tests that wait for a browser, a database or a killed process leave a core
    # to others (with one more, two cores were idle for a ninth of the time).
    workers = str(min(8, (os.cpu_count() or 2) + 2))
    # A machine without Node has one in the virtual environment (scripts/node.sh), off everybody's path.
    path = os.pathsep.join([str(BIN.parent / "node"), os.environ["PATH"]])
    environment = {**os.environ, "FAILED_LINTS": " ".join(failed), "PATH": path, "PYTHONDONTWRITEBYTECODE": ""}
    # tests/support/order.py says the order; by itself xdist would begin with the groups of the most tests.
    spread = ["-n", workers, "--dist", "loadgroup", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", *spread, *arguments]
    with in_memory() as folder:
        environment |= {"TMPDIR": folder} if folder else {}
        tests = subprocess.run(command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, check=False)
    return tests.returncode or (1 if failed else 0)


@contextmanager
def in_memory() -> Iterator[str]:
    """A folder for the tests' files in memory; empty where that has no room, or runs no programs. They make and throw
    away a hundred thousand files: on a disk that is a tenth of all their work, whoever waits for it or not."""
    free = shutil.disk_usage(MEMORY).free if MEMORY.is_dir() and "TMPDIR" not in os.environ else 0
    usable = free >= ROOM and _available() >= 2 * ROOM and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if not usable:
        yield ""
        return
    with tempfile.TemporaryDirectory(prefix="nintei-", dir=MEMORY) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL's user goes through it
        yield folder


def _available() -> int:
    """Bytes of memory that programs may have (proc_meminfo(5), MemAvailable)."""
    found = Path("/proc/meminfo")
    lines = found.read_text(encoding="ascii").splitlines() if found.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)


def compiled() -> bool:
    """Whether the tests have been put into pytest's form before."""
    return any((PROJECT / "tests").glob("__pycache__/*-pytest-*.pyc"))


def lint(lints: dict[str, list[str | Path]]) -> list[str]:
    """Run every lint, print a line for each and the findings of those that failed; their names."""
    failed = []
    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        for name, (code, output, seconds) in zip(lints, pool.map(run, lints.values()), strict=True):
            print(f"{name:<9}{'ok' if code == 0 else 'FAILED'} ({seconds:.0f} s)", flush=True)
            if code != 0:
                print(output, flush=True)
                failed.append(name)
    return failed


def run(command: list[str | Path]) -> tuple[int, str, float]:
    """Exit code, everything it printed, and how long it took in seconds."""
    start = time.monotonic()
    done = subprocess.run(
        command,
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip(), time.monotonic() - start


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
