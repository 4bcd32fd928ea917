"""The children of `nintei run`: started again after growing pauses, ended with their parent, replaced if they hang."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.cli.children import programs
from app.cli.patience import patiently
from app.cli.supervisor import Pace, Supervisor
from app.errors import Refused
from tests.support.network import wait_until
from tests.support.server import PROJECT, named

QUICK = Pace(well=300, first=0.05, longest=0.4, look=0.02, silent=300, start=300)
# A child: writes its pid, says that it is up if told so, then does what its second word says.
CHILD = """
import os, runpy, signal, sys, time
from types import SimpleNamespace
lifeline = SimpleNamespace(**runpy.run_path("app/cli/lifeline.py"))  # alone: all of the portal takes long to load
lifeline.hold()
name, act = sys.argv[1:3]
with open(name, "a") as file:
    print(os.getpid(), time.monotonic(), file=file)
if act == "fail": sys.exit(3)
lifeline.pulse()
if act == "fail-up": time.sleep(0.1); sys.exit(3)
if act == "hang": signal.pause()
while True: time.sleep(0.05); lifeline.pulse()
"""


def pids(file: Path) -> list[int]:
    return [int(line.split()[0]) for line in file.read_text().splitlines()] if file.exists() else []


def began(file: Path) -> list[float]:
    return [float(line.split()[1]) for line in file.read_text().splitlines()]


class Running(Supervisor):
    """In a thread of this process; `stop` ends it."""

    def __init__(self, *commands: list[str], pace: Pace = QUICK) -> None:
        super().__init__(commands, programs(CHILD, os.environ), 5, pace)
        self.code: list[int] = []

    def begin(self, monkeypatch: pytest.MonkeyPatch) -> threading.Thread:
        monkeypatch.setattr(signal, "signal", lambda *_: None)  # handlers are the main thread's
        thread = threading.Thread(target=lambda: self.code.append(self.run()))
        thread.start()
        return thread

    def stop(self) -> None:
        self._stop.set()


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`running(["file", "act"], …)` starts children; they are ended with the test."""
    started: list[tuple[Running, threading.Thread]] = []

    def start(*commands: list[str], **more: Pace) -> Running:
        found = Running(*commands, **more)
        started.append((found, found.begin(monkeypatch)))
        return found

    monkeypatch.chdir(PROJECT)
    yield start
    for found, thread in started:
        found.stop()
        thread.join(20)


def test_a_child_that_is_killed_is_started_again(tmp_path: Path, running: Callable[..., Running]) -> None:
    file = tmp_path / "a"
    running([str(file), "live"])
    wait_until(lambda: len(pids(file)) == 1, 20, "the start")
    os.kill(pids(file)[0], signal.SIGKILL)
    wait_until(lambda: len(pids(file)) == 2, 20, "the new start")
    assert psutil.pid_exists(pids(file)[1])


def test_a_child_that_fails_for_long_is_tried_after_growing_pauses_and_the_others_live_on(
    tmp_path: Path, running: Callable[..., Running]
) -> None:
    healthy, broken = tmp_path / "a", tmp_path / "b"
    running([str(healthy), "live"], [str(broken), "fail-up"])
    wait_until(lambda: len(pids(broken)) >= 6, 60, "six starts")
    moments = began(broken)
    assert moments[5] - moments[4] > 0.4, "the longest pause"
    assert len(pids(healthy)) == 1


def test_a_child_that_never_came_up_ends_the_run_with_its_exit_code(
    tmp_path: Path, running: Callable[..., Running]
) -> None:
    healthy, broken = tmp_path / "a", tmp_path / "b"
    found = running([str(healthy), "live"], [str(broken), "fail"])
    wait_until(lambda: found.code == [3], 60, "the end")
    assert len(pids(broken)) == 3
    assert not psutil.pid_exists(pids(healthy)[0])


def test_a_child_that_hangs_is_replaced(tmp_path: Path, running: Callable[..., Running]) -> None:
    file, other = tmp_path / "a", tmp_path / "b"
    running([str(file), "hang"], [str(other), "live"], pace=replace(QUICK, silent=6))
    wait_until(lambda: len(pids(file)) >= 2, 60, "the new start")
    assert len(pids(other)) == 1


def test_children_end_with_their_parent_however_it_ends(tmp_path: Path) -> None:
    file = tmp_path / "a"
    program = f"""
    import os
    from app.cli.children import programs
    from app.cli.supervisor import Supervisor
    Supervisor([[{str(file)!r}, "live"]], programs({CHILD!r}, os.environ)).run()
    """
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], cwd=PROJECT, start_new_session=True)
    try:
        wait_until(lambda: len(pids(file)) == 1, 30, "the start")
    finally:
        parent.kill()
        parent.wait(10)
    child = psutil.Process(pids(file)[0]) if psutil.pid_exists(pids(file)[0]) else None
    wait_until(lambda: child is None or not child.is_running(), 30, "the child's end")


def test_a_database_that_is_not_there_yet_is_waited_for_and_a_mistake_is_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries: list[float] = []

    def begin() -> str:
        if len(tries) < 5:
            raise ConnectionRefusedError(111, "refused")
        return "open"

    assert patiently(begin, tries.append) == "open"
    assert tries == [0.5, 1.0, 2.0, 4.0, 5.0]
    assert [record.getMessage() for record in caplog.records] == ["waiting for the database: [Errno 111] refused"]
    for error in (Refused("no"), KeyError("x")):
        with pytest.raises(type(error)):
            patiently(lambda error=error: (_ for _ in ()).throw(error), tries.append)  # type: ignore[misc]


COPYING = """
import gc, os, sys, time
from app.cli.children import copies
from app.cli.supervisor import Supervisor, first

def main(command):
    name, act = command
    with open(name, "a") as file:
        print(os.getpid(), time.monotonic(), os.environ.get("SAID"), os.environ.get("UNSAID"), gc.get_threshold()[0],
              file=file)
    if act == "fail": raise SystemExit(3)
    if act == "ready": raise SystemExit(0)
    from app.cli import lifeline
    while True: time.sleep(0.05); lifeline.pulse()

start = copies(main, {"SAID": "yes"})
first([sys.argv[1], sys.argv[2]], start)
raise SystemExit(Supervisor([[sys.argv[1], "live"]], start, 5).run())
"""


def copying(file: Path, before: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", COPYING, str(file), before],
        cwd=PROJECT,
        env={**os.environ, "UNSAID": "secret"},
        start_new_session=True,
    )


def test_copies_have_their_own_environment_and_name_seldom_look_for_garbage_and_end_with_their_parent(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a"
    with copying(file, "ready") as parent:
        wait_until(lambda: len(pids(file)) == 2, 60, "the first and the one that stays")
        child = psutil.Process(pids(file)[1])
        assert named(child) == f"nintei {file}"
        assert child.ppid() == parent.pid
        assert [line.split()[2:] for line in file.read_text().splitlines()] == [["yes", "None", "50000"]] * 2
        child.kill()
        wait_until(lambda: len(pids(file)) == 3, 60, "another copy")
        last = psutil.Process(pids(file)[2])
        parent.kill()
        wait_until(lambda: not last.is_running() or last.status() == psutil.STATUS_ZOMBIE, 30, "the copy's end")


def test_where_the_first_child_fails_nothing_else_starts(tmp_path: Path) -> None:
    file = tmp_path / "a"
    with copying(file, "fail") as parent:
        assert parent.wait(60) == 3
    assert len(pids(file)) == 1


def test_who_is_told_to_end_while_the_first_child_works_ends_it_too(tmp_path: Path) -> None:
    file = tmp_path / "a"
    with copying(file, "wait") as parent:
        wait_until(lambda: len(pids(file)) == 1, 60, "the first child")
        parent.terminate()
        assert parent.wait(60) == 0
    assert not psutil.pid_exists(pids(file)[0])
