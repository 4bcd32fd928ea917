"""The cashier's morning in a browser: the files of the banks, a double payment, a shortage, a reversal, an undo."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.serving import make_server

from app.engine import Engine
from tests.services.steps import go, opened
from tests.support.banks import BANKS, Entry, sbi
from tests.support.needs import needs
from tests.web.conftest import Site, engine, open_site
from tests.web.money.test_payments import invoice, waiting
from tests.web.money.test_settling import beyond, counting

__all__ = ["engine"]
pytestmark = [pytest.mark.browser, needs("chromium", "frontend")]

OTHER = {"company_name": "大空株式会社", "email": "sora@example.com", "system_name": "そらゲート"}
THIRD = {"company_name": "三日月工業株式会社", "email": "mika@example.com", "system_name": "三日月"}
KANA = "カ)ミホンケンセツシステム"


@pytest.fixture
def site(tmp_path: Path, engine: Engine) -> Site:
    return open_site(tmp_path, engine)


@pytest.fixture
def desk(site: Site, browser: Browser) -> Iterator[Page]:
    """The cashier's browser."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}"
    context = browser.new_context(locale="ja-JP", base_url=base, viewport={"width": 1280, "height": 900})
    cookie = site.operator().get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
    errors: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    server.shutdown()
    thread.join()
    assert errors == []


def read(page: Page, content: bytes, name: str) -> None:
    """Read a bank's file as the page proposes."""
    page.goto("/payments/bank")
    page.set_input_files("#bank-file", {"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="読み込む").click()
    expect(page.locator("h1")).to_have_text("列の対応付け")
    page.get_by_role("button", name="読み込む", exact=True).click()
    page.wait_for_url("**/payments/bank")
    expect(page.locator("#files")).to_be_visible()


def tick(page: Page, *payers: str) -> None:
    for payer in payers:
        page.locator("tr", has_text=payer).first.locator("input[name=line]").check()


def confirm_beside(row: Locator) -> None:
    """Press the button of the group in which the row stands."""
    row.locator("xpath=ancestor::form").get_by_role("button", name="選んだ入金を確認済みにする").click()


def test_the_cashiers_morning(site: Site, desk: Page) -> None:
    one = waiting(site)
    two = go(site.bench, until="pay_initial_fee", business_days_ago=40, application=OTHER)
    three = waiting(site, application=THIRD)
    total = invoice(one).total
    day = date(2026, 3, 2)
    for number, (bank, make) in enumerate(BANKS.items()):  # nothing of it is ours
        entries = [Entry(day, -100 - number, "テスウリヨウ"), Entry(day, 700 + number, f"リソク{number}")]
        read(desk, make(entries), f"{bank}.csv")
    expect(desk.locator("#files tbody tr")).to_have_count(len(BANKS))
    expect(desk.locator(".bank-left", has_text="出金105円")).to_have_count(1)
    assert counting(one) == []
    # A double payment: the second one is too much, and kept.
    read(desk, sbi([Entry(day, total, KANA), Entry(date(2026, 3, 3), total, KANA)]), "double.csv")
    rows = desk.locator("tr", has_text="ミホンケンセツシステム")
    expect(rows).to_have_count(2)
    for at in range(2):
        rows.nth(at).locator("input[name=line]").check()
        rows.nth(at).locator("select").select_option(invoice(one).number)
    confirm_beside(rows.nth(0))
    expect(desk.get_by_text(f"請求より{total:,}円多い入金です")).to_be_visible()
    desk.get_by_label("前受金として保管する").check()
    with desk.expect_navigation():
        desk.get_by_role("button", name="選んだ入金を確認済みにする").click()
    assert counting(one)[0][0] == total
    assert beyond() == [(total, "kept")]
    # A shortage, of a vendor who has said nothing yet: asked, and the vendor is asked for the rest.
    read(desk, sbi([Entry(date(2026, 3, 4), total - 440, "オオゾラ")]), "short.csv")
    tick(desk, "オオゾラ")
    desk.locator("tr", has_text="オオゾラ").first.locator("select").select_option(invoice(two).number)
    confirm_beside(desk.locator("tr", has_text="オオゾラ").first)
    expect(desk.get_by_text("440円不足")).to_be_visible()
    desk.get_by_label("一部の入金とし").check()
    desk.get_by_label("振込名義が会社名と違います").check()
    with desk.expect_navigation():
        desk.get_by_role("button", name="選んだ入金を確認済みにする").click()
    assert counting(two) == [(total - 440, "received")]
    assert opened(two) == ["pay_initial_fee"]
    # The credit of the double payment pays the rest, and what is left stays credit.
    desk.goto("/payments/overpaid")
    desk.locator("select[name=invoice]").first.select_option(invoice(two).number)
    desk.get_by_role("button", name="この請求に充当する").first.click()
    expect(desk.get_by_text("記録しました")).to_be_visible()
    assert invoice(two).state == "paid"
    assert sorted(beyond()) == sorted([(440, "moved"), (total - 440, "kept")])
    # A reversal stands beside what it takes back; neither can be ticked into a payment.
    content = sbi([Entry(date(2026, 3, 6), total, "ミカヅキコウギヨウ")]).decode("cp932")
    head, rest = content.split("\r\n", 1)
    back = f'"2026/03/07","振込＊ミカヅキコウギヨウ","","-{total:,}","5,000,000","-"\r\n'
    read(desk, f"{head}\r\n{back}{rest}".encode("cp932"), "back.csv")
    expect(desk.get_by_text("取消しの対象")).to_have_count(1)
    assert counting(three) == []
    # An undo, with its reason.
    desk.goto("/payments?state=paid")
    desk.locator("tr", has_text=invoice(two).number).get_by_role("link", name="確認を取り消す").click()
    desk.get_by_label("理由").fill("別会社の前受金だった")
    desk.get_by_role("button", name="確認を取り消す").click()
    expect(desk.get_by_text("入金の確認を取り消しました")).to_be_visible()
    assert counting(two) == [(total - 440, "received")]
