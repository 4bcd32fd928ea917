"""While the database is brought up under a running process, every page says so, and nothing is read or written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.store import database, schema
from app.web.frame import gate
from app.worker import Worker
from app.worker.poke import Bell
from tests.web.conftest import Site


@contextmanager
def of_another_version() -> Iterator[None]:
    with database.transaction():
        database.proxy.obj.execute_sql(f"INSERT INTO {schema.HISTORY} (name, applied) VALUES ('9999_x', '2030-01-01')")
    yield
    with database.transaction():
        database.proxy.obj.execute_sql(f"DELETE FROM {schema.HISTORY} WHERE name = '9999_x'")


def test_pages_wait_for_the_upgrade_and_go_on_after_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "LOOK_EVERY", 0.0)
    browser = site.anybody()
    assert browser.get("/healthz").status_code == 200
    with of_another_version():
        for path in ("/", "/tasks", "/login", "/cases"):
            answer = browser.get(path)
            assert answer.status_code == 503, path
            assert answer.headers["Retry-After"] == "60"
            assert "新しい版への更新をしています" in answer.text
        assert "being brought up to a new version" in browser.get("/?lang=en").text
        assert browser.post("/apply", data={"company_name": "x"}).status_code == 503
        health = browser.get("/healthz")
        assert health.status_code == 503
        assert health.json is not None
        found = health.json["checks"]
        assert (found["database"]["ok"], found["version"]["ok"]) == (True, False)
    assert browser.get("/").status_code == 200
    assert browser.get("/healthz").status_code == 200


def test_a_worker_does_nothing_meanwhile(site: Site) -> None:
    import threading

    bench = site.bench
    worker = Worker(bench.portal, bench.hands(bench.portal), Bell(bench.portal.settings.data_dir), threading.Event())
    with of_another_version(), pytest.raises(Exception, match="made by a newer Nintei"):
        worker.once(0.0)
