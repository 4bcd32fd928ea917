"""The stopwatch walk: an analyst who is no developer adds a review with its form and mail while ten cases run, tries
it, has it approved by a second person, moves the cases and takes the release back: by presses alone, in Japanese."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from app.cli import playhost
from app.engine import Engine
from app.services.base.releases import Loaded
from app.services.people import accounts
from app.services.plays import hosts
from app.services.workspaces import gating
from app.store import database
from app.store.models import Case
from app.worker import Worker
from app.worker.poke import Bell
from config import machine
from tests.browser.designing import SEEN, choose, latin, tab_to
from tests.browser.staffed import axe
from tests.services.cardbench import served
from tests.services.conftest import STAFF, engine
from tests.services.steps import go
from tests.support.browser import PATIENCE, until
from tests.support.needs import needs
from tests.web.conftest import Site, open_site

__all__ = ["engine"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-stopwatch"), needs("chromium", "frontend")]

PEOPLE = {
    "analyst": ("hanako@example.jp", "分析 花子", ["analyst"]),
    "administrator": ("kanri@example.jp", "管理 太郎", ["administrator"]),
}
OWN = {"English", "tests"}  # the other language in its own words; who put the first release there
LAUNCH = playhost.LAUNCH.replace("lifeline.hold(); ", "")
LONG = 3 * PATIENCE  # for a Play's start, a walk, the gate: the machine's time, not the person's
# How a person works, in seconds: who reads a page, aims at a button, types a character.
PACE = {"page": 6.0, "press": 3.0, "character": 0.35}
MOST = 15 * 60  # seconds of the whole walk at that pace
# Tells of each press and each character, in frames, too.
WATCHED = """
  addEventListener('click', (event) => event.isTrusted && window.worked('press', 1), true);
  addEventListener('change', (event) => window.worked(...(event.target.matches('select, [type=checkbox], [type=radio]')
    ? ['press', 1] : ['character', String(event.target.value ?? '').length])), true);
  addEventListener('keydown', (event) => event.target.isContentEditable && window.worked('character', 1), true);
  addEventListener('DOMContentLoaded', () => window === window.top && window.worked('page', 1));
"""


@contextmanager
def working(site: Site) -> Iterator[None]:
    """The portal's worker."""
    portal, over = site.bench.portal, threading.Event()
    hands = site.bench.hands(portal)
    hands.own = {gating.OPERATOR: partial(gating.run, portal)}
    ear = Bell(portal.settings.data_dir / "ears")
    thread = threading.Thread(target=Worker(portal, hands, ear, over).run, args=(time.monotonic,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        ear.ring()
        thread.join()
        ear.close()


@contextmanager
def playing(site: Site) -> Iterator[None]:
    """The host of Plays."""
    file = hosts.file_of(site.bench.portal.settings.data_dir)
    command = [sys.executable, "-c", LAUNCH, "playhost", str(file), "2"]
    with subprocess.Popen(command, env=machine.bare_environment(), cwd=Path(playhost.__file__).parents[2]) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


class Person:
    """A window of somebody who has signed in."""

    def __init__(self, site: Site, browser: Browser, url: str, email: str) -> None:
        self.context = browser.new_context(
            locale="ja-JP", timezone_id="Asia/Tokyo", base_url=url, viewport={"width": 1440, "height": 900}
        )
        self.context.set_default_timeout(LONG)
        self.worked: Counter[str] = Counter()
        self.context.expose_function("worked", lambda what, count: self.worked.update({what: count}))
        self.context.add_init_script(WATCHED)
        cookie = site.person(email).get_cookie("session")
        assert cookie is not None
        self.context.add_cookies([{"name": "session", "value": cookie.value, "url": url}])
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.latin: set[str] = set()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if "Content Security" in said.text else None)

    def seconds(self) -> float:
        """What a person needs for what was done here."""
        return sum(PACE[what] * count for what, count in self.worked.items())

    def press(self, name: str, role: str = "button") -> None:
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]

    def look(self) -> None:
        """What is read here in Latin letters."""
        seen = latin(self.page.evaluate(SEEN))
        self.latin |= {text for text in seen if text not in OWN and not re.search(r"\w@[\w.]+\.example", text)}

    def read(self) -> None:
        """The same, on a page that everybody can read."""
        self.look()
        assert axe(self.page) == [], self.page.url

    def shoot(self, name: str) -> None:
        if folder := os.environ.get("NINTEI_PICTURES"):
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def room(tmp_path: Path, engine: Engine, browser: Browser) -> Iterator[tuple[Site, str]]:
    site = open_site(tmp_path, engine)
    for email, name, roles in PEOPLE.values():
        accounts.add_staff(site.bench.portal, email, name, roles, "a password for tests")
    for number in range(10):
        go(
            site.bench,
            "first_review" if number < 7 else "second_review",
            application={"email": f"v{number}@example.com"},
        )
    expect.set_options(timeout=LONG)
    with playing(site), working(site), served(site.app) as url:
        yield site, url
    expect.set_options(timeout=PATIENCE)


def test_a_third_review_is_added_tried_approved_and_moved_to_in_a_quarter_of_an_hour(
    room: tuple[Site, str], browser: Browser
) -> None:
    site, url = room
    began = time.monotonic()
    hanako = Person(site, browser, url, PEOPLE["analyst"][0])
    taro = Person(site, browser, url, PEOPLE["administrator"][0])
    draw(hanako)
    write(hanako)
    bring_up(hanako)
    play(hanako)
    ask(hanako, "重い案件を三人目が見る")
    approve(taro, hanako.page.url)
    move(hanako, taro)
    assert releases(site) == {1: 2, 2: 8}
    second, third = Person(site, browser, url, STAFF[2]), Person(site, browser, url, STAFF[0])
    review(second, "書類審査(2次)")
    review(third, "書類審査（3次）")
    until(third.page, lambda: told(site), "the mail of the third review")
    roll_back(hanako, taro)
    assert releases(site) == {1: 2, 2: 8}, "running cases stay where they are"
    assert current(site).number == 1, "new ones begin on the release before"
    people = (hanako, taro, second, third)
    pace = {what: sum(each.worked[what] for each in people) for what in PACE}
    taken = sum(each.seconds() for each in people)
    print(
        f"\nthe walk took {time.monotonic() - began:.0f} s of the machine; {taken / 60:.1f} minutes of people: {pace}"
    )
    assert pace["page"] > 20 and pace["press"] > 40 and pace["character"] > 100, "what is not seen takes no time"
    assert taken <= MOST
    assert [each.errors for each in people] == [[]] * len(people)
    assert hanako.latin | taro.latin == set()


def current(site: Site) -> Loaded:
    return site.bench.portal.releases.all_current()[0]


def releases(site: Site) -> dict[int, int]:
    """How many of the cases run on each release."""
    with database.connection():
        return dict(Counter(site.bench.portal.releases.loaded(each.release_id).number for each in Case.select()))


def told(site: Site) -> bool:
    """Whether the mail that the analyst wrote has gone out."""
    return any("三次審査が終わりました。" in str(each) for each in site.bench.mailbox.letters)


def draw(hanako: Person) -> None:
    """A draft, the step and its form, made like another one."""
    page = hanako.page
    page.goto("/designer")
    hanako.look()
    page.get_by_label(re.compile("新しい案の名前")).first.fill("三次審査を加える")
    page.get_by_role("button", name="案を作る").first.click()
    page.get_by_role("button", name=re.compile("^申請受付・書類審査")).first.click()
    hanako.press("一覧で見る")
    step(page, "書類審査(2次)").click()
    page.get_by_label("足す手順の種類").select_option(label="ユーザータスク")
    hanako.press("この手順の後に足す")
    typed(page, "名前", "書類審査（3次）")
    typed(page, "英語", "Document review (third)")
    hanako.press("英語名から作る")
    expect(page.get_by_label("ID", exact=True)).to_have_value("document_review_third")
    expect(page.locator("#dz-problems")).to_contain_text("フォームがありません")
    hanako.look()
    page.locator("[data-part=form]").get_by_label("似たものを写す").select_option(value="second_review")
    form = page.locator(".dz-panel:not([hidden])")
    form.get_by_role("button", name="審査結果", exact=True).click()
    form.get_by_label("見出し", exact=True).fill("三次審査の結果")
    form.get_by_label("見出し", exact=True).press("Tab")
    expect(form.frame_locator("iframe").get_by_text("三次審査の結果")).to_be_visible()
    expect(page.locator("#dz-problems")).not_to_contain_text("フォームがありません")
    hanako.look()
    hanako.shoot("form")


def write(hanako: Person) -> None:
    """By whom and by when, on what the way depends, and the mail that follows."""
    page = hanako.page
    page.locator(".dz-tab button", has_text="申請受付・書類審査").first.click()
    host = page.locator(".dz-panel:not([hidden])")
    panel = host.locator(".dc-panel")
    hanako.press("＋ 別の人が行う")
    panel.locator("[data-part='property:not_same_as'] select").select_option(value="second_review")
    hanako.press("＋ 期限（営業日数）")
    due = panel.locator("[data-part='property:due_bd']")
    due.get_by_label("決め方").focus()
    due.get_by_label("決め方").select_option(label="営業日数")
    due.get_by_label("営業日数").fill("5")
    due.get_by_label("営業日数").press("Tab")
    hanako.press("＋ 分岐の値")
    panel.locator("[data-part='property:routes'] select").select_option(value="outcome")
    hanako.press("＋ 担当者のグループ")
    panel.locator("[data-part='property:group'] select").select_option(value="review")
    host.get_by_label("足す手順の種類").select_option(label="サービスタスク")
    step(page, "書類審査（3次）").click()
    hanako.press("この手順の後に足す")
    typed(page, "名前", "三次審査の結果のお知らせ")
    typed(page, "英語", "News of the third review")
    expect(page.locator("#dz-problems")).to_contain_text("三次審査の結果のお知らせ")
    panel.locator("[data-part=operator] select").select_option(value="mail")
    mail = panel.locator("[data-part='parameter:mail']")
    mail.get_by_role("button", name="新しく作る").click()
    mail.get_by_label("新しいファイルの名前").fill("review-third")
    mail.get_by_role("button", name="作る", exact=True).click()
    mail.get_by_role("button", name="開く").click()
    text = page.locator(".dz-panel:not([hidden]) .cm-content")
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("{{ case.company_name }} 様\n三次審査が終わりました。\n")
    shown = page.locator(".dz-panel:not([hidden]) .ed-preview")
    expect(shown.frame_locator("iframe").get_by_text("三次審査が終わりました。")).to_be_visible()
    expect(page.locator("#dz-saved")).to_contain_text("保存済み")
    expect(page.locator("#dz-problems")).to_contain_text("誤り0件")
    hanako.look()
    hanako.shoot("mail")


def bring_up(hanako: Person) -> None:
    """The scenarios in which the new step is missing."""
    page = hanako.page
    page.get_by_role("link", name="確かめ", exact=True).first.click()
    hanako.press("すべての確かめをたどる")
    expect(page.locator("main")).to_contain_text("「書類審査（3次）」を済ませる")
    hanako.read()
    hanako.shoot("scenarios")
    hanako.press("表示されているものをすべて合わせる")
    hanako.press("すべての確かめをたどる")
    expect(page.locator("main")).to_contain_text(re.compile(r"(\d+)件のうち\1件が書かれたとおりになりました"))


def play(hanako: Person) -> None:
    """The new step, tried as each of its people; the path is kept. All of it by keys."""
    page = hanako.page
    page.get_by_role("link", name="三次審査を加える").first.click()
    tab_to(page, "button", "試す")
    page.keyboard.press("Enter")
    expect(page.locator("#pl-scenario")).to_be_visible()
    now = page.locator("#pl-now").inner_text()
    tab_to(page, "[data-by=day]")
    page.keyboard.press("Enter")
    expect(page.locator("#pl-now")).not_to_have_text(now)
    choose(page, "#pl-scenario", "申し込みから認定まで（滞りなく進む場合）")
    expect(page.locator("#pl-scenario")).to_have_value("happy_path")
    choose(page, "#pl-until", "書類審査(2次)")
    tab_to(page, "#pl-walk button")
    page.keyboard.press("Enter")
    expect(page.locator("#pl-cases")).to_contain_text("書類審査(2次)")
    decide(page, "鈴木 健", "書類審査(2次)")
    decide(page, "佐藤 美咲", "書類審査（3次）")
    expect(page.locator("#pl-arrived")).to_contain_text("三次審査の結果のお知らせ")
    tab_to(page, "#pl-map summary")
    page.keyboard.press("Enter")
    expect(page.frame_locator("#pl-map-frame").locator("[data-diagram] .djs-container").first).to_be_visible()
    tab_to(page, "#pl-arrived button", "三次審査の結果のお知らせ")
    page.keyboard.press("Enter")
    expect(page.frame_locator("#pl-frame-2").locator("main")).to_contain_text("三次審査が終わりました")
    hanako.read()
    hanako.shoot("play")
    tab_to(page, "#pl-title")
    page.keyboard.insert_text("三次審査まで通る道")
    expect(page.get_by_label("ファイル名")).to_have_value(re.compile(r"until_[a-z0-9_]+"))  # proposed, and typed over
    tab_to(page, "#pl-name")
    page.keyboard.type("third_review")
    page.keyboard.press("Enter")
    expect(page.locator("#pl-kept")).to_contain_text("残しました")
    tab_to(page, "main a", "下書きに戻る")
    page.keyboard.press("Enter")


def decide(page: Page, who: str, title: str) -> None:
    """Pass a review in the right page of the Play, by keys."""
    choose(page, "#pl-who-2", who)
    pages = page.frame_locator("#pl-frame-2")
    expect(pages.locator("header.head")).to_contain_text(who)  # the page of the one before goes first
    frame = page.locator("#pl-frame-2").element_handle().content_frame()
    assert frame is not None
    tab_to(frame, "main a", title)
    page.keyboard.press("Enter")
    expect(pages.locator("main h1", has_text=title).first).to_be_visible()
    tab_to(frame, "#task-form input[type=radio]")
    while not frame.evaluate("document.activeElement.closest('label, .f-option, div').innerText.startsWith('通過')"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    tab_to(frame, "#task-form button[name=action][value=check]")
    page.keyboard.press("Enter")
    expect(pages.locator("main form[action*='/check'] button").first).to_be_visible()
    tab_to(frame, "main form[action*='/check'] button")
    page.keyboard.press("Enter")
    expect(pages.locator("main .done")).to_be_visible()


def passed(pages: FrameLocator | Page, title: str) -> None:
    """From the list of work through the form to its end."""
    pages.locator("main a", has_text=title).first.click()
    expect(pages.locator("main h1", has_text=title).first).to_be_visible()
    pages.locator("#task-form label", has_text=re.compile("^通過")).first.click()
    pages.locator("#task-form button[name=action][value=check]").click()
    pages.locator("main form[action*='/check'] button").first.click()
    expect(pages.locator("main .done")).to_be_visible()


def ask(hanako: Person, why: str) -> None:
    """Have the draft approved, from the page of the draft or of its release."""
    page = hanako.page
    if not page.url.endswith("/release"):
        page.get_by_role("link", name="承認を依頼する").click()
    page.get_by_label("変わることと、その理由").fill(why)
    hanako.read()
    hanako.shoot("ask")
    hanako.press("承認を依頼する")
    expect(page.locator("main")).to_contain_text("承認できる人：管理 太郎")
    assert not page.get_by_role("button", name="承認して公開する").count()


def approve(taro: Person, address: str) -> None:
    """The second person, once the gate is green."""
    page = taro.page
    page.goto(address)
    until(page, lambda: _offered(page, "承認して公開する"), "the gate", LONG)
    page.reload()
    taro.look()
    taro.press("承認して公開する")
    expect(page.locator("main")).to_contain_text("公開済み")


def _offered(page: Page, name: str) -> bool:
    """Whether the page has this button by now. Asked beside the window: who waits loads no page twenty times."""
    return re.search(rf"<button[^>]*>\s*{name}", page.context.request.get(page.url).text()) is not None


def move(hanako: Person, taro: Person) -> None:
    """Eight of the ten cases; two are left."""
    page = hanako.page
    page.goto("/designer")
    page.get_by_role("link", name=re.compile("進行中の案件を移す")).first.click()
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(10)
    for box in page.locator("tr", has_text="書類審査（1次）").get_by_role("checkbox").all()[:2]:
        box.uncheck()
    page.get_by_label("理由").fill("新しい審査に合わせるため")
    hanako.look()
    hanako.shoot("move")
    hanako.press("この移行の承認を依頼する")
    taro.page.goto(page.url)
    taro.press("承認して移す")
    expect(taro.page.get_by_role("button", name="移行を元に戻す")).to_be_visible()  # the page follows by itself
    expect(taro.page.locator("main")).to_contain_text("8 / 8")
    taro.look()
    taro.shoot("moved")


def review(clerk: Person, title: str) -> None:
    """A step of a case that was moved, by an operator on the real pages."""
    clerk.page.goto("/tasks?scope=all")
    passed(clerk.page, title)


def roll_back(hanako: Person, taro: Person) -> None:
    """The release before is in force again for new cases, by the same approval."""
    page = hanako.page
    page.goto("/designer")
    page.get_by_role("link", name="版と施行の一覧（比べる・前の版に戻す）").first.click()
    expect(page.get_by_role("button", name="版1に戻す")).to_be_visible()
    hanako.read()
    hanako.press("この版で変わったこと", "link")
    expect(page.locator("[data-diagram] .djs-container")).to_have_count(2)
    assert axe(page) == []  # its table has ids of the package
    page.go_back()
    hanako.press("版1に戻す")
    page.wait_for_url("**/designer/w/*/release")
    ask(hanako, "見直しのため戻す")
    approve(taro, page.url)
    page.goto("/designer")
    expect(page.locator("li", has_text="版1").first).to_contain_text("施行中")


def step(page: Page, name: str) -> Locator:
    """One of the list of steps."""
    return page.locator(f".dz-panel:not([hidden]) .dc-step:has(.dc-step__name:text-is('{name}'))")


def typed(page: Page, label: str, words: str) -> None:
    field = page.locator(".dz-panel:not([hidden])").get_by_label(label, exact=True)
    field.fill(words)
    field.press("Tab")
