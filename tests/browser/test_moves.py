"""進行中の案件を移す and 案件を直す in a browser: read by everybody, on a phone too, and the diagrams side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.engine import Engine
from app.services.moves import doing
from tests.browser.axe import axe
from tests.browser.hands import NARROW
from tests.services.broken import again, applied
from tests.services.cardbench import served
from tests.services.conftest import PACKAGES, engine  # noqa: F401 - the fixture
from tests.services.moves.support import GONE, RENAMED, person, released
from tests.support.needs import needs
from tests.web.conftest import Site, open_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-moves"), needs("chromium", "frontend")]


@pytest.fixture
def room(tmp_path: Path, engine: Engine, browser: Browser) -> Iterator[tuple[Site, Page]]:  # noqa: F811 - the fixture
    site = open_site(tmp_path, engine, PACKAGES)
    cookie = site.person(person(site.bench, "administrator").email).get_cookie("session")
    assert cookie is not None
    with served(site.app) as url:
        context = browser.new_context(
            locale="ja-JP", timezone_id="Asia/Tokyo", base_url=url, viewport={"width": 1280, "height": 900}
        )
        context.add_cookies([{"name": "session", "value": cookie.value, "url": url}])
        page = context.new_page()
        yield site, page
        context.close()


def look(page: Page, name: str) -> None:
    """axe finds nothing, and nothing is wider than a phone."""
    page.wait_for_load_state()
    if folder := os.environ.get("NINTEI_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert axe(page) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size({"width": 1280, "height": 900})


def test_cases_are_moved_by_clicks_and_every_page_of_it_is_read_by_everybody(room: tuple[Site, Page]) -> None:
    site, page = room
    one, other = (applied(site.bench, email=f"reader{number}@example.com") for number in range(2))
    number = released(site.bench, GONE)
    page.goto("/designer")
    page.get_by_role("link", name="進行中の案件を移す").click()
    expect(page.get_by_label("なくなりました")).to_be_visible()
    look(page, "sorted")
    page.get_by_label("なくなりました").select_option(label="「申請の確認」から続ける")
    page.get_by_role("button", name="この答えでためす").click()
    expect(page.get_by_role("checkbox")).to_have_count(2)
    look(page, "tried")
    page.get_by_role("link", name="図を並べて見る").first.click()
    expect(page.locator("[data-diagram] .djs-container")).to_have_count(2)
    look(page, "beside")
    page.go_back()
    page.get_by_role("checkbox").first.uncheck()
    page.get_by_label("理由").fill("手順を描き直したため")
    page.get_by_role("button", name="選んだ案件を移す").click()
    expect(page.get_by_role("button", name="止める")).to_be_visible()
    look(page, "moving")
    while doing.work(site.bench.portal):
        pass
    expect(page.get_by_role("button", name="移行を元に戻す")).to_be_visible()
    look(page, "moved")
    moved = {site.bench.portal.releases.loaded(again(each).release_id).number for each in (one, other)}
    assert moved == {1, number}


def test_a_case_is_mended_by_clicks(room: tuple[Site, Page]) -> None:
    site, page = room
    case = applied(site.bench)
    released(site.bench, RENAMED)
    page.goto(f"/cases/{case.number}")
    page.get_by_role("link", name="案件を直す").click()
    expect(page.get_by_label("どの手順")).to_be_visible()
    look(page, "mend")
    page.get_by_label("どの手順").select_option(label="カードの受け取り")
    page.get_by_role("button", name="何が起きるかを確かめる").first.click()
    expect(page.locator("#forecast")).to_contain_text("カードの受け取り")
    look(page, "forecast")
    page.get_by_label("理由").fill("受け取りから続けるため")
    page.get_by_role("button", name="実行する").click()
    expect(page.get_by_role("button", name="元に戻す")).to_be_visible()
    look(page, "mended")
    page.get_by_role("button", name="元に戻す").click()
    expect(page.get_by_role("heading", name="申請の確認")).to_be_visible()
