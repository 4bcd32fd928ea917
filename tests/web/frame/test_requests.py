"""Each request has a name, from the page to the log, the job and the mail."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from functools import update_wrapper
from io import StringIO

import pytest

from app.connectors.letter import Letter
from app.connectors.mime import build
from app.store import cases, database, jobrows
from app.store.models import Job
from app.web.frame.proxies import REQUEST, TrustedProxies
from app.web.frame.requests import HEADER
from app.worker import Worker
from app.worker.poke import Bell
from config import logs
from tests.web.conftest import Site


@pytest.fixture
def out() -> Iterator[StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = StringIO()
    logs.install("INFO", "json", stream)
    yield stream
    logs.begin()
    root.handlers[:] = before
    root.setLevel(level)


def test_the_answer_and_the_page_that_something_went_wrong_say_the_name(
    site: Site, out: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = site.anybody()
    first, second = (browser.get("/").headers[HEADER] for _ in range(2))
    assert first != second

    def break_it(*_: object) -> None:
        raise RuntimeError("a defect of ours")

    endpoint = next(rule.endpoint for rule in site.app.url_map.iter_rules() if rule.rule == "/apply")
    monkeypatch.setitem(site.app.view_functions, endpoint, update_wrapper(break_it, site.app.view_functions[endpoint]))
    answer = browser.get("/apply")
    assert answer.status_code == 500
    assert answer.headers[HEADER] in answer.text
    failed = next(json.loads(line) for line in out.getvalue().splitlines() if "a defect of ours" in line)
    assert (failed["request"], failed["route"]) == (answer.headers[HEADER], "/apply")
    assert browser.get("/nowhere", headers={"Accept": "application/json"}).headers[HEADER]


def test_lines_know_the_case_and_the_number_of_the_account_never_its_address(site: Site, out: StringIO) -> None:
    walker = site.bench.walker()
    walker.begin()
    browser = site.operator()
    noted: list[str] = []
    site.app.after_request(lambda answer: noted.extend(logs.value(name) for name in ("case", "user")) or answer)
    browser.get(f"/cases/{walker.number}")
    assert noted[0] == walker.number
    assert noted[1].isdigit()
    assert "@" not in out.getvalue()


def test_a_trusted_proxys_name_is_taken_and_nobody_elses() -> None:
    seen: list[str] = []

    def app(environ: dict[str, object], _start: object) -> list[bytes]:
        seen.append(str(environ.get(REQUEST, "")))
        assert "HTTP_X_REQUEST_ID" not in environ
        return []

    for remote in ("10.0.0.5", "203.0.113.9"):
        TrustedProxies(app, ("10.0.0.5",))({"REMOTE_ADDR": remote, "HTTP_X_REQUEST_ID": "edge-77"}, None)
    TrustedProxies(app, ("10.0.0.5",))({"REMOTE_ADDR": "10.0.0.5", "HTTP_X_REQUEST_ID": "edge\r\n77"}, None)
    assert seen == ["edge-77", "", ""]


def test_a_job_remembers_its_request_and_the_worker_says_it_again(site: Site, out: StringIO) -> None:
    bench = site.bench
    with logs.about(request="K7QF-3M2P"):
        walker = bench.walker()
        walker.begin()
        now = bench.portal.now()
        with database.transaction():
            case = cases.get(walker.number)
            assert case is not None
            jobrows.add_job(key="x", case=case.id, operator="unheard-of", run_at=now, created_at=now)
    bell = Bell(bench.portal.settings.data_dir / "bells")
    Worker(bench.portal, bench.hands(bench.portal), bell, threading.Event()).once(0.0)
    bell.close()
    with database.connection():
        assert {row.request for row in Job.select()} == {"K7QF-3M2P"}
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    (told,) = [line for line in lines if line["id"].startswith("job %s")]
    assert (told["request"], told["case"]) == ("K7QF-3M2P", walker.number)
    assert told["job"].isdigit()


def test_a_mail_bears_the_name_of_what_led_to_it() -> None:
    letter = Letter("receipt", "<1@nintei.example>", "a@nintei.example", ("b@example.jp",), "", "s", "t", "<p>t</p>")
    with logs.about(request="K7QF-3M2P"):
        assert build(letter)["X-Request-ID"] == "K7QF-3M2P"
    assert build(letter)["X-Request-ID"] is None


def test_jobs_queued_outside_of_any_request_have_none(site: Site) -> None:
    now = site.bench.portal.now()
    with database.transaction():
        jobrows.add_job(key="x", operator="mail", run_at=now, created_at=now)
        assert Job.get(Job.key == "x").request == ""
