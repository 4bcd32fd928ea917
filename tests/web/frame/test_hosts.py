"""The portal answers under its own name, and says to browsers what they hold to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app import web
from app.engine import Engine
from app.store import datastore
from tests.services.conftest import open_bench
from tests.web.conftest import BPMN, Site

HERE = "https://nintei.example.jp"


@pytest.fixture
def secure(tmp_path: Path, engine: Engine) -> Flask:
    """A portal behind a proxy with https, which a second name reaches, too."""
    bench = open_bench(tmp_path, f"sqlite:///{tmp_path}/nintei.db", engine, BPMN)
    settings = replace(bench.portal.settings, base_url=HERE, hosts=("nintei.internal",))
    portal = replace(bench.portal, settings=settings)
    return web.create_app(portal, datastore.Accounts(portal.today))


@pytest.mark.parametrize(
    "name", ["nintei.example.jp", "NINTEI.example.jp:443", "nintei.internal", "127.0.0.1:8000", "[::1]"]
)
def test_it_answers_under_its_own_names(secure: Flask, name: str) -> None:
    assert secure.test_client().get("/login", headers={"Host": name}).status_code == 200


@pytest.mark.parametrize("name", ["evil.example", "nintei.example.jp.evil.example", "192.0.2.7", "", "a:b:c"])
@pytest.mark.parametrize("path", ["/login", "/admin", "/none"])
def test_it_answers_under_no_other(secure: Flask, name: str, path: str) -> None:
    answer = secure.test_client().get(path, headers={"Host": name})
    assert answer.status_code in {400, 421}
    assert "evil" not in answer.headers.get("Location", "")
    if answer.status_code == 421:
        assert HERE in answer.get_data(as_text=True)


def test_whoever_watches_asks_by_any_name(secure: Flask) -> None:
    assert secure.test_client().get("/healthz", headers={"Host": "10.0.0.7"}).status_code != 421


def test_over_https_cookies_and_browsers_stay_with_it(secure: Flask) -> None:
    answer = secure.test_client().get("/login?lang=en", base_url=HERE)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    said = answer.headers.getlist("Set-Cookie")
    session = next(each for each in said if each.startswith("__Host-session="))
    assert "Path=/" in session and "Domain" not in session
    assert said and all("Secure" in each and "HttpOnly" in each and "SameSite=Lax" in each for each in said)


def test_without_https_nothing_is_promised(site: Site) -> None:
    answer = site.app.test_client().get("/login")
    assert "Strict-Transport-Security" not in answer.headers
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/", "/login", "/tasks", "/none", "/systems.json", "/healthz", "/help/applicants"])
def test_every_answer_says_how_it_is_to_be_read(secure: Flask, path: str) -> None:
    answer = secure.test_client().get(path, base_url=HERE)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert (
        "camera=()" in answer.headers["Permissions-Policy"] and "geolocation=()" in answer.headers["Permissions-Policy"]
    )
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]
    kind = answer.headers["Content-Type"]
    assert "charset=utf-8" in kind or kind == "application/json"


def test_trace_is_not_answered(secure: Flask) -> None:
    for path in ("/", "/login", "/tasks"):
        assert secure.test_client().open(path, method="TRACE", base_url=HERE).status_code == 405
