"""PostgreSQL is restarted or away while the portal runs: it says so once, waits, and goes on by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil
import pytest

from tests.flow.driver import APPLICATION
from tests.flow.place import Place
from tests.flow.visitor import Visitor
from tests.support import server as servers
from tests.support.mail import mail_server
from tests.support.network import wait_until
from tests.support.postgres import Postgres
from tests.support.server import named

WAITS = "no work is done until this is over"
pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("flow-database-away")]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, postgres_cluster: Postgres) -> Iterator[Place]:
    url = postgres_cluster.new_database()
    with mail_server() as mailbox:
        found = Place(tmp_path_factory.mktemp("portal"), mailbox, database_url=url)
        found.start()
        try:
            yield found
        finally:
            found.stop()
            postgres_cluster.drop(url)


def apply(place: Place, email: str) -> None:
    """Somebody applies, and gets the mail that the worker sends."""
    place.vendor(email).apply({**APPLICATION, "system_name": email})
    place.wait_for_mail(email, "review-1", seconds=120)


def trouble(place: Place, seen: int) -> list[str]:
    """The lines of the log that tell of trouble, from this place in it on."""
    return [line for line in place.said()[seen:].splitlines() if any(word in line for word in ("WARNING", "ERROR"))]


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_mails_go_on_by_themselves_after_a_restart_of_the_database(
    place: Place, postgres_cluster: Postgres, mode: str
) -> None:
    apply(place, f"before-{mode}@vendor.example.jp")
    seen = len(place.said())
    postgres_cluster.restart(mode)
    apply(place, f"after-{mode}@vendor.example.jp")
    said = place.said()[seen:]
    assert "Traceback" not in said, said
    assert len(trouble(place, seen)) <= 4, said


def test_a_long_outage_is_one_line_and_everything_goes_on_afterwards(place: Place, postgres_cluster: Postgres) -> None:
    apply(place, "before@vendor.example.jp")
    seen = len(place.said())
    anybody = Visitor(place.url)
    postgres_cluster.stop("fast")
    try:
        wait_until(lambda: WAITS in place.said()[seen:], 60, "a word about the outage")
        page = anybody.get("/systems")
        assert page.status == 503
        assert page.headers["Retry-After"]
        assert anybody.get("/healthz").status == 503
        over = time.monotonic() + 6  # some rounds of the worker more
        wait_until(lambda: time.monotonic() > over, 60, "the end of the outage")
    finally:
        postgres_cluster.start()
    apply(place, "after@vendor.example.jp")
    said = place.said()[seen:]
    assert "Traceback" not in said, said
    assert said.count(WAITS) == 1, said
    wait_until(lambda: place.said()[seen:].count("work goes on after") == 1, 30, "the word that it is over")


def children(place: Place, command: str) -> list[psutil.Process]:
    """What `nintei run` started for this command and still runs."""
    assert place.server is not None
    found = psutil.Process(place.server.pid).children()
    return [each for each in found if named(each) == f"nintei {command}" and each.status() != psutil.STATUS_ZOMBIE]


def test_a_child_that_dies_while_the_database_is_away_takes_nobody_with_it(
    place: Place, postgres_cluster: Postgres
) -> None:
    assert place.server is not None
    [worker], [web] = children(place, "worker"), children(place, "serve")
    postgres_cluster.stop("fast")
    try:
        seen = len(place.said())
        worker.kill()
        wait_until(lambda: "waiting for the database" in place.said()[seen:], 60, "another worker")
        assert place.server.process.poll() is None and web.is_running()
    finally:
        postgres_cluster.start()
    apply(place, "after-a-death@vendor.example.jp")
    assert [each.pid for each in children(place, "serve")] == [web.pid]


def test_a_portal_that_starts_before_its_database_waits_for_it(place: Place, postgres_cluster: Postgres) -> None:
    place.stop()
    postgres_cluster.stop("fast")
    seen = len(place.said())
    try:
        place.server = servers.start(["run"], place.environment, place.folder / "nintei.log", place.url)
        wait_until(lambda: "waiting for the database" in place.said()[seen:], 60, "a word that it waits")
        assert place.server.process.poll() is None
    finally:
        postgres_cluster.start()
    place.server.wait_ready()
    apply(place, "after-the-boot@vendor.example.jp")
    assert "Traceback" not in place.said()[seen:]
