"""/healthz: named checks, each of which can fail alone; 503 when one does."""

from __future__ import annotations

import socket
import threading
from collections import namedtuple
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.services.pages import health
from app.store import database, workers
from app.store.models import Job, WorkerSign
from app.web.public.pages import BEGAN
from app.worker import Worker
from tests.services.steps import go
from tests.web.conftest import Site


def asked(site: Site, query: str = "") -> tuple[int, dict[str, Any]]:
    answer = site.anybody().get(f"/healthz{query}")
    assert answer.json is not None
    assert answer.json["status"] == ("ok" if answer.status_code == 200 else "unavailable")
    return answer.status_code, answer.json["checks"]


def up(site: Site, seconds: float) -> None:
    """The web has run for so long."""
    site.app.extensions[BEGAN] -= seconds


def test_all_is_well_in_a_portal_that_begins(site: Site) -> None:
    code, checks = asked(site)
    assert code == 200
    assert sorted(checks) == sorted(health.NAMES)
    assert all(check["ok"] for check in checks.values())


def test_a_portal_whose_worker_does_not_come_is_not_well(site: Site) -> None:
    up(site, health.GRACE + 1)
    code, checks = asked(site)
    assert (code, checks["workers"]) == (503, {"ok": False, "alive": 0, "last_round_seconds": None})
    health.sign("here:1")
    code, checks = asked(site)
    assert (code, checks["workers"]["ok"]) == (200, True)
    assert checks["workers"]["last_round_seconds"] < health.ALIVE


def test_a_worker_that_stopped_giving_signs_counts_no_more_also_when_the_clock_was_put_back(site: Site) -> None:
    up(site, health.GRACE + 1)
    for hours in (-1, 3):
        with database.transaction():
            workers.sign("here:1", socket.gethostname())
            WorkerSign.update(seen_at=workers.now() + timedelta(hours=hours)).execute()
        assert asked(site)[0] == 503


def test_a_worker_of_another_machine_is_not_the_one_that_was_started_here(site: Site) -> None:
    up(site, health.GRACE + 1)
    with database.transaction():
        workers.sign("elsewhere:1", "elsewhere")
    assert asked(site)[1]["workers"]["ok"] is False
    alone = replace(site.bench.portal, settings=replace(site.bench.portal.settings, workers=0))
    site.app.extensions["nintei"] = alone
    assert asked(site)[1]["workers"]["ok"] is True, "a web that starts no worker looks for one anywhere"


def test_a_worker_signs_after_its_round_and_takes_its_sign_away_when_it_ends(site: Site) -> None:
    stop, seen = threading.Event(), []

    class Bell:
        def wait(self, _seconds: float) -> None:
            with database.connection():
                seen.append(workers.silences())
            stop.set()

    bench = site.bench
    Worker(bench.portal, bench.hands(bench.portal), Bell(), stop).run(iter(range(1000)).__next__)  # type: ignore[arg-type]
    assert len(seen[0]) == 1
    with database.connection():
        assert workers.silences() == []


def test_work_that_nobody_does_is_told_with_its_age(site: Site) -> None:
    walker = go(site.bench, until="company_profile")
    with database.transaction():
        now = walker.portal.now()
        Job.update(state="queued", run_at=now - timedelta(minutes=16)).where(Job.id == Job.select(Job.id)).execute()
    site.app.extensions["nintei"] = walker.portal
    code, checks = asked(site)
    assert (code, checks["jobs"]) == (503, {"ok": False, "oldest_due_seconds": 960})
    with database.transaction():
        Job.update(run_at=now + timedelta(hours=1)).execute()
    assert asked(site)[1]["jobs"] == {"ok": True, "oldest_due_seconds": 0}
    with database.transaction():  # its holder died long ago
        Job.update(state="running", lease_until=now - timedelta(hours=1)).execute()
    assert asked(site)[1]["jobs"] == {"ok": False, "oldest_due_seconds": 3600}


def test_a_disk_that_fills_up_is_told_before_it_is_full(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage(0, 0, 499 << 20))
    code, checks = asked(site)
    assert (code, checks["disk"]) == (503, {"ok": False, "free_mb": 499})


def test_without_the_database_everything_else_is_still_answered(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_self: Any) -> Any:
        raise OSError("no database")

    monkeypatch.setattr("app.services.base.portal.Portal.connection", gone)
    code, checks = asked(site)
    assert code == 503
    assert {name: check["ok"] for name, check in checks.items()} == {
        "database": False, "version": False, "files": True, "workers": False, "jobs": False, "disk": True,
    }  # fmt: skip


def test_who_asks_for_some_checks_is_told_of_these_alone(site: Site) -> None:
    up(site, health.GRACE + 1)
    assert asked(site, "?check=database&check=version") == (200, {"database": {"ok": True}, "version": {"ok": True}})
    assert asked(site, "?check=nothing") == (503, {})


@pytest.mark.parametrize("address", ["/static/favicon.svg", "/static/dist/upload.js", "/healthz"])
def test_who_is_signed_in_gets_what_needs_no_database_without_being_looked_up(site: Site, address: str) -> None:
    staff = site.operator()
    database.proxy.obj.close_all()
    assert staff.get(address).status_code == 200
    assert staff.get("/tasks").status_code == 200  # and is known to the next page
