"""The auditor's day in a browser: the evidence of one case, verified elsewhere by the documented command; everything is
read and nothing can be changed. The approver's pages are looked at beside."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from admin import add_admin
from app.engine import Engine
from app.store import database
from app.store.models import ALL
from tests.browser.staffed import Office, command, office
from tests.services.steps import go
from tests.support.needs import needs
from tests.web.conftest import Site, engine, open_site

__all__ = ["engine"]
pytestmark = [pytest.mark.browser, needs("chromium", "frontend")]

PAGES = (
    "/overview", "/tasks?scope=all", "/cases", "/attention", "/calendar", "/payments", "/post", "/cards", "/inbound",
    "/settings", "/figures", "/audit", "/audit/keeping", "/sign-ins", "/designer", "/admin/", "/admin/case/",
    "/exports", "/account",
)  # fmt: skip
OWN = (
    "/logout",
    "/account",
    "/first-visit",
    "/worklist/views",
    "/worklist/columns",
    "/admin/",
)  # what is one's own: also how one looks at lists
DOCUMENTED = (
    "openssl cms -verify -binary -inform PEM -in SHA256SUMS.p7s -content SHA256SUMS -CAfile certificate.pem "
    "-partial_chain -purpose any -out /dev/null && sha256sum -c SHA256SUMS"
)
UNCHANGED = (
    "trail_entry",
    "trail_pending",
    "trail_link",
    "trail_head",
    "session",
    "guess",
    "attempt",
    "security_event",
)


@pytest.fixture
def site(tmp_path: Path, engine: Engine) -> Site:
    found = open_site(tmp_path, engine)
    add_admin(found.app, found.bench.portal)
    return found


@pytest.fixture
def body(site: Site, browser: Browser) -> Iterator[Office]:
    with office(site, browser) as found:
        yield found


def test_the_evidence_of_a_case_is_taken_and_verified_elsewhere(body: Office, tmp_path: Path) -> None:
    number = go(body.site.bench, until="first_review").number
    auditor = body.comes("kansa@example.jp", "監査 花子", "auditor")
    auditor.wait_for_url("**/overview")
    auditor.goto("/cases")
    auditor.locator(f"main a[href^='/cases/{number}']").first.click()
    auditor.wait_for_url(f"**/cases/{number}**")
    body.look(auditor)
    with auditor.expect_download() as taken:
        auditor.locator("a[href$='/evidence.zip']").click()
    file = tmp_path / "evidence.zip"
    taken.value.save_as(file)
    elsewhere = tmp_path / "elsewhere"
    with zipfile.ZipFile(file) as bundle:
        bundle.extractall(elsewhere)
    assert DOCUMENTED in (elsewhere / "README.txt").read_text(encoding="utf-8")
    done = subprocess.run(["sh", "-c", DOCUMENTED], cwd=elsewhere, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert number in command(tmp_path / "nothing", "audit", "verify-evidence", str(file))


def counts() -> dict[str, int]:
    with database.connection():
        return {
            model._meta.table_name: model.select().count() for model in ALL if model._meta.table_name not in UNCHANGED
        }


def test_everything_is_read_and_nothing_can_be_changed(body: Office) -> None:
    number = go(body.site.bench, until="first_review").number
    auditor = body.comes("kansa@example.jp", "監査 花子", "auditor")
    auditor.wait_for_url("**/overview")
    before = counts()
    for address in (*PAGES, f"/cases/{number}"):
        read(auditor, address)
        body.look(auditor, twice=False)
        offered = auditor.locator("form[method=post]").evaluate_all(
            "all => all.map(each => new URL(each.action).pathname)"
        )
        assert [each for each in offered if not each.startswith(OWN)] == [], address
    for address, form in (
        (f"/cases/{number}/messages", "text=x"), ("/settings/ccus_api_certification/contact.name", "value=x"),
        ("/attention", "row=job:1"), ("/admin/user/new/", "email=x@example.jp"),
    ):  # fmt: skip
        status = auditor.evaluate(
            "([url, body]) => fetch(url, {method: 'POST', body, headers: {'Content-Type': "
            "'application/x-www-form-urlencoded'}}).then(answer => answer.status)",
            [address, form],
        )
        assert status in (403, 404, 405), (address, status)
    assert counts() == before


def read(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None and answer.status == 200, (address, answer and answer.status)


def test_an_approver_reads_what_is_to_be_decided(body: Office) -> None:
    number = go(body.site.bench, until="first_review").number
    approver = body.comes("shonin@example.jp", "承認 次郎", "approver")
    approver.wait_for_url("**/tasks**")
    for address in ("/tasks?scope=all", "/cases", f"/cases/{number}", "/settings", "/designer", "/figures", "/account"):
        read(approver, address)
        body.look(approver)
