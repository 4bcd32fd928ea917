"""While the database or the disk is in trouble: 503, what is kept, and the form to be sent again."""

from __future__ import annotations

import errno
import re
import sqlite3
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import update_wrapper
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from app.engine import Engine
from app.main import threads
from app.store import database
from app.store.models import Case, Note, User
from app.web.server import Server
from tests.services.conftest import PACKAGES, STAFF
from tests.services.steps import go
from tests.web.conftest import Site, open_site

HERE = {"Origin": "http://localhost"}


@pytest.fixture
def hasty(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A portal on SQLite that waits for others not at all; its forms are guarded by tokens."""
    monkeypatch.setattr("app.store.connections.WAIT_FOR_LOCK", 0)
    return open_site(tmp_path, engine)


@contextmanager
def held(site: Site) -> Iterator[None]:
    """Somebody else writes to the database all the while."""
    path = site.bench.portal.settings.data_dir / "nintei.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def notes(number: str) -> list[str]:
    with database.connection():
        return [row.text for row in Note.select().join(Case).where(Case.number == number)]


def test_what_cannot_be_stored_is_said_kept_and_sent_again(hasty: Site) -> None:
    walker = go(hasty.bench, until="company_profile")
    client, url = hasty.operator(), f"/cases/{walker.number}/messages"
    with held(hasty):
        answer = client.post(url, data={"text": "明日の\n<b>14時</b>です。", "csrf_token": "x"}, headers=HERE)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "10"
        assert "いま送った内容は保存されていません" in answer.text
        assert "入力した内容は、このページに残っています" in answer.text
        assert client.get(f"/cases/{walker.number}").status_code == 200, "reading goes on"
    assert notes(walker.number) == []
    [(name, value)] = re.findall(
        r'<textarea name="([^"]+)" hidden aria-hidden="true">\n(.*?)</textarea>', answer.text, re.S
    )
    assert f'action="{url}"' in answer.text
    client.post(url, data={name: unescape(value)}, headers=HERE)
    assert notes(walker.number) == ["明日の\n<b>14時</b>です。"]


def test_a_script_reads_it_as_json_and_an_english_reader_in_english(hasty: Site) -> None:
    walker, operator = go(hasty.bench, until="company_profile"), hasty.operator()
    with held(hasty):
        url = f"/cases/{walker.number}/messages"
        answer = operator.post(url, data={"text": "x"}, headers={"Accept": "application/json"})
        assert answer.status_code == 503
        assert "保存されていません" in answer.get_json()["error"]
        assert "was not saved" in operator.post(f"{url}?lang=en", data={"text": "x"}, headers=HERE).text


def test_neither_a_password_nor_what_a_strangers_page_sent_is_kept_on_the_page(hasty: Site) -> None:
    operator = hasty.operator()
    with held(hasty):
        for data, headers in (({"text": "x"}, {"Origin": "https://evil.example"}), ({"password": "geheim"}, HERE)):
            answer = operator.post("/absences", data=data, headers=headers)
            if answer.status_code == 503:
                assert "<textarea" not in answer.text
                assert "geheim" not in answer.text


def test_a_full_disk_is_503_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    walker = go(site.bench, until="company_profile")

    def full(*_args: Any, **_more: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.services.cases.talking.say", full)
    answer = site.operator().post(f"/cases/{walker.number}/messages", data={"text": "x"}, headers=HERE)
    assert answer.status_code == 503
    assert "<textarea" in answer.text


def test_a_database_that_is_away_is_said_on_a_page_that_needs_none(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    client = site.operator()
    bound = database.proxy.obj
    database.connect(f"postgresql://postgres@/none?host={tmp_path}")
    try:
        answer = client.get("/tasks")
        assert answer.status_code == 503
        assert "なくなったものはありません" in answer.text
    finally:
        database.proxy.initialize(bound)
    assert client.get("/tasks").status_code == 200


@pytest.mark.postgres
def test_two_people_whose_steps_wait_for_each_other_are_both_answered(
    tmp_path: Path, engine: Engine, postgres: str
) -> None:
    site = open_site(tmp_path, engine, url=postgres)
    gate, met = threading.Barrier(2), threading.local()

    def view(first: int, second: int) -> str:
        with database.transaction():
            User.update(name="x").where(User.id == first).execute()
            if not getattr(met, "yes", False):
                met.yes = True
                with suppress(threading.BrokenBarrierError):
                    gate.wait(20)
            User.update(name="y").where(User.id == second).execute()
        return "done"

    with database.connection():
        one, two = [row.id for row in User.select().where(User.email.in_(STAFF[:2]))]
    views = site.app.view_functions
    for name, each in (("public.start", lambda: view(one, two)), ("register.systems", lambda: view(two, one))):
        views[name] = update_wrapper(each, views[name])  # as open to everybody as the page it stands for
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda path=path: answers.append(site.anybody().get(path).status_code))
        for path in ("/", "/systems")
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert answers == [200, 200]
    database.proxy.obj.close_all()


@pytest.mark.postgres
@pytest.mark.parametrize("web_threads", [8, 64])
def test_however_many_ask_at_once_nobody_is_told_of_a_mistake(
    tmp_path: Path, engine: Engine, postgres: str, web_threads: int
) -> None:
    """More threads than the server has places for connections (60): whoever finds none waits for another's."""
    site = open_site(tmp_path, engine, PACKAGES, url=postgres)
    many = threads(replace(site.bench.portal.settings, web_threads=web_threads))
    database.proxy.obj.close_all()
    database.connect(postgres, many + 2)
    server = Server(site.app, patience=5, host="127.0.0.1", port=0, threads=many)
    [(host, port)] = server.places
    serving = threading.Thread(target=server.run)
    serving.start()
    answers: Counter[int] = Counter()

    def client() -> None:
        for _ in range(2):
            with urllib.request.urlopen(f"http://{host}:{port}/systems", timeout=120) as answer:
                answers[answer.status] += 1

    try:
        clients = [threading.Thread(target=client) for _ in range(70)]
        for each in clients:
            each.start()
        for each in clients:
            each.join(120)
    finally:
        server.stop()
        serving.join(30)
        database.proxy.obj.close_all()
    assert answers == {200: 140}
