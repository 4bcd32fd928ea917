"""The page of a draft in a browser: what is typed is saved or kept, whatever becomes of line, sign-in and windows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from app.engine import Engine
from app.services.workspaces import content, making, saving
from tests.browser.axe import axe
from tests.browser.hands import NARROW
from tests.services.cardbench import served
from tests.services.conftest import PACKAGES, engine  # noqa: F401 - the fixture
from tests.services.workspaces.conftest import Desk, analyst
from tests.support.browser import until
from tests.support.needs import needs
from tests.web.conftest import Site, open_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-designer"), needs("chromium", "frontend")]

MAIL = "mail/hello.md"


class Room:
    """A portal that is served, and a browser in which 分析 花子 is signed in."""

    def __init__(self, site: Site, url: str, browser: Browser) -> None:
        self.site, self.url = site, url
        portal = site.bench.portal
        hanako, taro = (
            analyst(portal, "hanako@example.jp", "分析 花子"),
            analyst(portal, "taro@example.jp", "分析 太郎"),
        )
        self.desk = Desk(site.bench, hanako, taro, making.make(portal, "library_card", None, "審査の見直し", hanako))
        self.context: BrowserContext = browser.new_context(
            locale="ja-JP", timezone_id="Asia/Tokyo", base_url=url, viewport={"width": 1280, "height": 900}
        )
        self.errors: list[str] = []

    def sign_in(self, email: str = "hanako@example.jp") -> None:
        cookie = self.site.person(email).get_cookie("session")
        assert cookie is not None
        self.context.add_cookies([{"name": "session", "value": cookie.value, "url": self.url}])

    def open(self, file: str = MAIL) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"/designer/w/{self.desk.draft}?file={file}")
        expect(editor(page)).to_be_visible()
        return page

    def text(self, path: str = MAIL) -> str:
        return (content.read(self.desk.portal, self.desk.draft, path).data or b"").decode()


def editor(page: Page) -> Locator:
    return page.locator(".dz-panel:not([hidden]) :is(textarea.dz-plain, .cm-content)").first


def add(page: Page, words: str) -> None:
    """Type a line at the end of the file."""
    editor(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


@pytest.fixture
def room(browser: Browser, tmp_path: Path, engine: Engine) -> Iterator[Room]:  # noqa: F811
    site = open_site(tmp_path, engine, PACKAGES)
    with served(site.app) as url:
        found = Room(site, url, browser)
        found.sign_in()
        yield found
        found.context.close()
    assert found.errors == []


def test_what_is_typed_is_saved_by_itself_and_stands_there_after_a_reload(room: Room) -> None:
    page = room.open()
    add(page, "またね")
    expect(page.locator("#dz-saved")).to_contain_text("保存済み")
    assert room.text().rstrip().endswith("またね")
    page.reload()
    expect(editor(page)).to_be_visible()
    assert making.one(room.desk.portal, room.desk.draft, room.desk.hanako).changed == 1


def test_what_is_typed_while_signed_out_is_kept_and_sent_after_signing_in(room: Room) -> None:
    page = room.open()
    room.context.clear_cookies()
    add(page, "留守の間")
    expect(page.locator("#dz-signin")).to_be_visible()
    assert "留守の間" not in room.text()
    page.close()  # the tab is closed, too
    room.sign_in()
    again = room.open()
    expect(again.locator("#dz-saved")).to_contain_text("保存")
    assert room.text().rstrip().endswith("留守の間")


def test_what_is_typed_while_the_line_is_away_goes_out_when_it_is_back(room: Room) -> None:
    page = room.open()
    room.context.set_offline(True)
    add(page, "つながらない間")
    expect(page.locator("#dz-saved")).to_contain_text("このブラウザに保管")
    room.context.set_offline(False)
    expect(page.locator("#dz-saved")).to_contain_text("保存済み")
    assert room.text().rstrip().endswith("つながらない間")


def test_a_colleague_who_was_faster_is_shown_beside_and_both_texts_are_kept(room: Room) -> None:
    page = room.open()
    desk = room.desk
    theirs = room.text().replace("次のリンク", "下のリンク")
    saving.save(desk.portal, desk.draft, MAIL, theirs.encode(), 0, desk.taro)
    add(page, "こちらの文")
    box = page.locator("dialog[open]")
    expect(box).to_contain_text("分析 太郎")
    expect(box).to_contain_text("こちらの文")
    expect(box).to_contain_text("下のリンク")
    box.get_by_role("button", name="自分の内容にする").click()
    until(page, lambda: "こちらの文" in room.text(), "mine is the file's")
    kept = [saving.version(desk.portal, desk.draft, each.id) for each in saving.versions(desk.portal, desk.draft, MAIL)]
    assert theirs.encode() in kept


def test_two_windows_of_one_person_know_of_each_other(room: Room) -> None:
    first, second = room.open(), room.open()
    expect(second.locator("#dz-here")).to_contain_text("別のウィンドウ")
    add(first, "一")
    expect(first.locator("#dz-saved")).to_contain_text("保存済み")
    add(second, "二")
    expect(second.locator("dialog[open]")).to_contain_text("別のウィンドウ")
    second.locator("dialog[open]").get_by_role("button", name="相手の内容にする").click()
    expect(second.locator("dialog[open]")).to_have_count(0)
    assert room.text().rstrip().endswith("一")


def test_the_page_is_read_by_everybody_and_worked_by_keyboard_on_a_phone_too(room: Room) -> None:
    page = room.open()
    for viewport in (None, NARROW):
        if viewport:
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert axe(page) == []
    page.locator("#dz-tree summary", has_text="設定").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".dz-tab")).to_have_count(2)


def test_a_new_mail_is_made_in_the_tree_and_taken_out_and_put_back(room: Room) -> None:
    page = room.open()
    page.locator("details[data-kind=mail]").get_by_role("button", name="新しいファイル").click()
    page.locator("dialog[open] input").fill("thanks")
    page.locator("dialog[open]").get_by_role("button", name="作る").click()
    expect(page.locator(".dz-panel:not([hidden]) code", has_text="mail/thanks.md")).to_be_visible()
    add(page, "ありがとうございました")
    expect(page.locator("#dz-saved")).to_contain_text("保存済み")
    page.locator(".dz-panel:not([hidden])").get_by_role("button", name="ファイルを取り除く").click()
    page.locator("dialog[open]").get_by_role("button", name="はい").click()
    page.locator(".dz-panel:not([hidden])").get_by_role("button", name="もとに戻す").click()
    until(page, lambda: "ありがとうございました" in room.text("mail/thanks.md"), "the mail is back")


def test_an_earlier_content_is_shown_and_brought_back(room: Room) -> None:
    page = room.open()
    before = room.text()
    add(page, "一")
    expect(page.locator("#dz-saved")).to_contain_text("保存済み")
    add(page, "二")
    until(page, lambda: "二" in room.text(), "the second is saved")
    page.locator(".dz-panel:not([hidden])").get_by_role("button", name="控え").click()
    page.locator("dialog[open] li").nth(1).get_by_role("button", name="表示").click()
    page.locator("dialog[open]").last.get_by_role("button", name="この内容にする").click()
    until(page, lambda: room.text() == f"{before}一", "the first is back")
    expect(page.locator("dialog[open]")).to_have_count(0)
