"""/readyz and /metrics: for those who watch, and nobody else."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.services.pages import figures
from app.store import database, schema
from app.web.frame.proxies import UNNAMED
from app.web.public.watching import LEAVING
from tests.support import needs
from tests.web.conftest import Site

TOKEN = "only-for-this-test-run-0123456789-abcdef"
HERE = {"REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    figures._kept.clear()
    yield
    figures._kept.clear()


def read(site: Site) -> str:
    answer = site.anybody().get("/metrics", environ_base=HERE)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return answer.text


def numbers(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def with_token(site: Site) -> None:
    site.app.extensions["nintei"] = replace(
        site.bench.portal, settings=replace(site.bench.portal.settings, metrics_token=TOKEN)
    )


def test_figures_say_what_is_stored_and_nothing_of_anybody(site: Site) -> None:
    walker = site.bench.walker()
    walker.begin()
    browser = site.operator()
    assert browser.get(f"/cases/{walker.number}").status_code == 200
    text = read(site)
    found = numbers(text)
    stages = [value for (name, _), value in found.items() if name == "nintei_cases"]
    assert sum(stages) == 1
    assert sum(value for (name, _), value in found.items() if name == "nintei_open_tasks") >= 1
    assert found[("nintei_up", ())] == 1
    assert found[("nintei_files_reachable", ())] == 1
    assert found[("nintei_oldest_due_job_seconds", ())] >= 0
    assert found[("nintei_disk_free_bytes", ())] > 0
    route = (("method", "GET"), ("route", "/cases/<number>"))
    assert found[("nintei_request_seconds_count", route)] >= 1
    assert found[("nintei_requests_total", tuple(sorted((*route, ("status", "200")))))] >= 1
    for word in (walker.number, "@", "佐藤", "株式会社"):
        assert word not in text


def test_errors_are_counted_by_their_status(site: Site) -> None:
    site.anybody().get("/nowhere-at-all")
    assert (
        numbers(read(site))[("nintei_requests_total", (("method", "GET"), ("route", "none"), ("status", "404")))] >= 1
    )


@pytest.mark.parametrize(
    "how",
    [
        {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}},
        {"environ_base": {**HERE, UNNAMED: "127.0.0.1"}},  # somebody's proxy on this machine asks for others
        {"environ_base": HERE, "base_url": "http://nintei.example"},  # and one that says nothing of them
    ],
)
def test_without_a_token_only_the_machine_itself_reads_figures(site: Site, how: dict[str, Any]) -> None:
    assert site.anybody().get("/metrics", **how).status_code == 404


def test_with_a_token_whoever_has_it_reads_them(site: Site) -> None:
    with_token(site)
    far = {"REMOTE_ADDR": "203.0.113.9"}
    for said, status in ((f"Bearer {TOKEN}", 200), (f"Bearer {TOKEN}x", 404), (TOKEN, 404), ("", 404)):
        answer = site.anybody().get("/metrics", environ_base=far, headers={"Authorization": said})
        assert answer.status_code == status, said
    assert site.anybody().get("/metrics", environ_base=HERE).status_code == 404


def test_while_the_database_is_away_the_figures_say_that_alone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> Any:
        raise OSError("away")

    monkeypatch.setattr(figures, "read", away)
    found = numbers(read(site))
    assert found[("nintei_up", ())] == 0
    assert not [name for name, _ in found if name == "nintei_cases"]


@needs.needs("promtool")
def test_prometheus_finds_no_fault_with_them(site: Site) -> None:
    promtool = shutil.which("promtool")
    assert promtool is not None
    done = subprocess.run([promtool, "check", "metrics"], input=read(site), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# Ready


def ready(site: Site) -> tuple[int, dict[str, bool]]:
    answer = site.anybody().get("/readyz", base_url="http://10.0.0.7")  # a load balancer knows an address alone
    assert answer.json is not None
    return answer.status_code, {name: check["ok"] for name, check in answer.json["checks"].items()}


def test_a_portal_that_can_show_pages_is_ready_without_any_worker(site: Site) -> None:
    assert ready(site) == (200, {"leaving": True, "database": True, "version": True, "packages": True})


def test_one_that_is_about_to_end_is_not(site: Site) -> None:
    site.app.extensions[LEAVING] = True
    code, checks = ready(site)
    assert (code, checks["leaving"], checks["database"]) == (503, False, True)


def test_one_whose_database_is_of_another_version_is_not(site: Site) -> None:
    with database.transaction():
        database.proxy.obj.execute_sql(f"INSERT INTO {schema.HISTORY} (name, applied) VALUES ('9999_x', '2030-01-01')")
    code, checks = ready(site)
    assert (code, checks["database"], checks["version"], checks["packages"]) == (503, True, False, False)


def test_one_that_cannot_load_what_is_in_force_is_not(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(site.bench.portal.releases), "all_current", lambda _self: [])
    code, checks = ready(site)
    assert (code, checks["version"], checks["packages"]) == (503, True, False)
