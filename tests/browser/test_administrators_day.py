"""The administrator's day in a browser: a person is invited, ten incidents are mended, an account changes with a second
person, who changed it is told, the month is taken out, and yesterday's backup is restored beside today's data."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from admin import add_admin
from app.engine import Engine
from app.services.cases import applications
from app.states import JobState
from app.store import database
from app.store.models import Job, Payment, Setting, User
from tests.browser.staffed import PASSWORD, Office, command, office, sign_in
from tests.services.conftest import APPLICATION
from tests.services.steps import go
from tests.support.codeapp import CodeApp
from tests.support.needs import needs
from tests.web.conftest import Site, engine, open_site

__all__ = ["engine"]
pytestmark = [pytest.mark.browser, needs("chromium", "frontend")]

NEW = "shinnin@example.jp"
ACCOUNT = {"口座番号": "7654321"}
STUCK = {"message": "The package has no mail %(mail)s", "params": {"mail": "x"}}


@pytest.fixture
def site(tmp_path: Path, engine: Engine) -> Site:
    found = open_site(tmp_path, engine)
    add_admin(found.app, found.bench.portal)
    return found


@pytest.fixture
def body(site: Site, browser: Browser) -> Iterator[Office]:
    with office(site, browser) as found:
        yield found


def test_the_day(body: Office, tmp_path: Path) -> None:
    site = body.site
    go(site.bench, until="request_exam_date")  # money has come in to the old account
    stuck(site)
    yesterday = tmp_path / "yesterday.tar"
    command(tmp_path, "backup", str(yesterday))
    admin = body.comes("admin@example.jp", "管理 太郎", "administrator")
    admin.wait_for_url("**/overview")  # it begins with what needs somebody
    body.look(admin)
    ten_at_once(body, admin)
    invited(body, admin)
    approver = body.comes("shonin@example.jp", "承認 次郎", "approver")
    account_with_a_second_person(body, admin, approver)
    who_changed_this(body, admin)
    month(body, admin)
    restored(yesterday, tmp_path / "second")


def stuck(site: Site) -> None:
    with database.transaction():
        done = {row.id for row in Job.select(Job.id)}
    for n in range(10):
        applications.apply(site.bench.portal, "ccus_api_certification", {**APPLICATION, "email": f"a{n}@example.com"})
    with database.transaction():
        Job.update(state=JobState.INCIDENT, attempts=3, said=STUCK).where(Job.id.not_in(done)).execute()


def ten_at_once(body: Office, admin: Page) -> None:
    admin.locator("section[aria-labelledby=stuck] a[href^='/attention#cause-']").first.click()
    expect(admin.locator(".cause tbody tr")).to_have_count(10)
    body.look(admin)
    admin.locator("[data-select-all]").check()
    admin.get_by_role("button", name="選んだものをもう一度試す").click()
    expect(admin.locator(".flashes")).to_contain_text("10件をもう一度試しています")
    body.site.bench.drain()
    with database.connection():
        assert not Job.select().where(Job.state == JobState.INCIDENT).exists()


def invited(body: Office, admin: Page) -> None:
    admin.goto("/admin/user/")
    body.look(admin)
    admin.locator("main a[href*='/admin/user/new/']").click()
    admin.wait_for_url("**/admin/user/new/**")
    body.look(admin)
    admin.fill("main #email", NEW)
    admin.fill("main #name", "新任 花子")
    admin.click("label[for=roles-operator]")
    admin.locator("main form button[type=submit]").first.click()
    expect(admin.locator("main tbody")).to_contain_text("新任 花子")
    body.site.bench.drain()
    letter = next(each for each in reversed(body.site.bench.mailbox.letters) if each.to == (NEW,))
    path = re.search(r"https?://[^/]+(/password/\S+)", letter.text)
    assert path is not None
    new = body.window()
    new.goto(path[1])
    body.look(new)
    new.fill("#password", "わたしだけの言葉 ならべ")
    new.fill("#again", "わたしだけの言葉 ならべ")
    new.locator("main form button[type=submit]").first.click()
    expect(new.locator("main #again")).to_have_count(0)
    sign_in(new, NEW, "わたしだけの言葉 ならべ")
    new.wait_for_url("**/tasks")
    new.goto("/account/passkeys/new")
    new.fill("#name", "会社のノート")
    new.locator("form[data-passkey=make] button[type=submit]").click()
    expect(new.locator("#recovery-codes li")).to_have_count(10)
    new.goto("/account/code")
    new.locator("main details summary").first.click()
    app = CodeApp(new.locator("code.break").inner_text())
    new.fill("#code", app.code())
    new.locator("form[action='/account/code'] button[type=submit]").click()
    expect(new.locator("main #code")).to_have_count(0)
    new.context.clear_cookies()
    sign_in(new, NEW, "わたしだけの言葉 ならべ")
    new.wait_for_url("**/second**")
    body.look(new)
    new.fill("#code", app.code())
    new.locator("form:has(#code) button[type=submit]").click()
    new.wait_for_url("**/tasks")
    new.context.clear_cookies()
    new.goto("/login")
    new.locator("form[data-passkey=sign-in] button[type=submit]").click()
    new.wait_for_url("**/tasks")
    with database.connection():
        assert set(User.get(User.email == NEW).factors.split(",")) == {"passkey", "code"}


def account_with_a_second_person(body: Office, admin: Page, approver: Page) -> None:
    admin.goto("/settings")
    assert admin.evaluate("document.documentElement.scrollHeight") < 4000  # sections are folded
    body.look(admin)
    admin.fill("#q", "口座番号")
    admin.keyboard.press("Enter")
    admin.get_by_role("link", name="変更を提案する 口座番号").click()
    expect(admin.locator("#reason")).to_be_visible()
    body.look(admin)
    for label, value in ACCOUNT.items():
        admin.get_by_label(label).first.fill(value)
    admin.locator("#reason").fill("銀行の統合による")
    admin.get_by_role("button", name="提案する").click()
    admin.wait_for_url("**/settings/proposals/*")
    body.look(admin)
    assert admin.get_by_role("button", name="承認する").count() == 0  # not by who proposed it
    approver.goto("/settings")
    body.look(approver)
    approver.locator("a[href^='/settings/proposals/']").first.click()
    approver.get_by_role("button", name="承認する").click()
    expect(approver.locator("#prove-password, .flashes").first).to_be_visible()
    if approver.locator("#prove-password").count():
        approver.fill("#prove-password", PASSWORD)
        approver.get_by_role("button", name="続ける").click()
    expect(approver.locator(".flashes")).to_contain_text("承認")
    with database.connection():
        assert Setting.get(Setting.key == "bank.number").value == "7654321"


def who_changed_this(body: Office, admin: Page) -> None:
    admin.goto("/settings/ccus_api_certification/bank.number")
    body.look(admin)
    history = admin.locator(".card-life li").first
    expect(history).to_contain_text("管理 太郎")
    expect(history).to_contain_text("承認 次郎")
    admin.locator("main a[href^='/audit?']").click()
    expect(admin.locator("main tbody tr")).to_have_count(2)  # proposed, and approved
    expect(admin.locator("main tbody")).to_contain_text("承認 次郎")
    expect(admin.locator("main tbody")).to_contain_text("7654321")
    body.look(admin)


def month(body: Office, admin: Page) -> None:
    with database.connection():
        paid = Payment.select().first().paid_on
    admin.goto(f"/payments/ledger?month={paid:%Y-%m}")
    body.look(admin)
    with admin.expect_download() as taken:
        admin.locator("main .actions a[href*='/payments/ledger/csv']").click()
    content = Path(taken.value.path()).read_text(encoding="utf-8-sig")
    assert len(content.splitlines()) > 1
    admin.goto("/figures?period=year")
    body.look(admin)
    with admin.expect_download() as taken:
        admin.locator("main a[href*='table=months'][href*='form=xlsx']").click()
    assert Path(taken.value.path()).read_bytes()[:2] == b"PK"


def restored(backup: Path, folder: Path) -> None:
    command(folder, "restore", str(backup), "--into", str(folder))
    with sqlite3.connect(folder / "nintei.db") as rows:
        assert rows.execute('SELECT COUNT(*) FROM "case"').fetchone() == (11,)
        assert rows.execute("SELECT COUNT(*) FROM setting WHERE key = 'bank.number'").fetchone() == (0,)
