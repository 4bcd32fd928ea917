"""The portal ends, however it is ended, and starts again: nobody is cut off, and nothing is left running."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest

from tests.flow.place import STAFF_PASSWORD, Place
from tests.flow.prepared import STAFF, add_staff
from tests.flow.test_upgrade import nintei
from tests.flow.visitor import Form, Visitor
from tests.services.conftest import PACKAGES
from tests.support.mail import mail_server
from tests.support.network import wait_until
from tests.support.postgres import Postgres
from tests.support.server import named, start

pytestmark = pytest.mark.xdist_group("flow-endings")


@pytest.fixture(scope="module")
def place(make_place: Callable[..., Place]) -> Place:
    found = make_place(packages_dir=str(PACKAGES))
    add_staff(found)
    return found.start()


@contextmanager
def database_held(place: Place) -> Iterator[None]:
    """Somebody else writes all the while."""
    other = sqlite3.connect(place.data / "nintei.db", isolation_level=None, timeout=60)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def family(place: Place) -> list[psutil.Process]:
    """`nintei run` and all that it started."""
    assert place.server is not None
    parent = psutil.Process(place.server.pid)
    return [parent, *parent.children(recursive=True)]


def gone(processes: list[psutil.Process]) -> bool:
    return not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes)


def test_a_step_that_waits_while_the_portal_is_told_to_end_is_answered(place: Place) -> None:
    person, answers = place.visitor(), []
    form = person.get("/login").form(field="password").fill("email", STAFF[0]).fill("password", STAFF_PASSWORD)
    everybody = family(place)
    with database_held(place):
        pressing = threading.Thread(target=lambda: answers.append(sent(place, person, form)))
        pressing.start()
        wait_until(lambda: waits(everybody), 30, "the press")
        everybody[0].send_signal(signal.SIGTERM)
        wait_until(lambda: not listens(place), 30, "the closed door")
        assert answers == []
    pressing.join(60)
    assert answers == [(302, "/tasks")]
    wait_until(lambda: gone(everybody), 60, "the end")
    assert place.server is not None
    assert place.server.process.wait(60) == 0
    place.start()


def sent(place: Place, person: Visitor, form: Form) -> tuple[int, str]:
    """The answer itself to a press: its status, and where it leads."""
    connection = http.client.HTTPConnection("127.0.0.1", int(place.environment["NINTEI_PORT"]), timeout=60)
    cookies = "; ".join(f"{each.name}={each.value}" for each in person.cookies)
    pairs = [(name, form.value(name)) for name in form.names()]
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    connection.request("POST", "/login", urlencode(pairs), headers)
    answer = connection.getresponse()
    return answer.status, answer.headers["Location"]


def waits(processes: list[psutil.Process]) -> bool:
    """Whether a connection to the portal is open."""
    return any(each.status == psutil.CONN_ESTABLISHED for process in processes for each in process.net_connections())


def listens(place: Place) -> bool:
    port = int(place.environment["NINTEI_PORT"])
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_what_a_killed_run_leaves_ends_by_itself_and_the_next_one_serves(place: Place) -> None:
    everybody = family(place)
    assert len(everybody) >= 3
    os.kill(everybody[0].pid, signal.SIGKILL)
    wait_until(lambda: gone(everybody[1:]), 60, "the children's end")
    place.start()
    assert place.visitor().get("/").status == 200


def test_a_place_that_cannot_be_used_is_said_in_a_sentence(place: Place, tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    said = nintei(tmp_path, "run")
    assert said.returncode == 1
    assert "データフォルダー" in said.stderr
    assert "Traceback" not in said.stderr
    taken = start(["serve"], place.environment, tmp_path / "second.log")
    try:
        assert taken.process.wait(120) == 1
        assert "Traceback" not in taken.said()
        assert "NINTEI_PORT" in taken.said()
    finally:
        taken.kill()


@pytest.mark.postgres
def test_two_runs_that_start_together_on_an_empty_database_both_serve(tmp_path: Path, postgres: str) -> None:
    with mail_server() as mailbox:
        places = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            places.append(Place(tmp_path / name, mailbox, database_url=postgres, packages_dir=str(PACKAGES)))
        try:
            for each in places:
                each.server = start(["run"], each.environment, each.folder / "nintei.log", each.url)
            for each in places:
                assert each.server is not None
                each.server.wait_ready()
                assert each.visitor().get("/").status == 200
                assert "Traceback" not in each.said()
        finally:
            for each in places:
                each.stop()


@pytest.mark.postgres
def test_a_database_that_comes_up_later_or_goes_away_is_waited_for(tmp_path: Path, postgres_cluster: Postgres) -> None:
    url = postgres_cluster.new_database()
    with mail_server() as mailbox:
        here = Place(tmp_path, mailbox, database_url=url, packages_dir=str(PACKAGES))
        postgres_cluster.stop("fast")
        try:
            here.server = start(["run"], here.environment, here.folder / "nintei.log", here.url)
            wait_until(lambda: "waiting for the database" in here.said(), 60, "a word on what it waits for")
            postgres_cluster.start()
            here.server.wait_ready()
            assert here.said().count("waiting for the database") == 1
            # It goes away once more, and meanwhile the worker dies: web and worker are there again with the database.
            postgres_cluster.stop("fast")
            [worker] = [each for each in family(here) if named(each) == "nintei worker"]
            worker.kill()
            wait_until(lambda: here.said().count("waiting for the database") == 2, 60, "the new worker's word")
            assert here.server.process.poll() is None
        finally:
            postgres_cluster.start()
        try:
            here.server.wait_ready()
            workers = [each for each in family(here) if named(each) == "nintei worker"]
            assert len(workers) == 1
            assert workers[0].pid != worker.pid
            assert "Traceback" not in here.said()
        finally:
            here.stop()
            postgres_cluster.drop(url)
