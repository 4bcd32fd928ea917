"""`nintei run` brought up to what is installed now, while people use it: nobody is turned away."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import sqlite3
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from app.cli.children import successor
from app.store import schema
from config import machine
from tests.support.network import free_port, wait_until
from tests.support.server import LAUNCH, PROJECT, Server, settings_for, start

pytestmark = pytest.mark.xdist_group("upgrade-running")


def test_what_a_path_leads_to_now_is_started_with_its_own_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the manual installs: releases beside each other, and `current` that leads to one."""
    for release in ("1", "2"):
        (tmp_path / release).mkdir()
        script = tmp_path / release / "nintei"
        script.write_text(f'#!/bin/sh\necho {release} "$*" > {tmp_path}/said\n', "utf-8")
        script.chmod(0o755)
    current = tmp_path / "current"
    current.symlink_to("1")
    typed = [str(current / "nintei"), "run"]
    monkeypatch.setattr(sys, "argv", typed)
    monkeypatch.setattr(sys, "orig_argv", [sys.executable, *typed])
    current.unlink()
    current.symlink_to("2")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert successor(["--sockets", "3"], [])([], theirs).wait() == 0
    assert (tmp_path / "said").read_text("utf-8") == "2 run --sockets 3\n"


class Visitors:
    """Who ask without a pause, each time over a new connection."""

    def __init__(self, url: str, count: int = 3) -> None:
        self.seen: Counter[str] = Counter()
        self._host, self._port = url.removeprefix("http://").split(":")
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(count)]
        for each in self._threads:
            each.start()

    def _ask(self) -> None:
        while not self._over.wait(0.02):
            connection = http.client.HTTPConnection(self._host, int(self._port), timeout=60)
            try:
                connection.request("GET", "/login")
                answer = connection.getresponse()
                answer.read()
                self.seen[str(answer.status)] += 1
            except (OSError, http.client.HTTPException) as error:
                self.seen[type(error).__name__] += 1
            finally:
                connection.close()

    def go(self) -> Counter[str]:
        self._over.set()
        for each in self._threads:
            each.join(60)
        return self.seen


def family(server: Server) -> set[int]:
    return {child.pid for child in psutil.Process(server.pid).children(recursive=True)}


def ready(server: Server) -> bool:
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=20) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("running")
    environment = settings_for(folder, free_port(), web_processes="2", workers="1", plays="0", stop_seconds="10")
    server = start(["run"], environment, folder / "log", environment["NINTEI_BASE_URL"], sys.executable)
    try:
        server.wait_ready()
        yield server
    finally:
        server.stop(40)


def said(server: Server, words: str, since: int) -> Callable[[], bool]:
    return lambda: words in server.log.read_text("utf-8")[since:]


def test_nobody_is_turned_away_while_new_processes_take_the_place_of_old_ones(running: Server) -> None:
    for _ in range(2):  # the second time a successor is succeeded
        before, since = family(running), len(running.log.read_text("utf-8"))
        people = Visitors(running.url)
        running.process.send_signal(signal.SIGHUP)
        wait_until(said(running, "the successor is up", since), 180, "the successor")
        wait_until(lambda old=before: not old & family(running), 60, "the end of all that was there before")  # type: ignore[misc]
        wait_until(lambda: ready(running), 30, "readiness")
        seen = people.go()
        assert set(seen) == {"200"}, seen
        assert seen["200"] >= 3, "each has asked"
        assert running.process.poll() is None


def test_all_web_processes_count_together(running: Server) -> None:
    """Whichever of the two is asked, it tells of what both have answered."""

    def counted() -> float:
        with urllib.request.urlopen(f"{running.url}/metrics", timeout=20) as answer:
            found = re.findall(r'^nintei_requests_total\{.*route="/login".*\} (\S+)$', answer.read().decode(), re.M)
        return sum(float(each) for each in found)

    before = counted()
    for _ in range(12):
        urllib.request.urlopen(f"{running.url}/login", timeout=20).close()
    assert {counted() for _ in range(6)} == {before + 12}


def test_a_successor_that_does_not_come_up_changes_nothing(running: Server) -> None:
    before, since = family(running), len(running.log.read_text("utf-8"))
    data = Path(psutil.Process(running.pid).environ()["NINTEI_DATA_DIR"]) / "nintei.db"
    with closing(sqlite3.connect(data)) as db:  # a database of a newer program: this one must not touch it
        db.execute(f"INSERT INTO {schema.HISTORY} (name, applied) VALUES ('9999_x', '2030-01-01')")
        db.commit()
    try:
        running.process.send_signal(signal.SIGHUP)
        wait_until(said(running, "the successor does not come up", since), 120, "a word about it")
        assert before & family(running)
        with pytest.raises(urllib.error.HTTPError) as refused:
            time.sleep(5.5)  # a version that fits is believed for five seconds
            urllib.request.urlopen(f"{running.url}/login", timeout=20)
        # What a migration means for who is here: a page that says so, and when to try again.
        assert (refused.value.code, refused.value.headers["Retry-After"]) == (503, "60")
        assert "新しい版への更新をしています" in refused.value.read().decode()
        assert not ready(running)
    finally:
        with closing(sqlite3.connect(data)) as db:
            db.execute(f"DELETE FROM {schema.HISTORY} WHERE name = '9999_x'")
            db.commit()
    wait_until(lambda: ready(running), 60, "readiness")


def test_a_service_managers_socket_is_taken(tmp_path: Path) -> None:
    """As sd_listen_fds(3) has it: who connects while nothing runs yet waits, and is answered."""
    ours = socket.create_server(("127.0.0.1", 0))
    port = ours.getsockname()[1]
    environment = settings_for(tmp_path, port, web_processes="1", workers="0", plays="0")
    hand = (
        "import os, sys; fd = int(sys.argv[1]); os.dup2(fd, 3); os.set_inheritable(3, True); "
        "os.environ['LISTEN_PID'], os.environ['LISTEN_FDS'] = str(os.getpid()), '1'; "
        "os.execv(sys.executable, [sys.executable, '-c', sys.argv[2], 'run'])"
    )
    import os
    import subprocess

    inherited = {key: value for key, value in os.environ.items() if not key.startswith("NINTEI_")}
    with (tmp_path / "log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", hand, str(ours.fileno()), LAUNCH], cwd=PROJECT, env={**inherited, **environment},
            pass_fds=[ours.fileno()], stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    server = Server(process, f"http://127.0.0.1:{port}", tmp_path / "log")
    try:
        with urllib.request.urlopen(f"{server.url}/login", timeout=120) as answer:
            assert answer.status == 200
    finally:
        assert server.stop(40) == 0
        ours.close()


def test_sockets_are_handed_to_this_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("LISTEN_FDS", "2")
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    assert machine.handed_sockets() == [3, 4]
    monkeypatch.setenv("LISTEN_PID", str(os.getpid() + 1))
    assert machine.handed_sockets() == []
