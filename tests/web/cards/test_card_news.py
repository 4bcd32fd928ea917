"""Open card pages at a real server: they wait, are woken, and take nothing from others."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from app import web
from app.engine import Engine
from app.services.agents import desks
from app.services.agents.news import WaitingRoom
from app.services.base.actors import Actor
from app.states import Side
from app.store import database, datastore
from app.web.cards.desk import NEWS
from app.web.server import Server
from hardware import agent
from tests.services.conftest import PACKAGES, open_bench
from tests.support.network import wait_until
from tests.web.conftest import Site

PLACES = 2
ADMIN = Actor(None, "管理者", Side.OPERATOR, frozenset({"administrator"}))


class Office:
    """A site at a real server with two places to wait and one thread more."""

    def __init__(self, site: Site, port: int, room: WaitingRoom) -> None:
        self.site, self.port, self.room = site, port, room
        client = site.operator()
        client.get("/cards")
        cookie = client.get_cookie("session")
        assert cookie is not None
        self.cookie = f"session={cookie.value}"

    def ask(self, path: str) -> http.client.HTTPConnection:
        """Send a request; its answer is to be read from what this gives."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Cookie": self.cookie})
        return connection

    def get(self, path: str) -> Any:
        with closing(self.ask(path)) as connection:
            answer = connection.getresponse()
            assert answer.status == 200, path
            return answer.read()

    def word(self) -> str:
        return str(json.loads(self.get("/cards/news"))["word"])

    def wait(self, word: str) -> http.client.HTTPConnection:
        """A page that waits."""
        before = self.room.inside
        connection = self.ask(f"/cards/news?after={word}")
        wait_until(lambda: self.room.inside > before, 10, "a page that waits")
        return connection


def said(connection: http.client.HTTPConnection) -> dict[str, Any]:
    with closing(connection):
        return dict(json.loads(connection.getresponse().read()))


@contextmanager
def office(folder: Path, url: str, engine: Engine) -> Iterator[Office]:
    bench = open_bench(folder, url, engine, PACKAGES)
    app = web.create_app(bench.portal, datastore.Accounts(bench.portal.today))
    room = app.extensions[NEWS] = WaitingRoom(PLACES)
    server = Server(
        app, patience=5, leaving=room.close, host="127.0.0.1", port=0, threads=PLACES + 1, channel_request_lookahead=1
    )
    [(_, port)] = server.places
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Office(Site(bench, app), port, room)
    finally:
        server.stop()
        thread.join(30)


@pytest.fixture
def here(tmp_path: Path, engine: Engine) -> Iterator[Office]:
    with office(tmp_path, f"sqlite:///{tmp_path}/nintei.db", engine) as found:
        yield found


def test_pages_wait_until_an_agent_reports_and_leave_a_thread_to_others(here: Office) -> None:
    portal = here.site.bench.portal
    token = desks.add(portal, "机A", ADMIN)
    word = here.word()
    pages = [here.wait(word) for _ in range(PLACES)]
    assert said(here.ask(f"/cards/news?after={word}")) == {"word": word, "pause": 1.0}, "there is no place for a third"
    assert b"/cards" in here.get("/cards"), "others are answered meanwhile"
    assert here.room.inside == PLACES
    agent.Server(f"http://127.0.0.1:{here.port}", token).post("beat", {"reader": "R"})
    answers = [said(page) for page in pages]
    assert [each["pause"] for each in answers] == [0, 0]
    assert {each["word"] for each in answers} == {here.word()}
    assert word != here.word()


def test_a_page_whose_browser_has_gone_gives_its_place_back(here: Office) -> None:
    word = here.word()
    for page in [here.wait(word) for _ in range(PLACES)]:
        page.close()
    wait_until(lambda: here.room.inside == 0, 20, "both places free")


def test_only_staff_wait_for_news(here: Office) -> None:
    assert here.site.anybody().get("/cards/news").status_code == 302


@pytest.mark.postgres
def test_waiting_pages_hold_no_connection_of_the_database(tmp_path: Path, engine: Engine, postgres: str) -> None:
    with office(tmp_path, postgres, engine) as found:
        word = found.word()
        pages = [found.wait(word) for _ in range(PLACES)]
        database.proxy.obj.close()
        wait_until(lambda: len(database.proxy.obj._in_use) == 0, 10, "no connection in use")
        desks.add(found.site.bench.portal, "机A", ADMIN)
        assert {said(page)["word"] for page in pages} == {found.word()}
        database.proxy.obj.close_all()
