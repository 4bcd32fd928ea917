"""Passkeys by a virtual authenticator of Chromium (Web Authentication Level 3, section 11), and codes of an app."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app.engine import Engine
from app.store import database
from app.store.models import Passkey, Session, User
from tests.browser.axe import axe
from tests.services.conftest import STAFF
from tests.support.codeapp import CodeApp
from tests.support.needs import needs
from tests.web.conftest import Site, engine, open_site

__all__ = ["engine"]
pytestmark = [pytest.mark.browser, needs("chromium", "frontend")]
PASSWORD = "a password for tests"


@pytest.fixture
def site(tmp_path: Path, engine: Engine) -> Site:
    return open_site(tmp_path, engine)


@pytest.fixture
def page(site: Site, browser: Browser) -> Iterator[Page]:
    """A browser on a machine that has a finger to read."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://localhost:{server.server_port}"
    object.__setattr__(site.bench.portal, "settings", replace(site.bench.portal.settings, base_url=base))
    context = browser.new_context(locale="ja-JP", base_url=base, viewport={"width": 390, "height": 800})
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }},
    )  # fmt: skip
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    server.shutdown()
    thread.join()
    assert errors == []


def sign_in(page: Page) -> None:
    page.goto("/login")
    page.fill("#email", STAFF[0])
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="ログイン", exact=True).click()


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def looked_at(page: Page) -> None:
    """Held to WCAG 2.2 AA, on a telephone as on a desk, in both languages."""
    page.wait_for_load_state()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is wider than {width} pixels"
        assert axe(page) == [], page.url


def count() -> int:
    with database.connection():
        return Passkey.select().count()


def test_a_passkey_is_made_signs_in_is_named_and_removed(site: Site, page: Page) -> None:
    sign_in(page)
    page.goto("/account/passkeys/new")
    looked_at(page)
    page.get_by_label("パスキーの名前").fill("会社のノート")
    page.get_by_role("button", name="パスキーを作る").click()
    expect(page.locator("h1")).to_have_text("回復コード")
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    looked_at(page)
    page.get_by_role("link", name="保管しました").click()
    expect(page.get_by_text("会社のノート").first).to_be_visible()
    looked_at(page)
    sign_out(page)
    page.goto("/login?next=/absences")
    looked_at(page)
    page.get_by_role("button", name="パスキーでログインする").click()
    expect(page).to_have_url(re.compile(r"[0-9]/absences$"))
    sign_out(page)
    sign_in(page)
    page.wait_for_url("**/second**")
    looked_at(page)
    page.get_by_role("button", name="パスキーを使う").click()
    page.wait_for_url("**/tasks")
    page.goto("/account")
    with database.connection():
        Session.update(proved_at=datetime.now(UTC) - timedelta(hours=1)).execute()
    page.get_by_text("名前の変更・削除").click()
    page.locator("#second ~ ul form").nth(1).get_by_role("button", name="削除").click()
    expect(page.locator("h1")).to_have_text("もう一度ご本人の確認をお願いします")
    looked_at(page)
    assert count() == 1
    page.get_by_role("button", name="パスキーを使う").click()
    expect(page).to_have_url(re.compile(r"/account#second$"))
    assert count() == 0
    with database.connection():
        assert User.get(User.email == STAFF[0]).factors == ""


def test_a_device_that_says_no_is_told_in_words(site: Site, page: Page) -> None:
    page.goto("/login")
    page.get_by_role("button", name="パスキーでログインする").click()
    expect(page.locator("[data-passkey-error]")).to_contain_text("もう一度試すか")
    assert page.url.endswith("/login")


def test_an_answer_is_good_once_and_for_what_it_was_asked(site: Site, page: Page) -> None:
    sign_in(page)
    page.goto("/account/passkeys/new")
    page.get_by_role("button", name="パスキーを作る").click()
    expect(page.locator("h1")).to_have_text("回復コード")
    sign_out(page)
    page.goto("/login")
    sent: list[dict[str, str]] = []
    page.on(
        "request", lambda each: sent.append(dict(each.post_data_json or {})) if each.url.endswith("/passkey") else None
    )
    page.get_by_role("button", name="パスキーでログインする").click()
    page.wait_for_url("**/tasks")
    assert sent
    thief = site.anybody()
    assert thief.post("/login/passkey", data=sent[0]).headers["Location"] == "/login", "no second time"
    assert thief.get("/account").status_code == 302
    other = site.operator()
    with database.connection():
        Session.update(proved_at=datetime.now(UTC) - timedelta(hours=1)).execute()
    refused = other.post("/prove", data={"prove_credential": sent[0]["credential"], "next": "/account"})
    assert refused.status_code == 422, "a signature for the sign-in proves nothing else"


def test_an_app_is_set_up_on_the_page_and_asked_for(site: Site, page: Page) -> None:
    sign_in(page)
    page.goto("/account/second")
    looked_at(page)
    with page.expect_navigation():  # what is looked at is the page that the link leads to, whole
        page.get_by_role("link", name="アプリを追加する").click()
    looked_at(page)
    page.get_by_text("図の代わりに文字で入力する").click()
    app = CodeApp(page.locator("code.break").inner_text())
    page.get_by_label("確認コード").fill(app.code())
    page.get_by_role("button", name="アプリを追加する").click()
    page.get_by_role("link", name="保管しました").click()
    sign_out(page)
    sign_in(page)
    page.get_by_label("確認コード").fill(app.code())
    page.get_by_role("button", name="ログイン", exact=True).click()
    page.wait_for_url("**/tasks")
