"""A press beside autosaves and uploads that are on their way, in a real browser: never a conflict with oneself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.flow.conftest import make_place  # noqa: F401 - the fixture
from tests.flow.driver import APPLICATION, VENDOR_PASSWORD, sample_pdf
from tests.flow.place import Place
from tests.flow.prepared import add_staff
from tests.flow.walking import steps_of
from tests.support.browser import until
from tests.support.needs import needs

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-uploads"), needs("chromium", "frontend")]

EMAIL = "slow-line@vendor.example.jp"
NOTE = "#f-documents_note"
FILES = ("registry_certificate", "financial_statements")


@pytest.fixture(scope="module")
def place(make_place: Callable[..., Place]) -> Place:  # noqa: F811
    found = make_place()
    add_staff(found)
    return found.start()


@pytest.fixture(scope="module")
def number(place: Place) -> str:
    """A case of which `submit_documents` is open, a form with files and a text."""
    vendor = place.vendor(EMAIL)
    found = vendor.apply({**APPLICATION, "email": EMAIL})
    vendor.enter(place.wait_for_mail(EMAIL, "review-1"))
    for step in steps_of("happy_path", until="submit_documents")[2:]:
        vendor.do(found, step["complete"], step.get("answer", {}))
    return found


@pytest.fixture
def context(browser: Browser, place: Place) -> Iterator[BrowserContext]:
    found = browser.new_context(locale="ja-JP", base_url=place.url, viewport={"width": 1280, "height": 900})
    yield found
    found.close()


def open_form(context: BrowserContext, number: str) -> Page:
    page = context.new_page()
    page.goto(f"/cases/{number}/tasks/submit_documents")
    if page.locator("#email").count():
        page.fill("#email", EMAIL)
        page.fill("#password", VENDOR_PASSWORD)
        page.click("main form button[type=submit]")
    expect(page.locator(NOTE)).to_be_visible()
    return page


def fill(page: Page, text: str) -> None:
    """All that the form asks for, files too."""
    for key in FILES:
        kept = page.locator(f"main input[type=hidden][name='{key}']")
        if not kept.count():
            file: Any = {"name": f"{key}.pdf", "mimeType": "application/pdf", "buffer": sample_pdf(key)}
            page.locator(f"main input[type=file][name='{key}']").set_input_files(file)
            expect(kept).to_have_count(1)
    page.fill(NOTE, text)


def press(page: Page) -> None:
    page.locator("#task-form button[name=action][value=check]").click()


def checked(page: Page, text: str) -> None:
    """The check page is there, and shows what was typed."""
    expect(page.locator("main form[action*='/check']")).to_be_visible()
    expect(page.locator("main")).to_contain_text(text)
    expect(page.locator("main [role=alert]")).to_have_count(0)


def test_a_press_while_the_answers_to_autosaves_are_on_their_way(number: str, context: BrowserContext) -> None:
    page = open_form(context, number)
    arrived: list[int] = []

    def hold(route: Route) -> None:
        arrived.append(route.fetch().status)  # the portal has it; the page never hears of it

    page.route("**/draft", hold)
    fill(page, "返事を待たずに押した")
    expect(page.locator("[data-draft-status]")).to_contain_text("保存しています")
    press(page)
    checked(page, "返事を待たずに押した")
    until(page, lambda: 200 in arrived, "the arrival of the save")


def test_a_press_in_the_moment_in_which_a_file_is_attached(number: str, context: BrowserContext) -> None:
    page = open_form(context, number)
    fill(page, "添付と同時に押した")
    for turn in range(3):
        field = page.locator("[data-field='registry_certificate']")
        field.get_by_role("button", name=re.compile("削除")).first.click()
        fill(page, f"添付と同時に押した {turn}")  # ends when the file is attached: its autosave starts in that moment
        press(page)
        checked(page, f"添付と同時に押した {turn}")
        page.locator("main form[action*='/check'] a.btn").click()
        expect(page.locator(NOTE)).to_be_visible()


def test_a_save_whose_answer_is_lost_is_sent_again_without_a_conflict(number: str, context: BrowserContext) -> None:
    page = open_form(context, number)
    lost: list[int] = []

    def lose_one(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/draft", lose_one)
    with page.expect_response(lambda answer: answer.url.endswith("/draft")) as second:
        page.fill(NOTE, "返事が届かなかった")
    until(page, lambda: bool(lost), "the loss of the answer")
    assert (lost, second.value.status) == ([200], 200)
    fill(page, "返事が届かなかった")
    press(page)
    checked(page, "返事が届かなかった")


def test_a_page_that_is_loaded_again_while_its_last_save_is_on_its_way_goes_on(
    number: str, context: BrowserContext
) -> None:
    page = open_form(context, number)
    fill(page, "読み込み直す直前")
    page.reload()
    fill(page, "読み込み直したあと")
    press(page)
    checked(page, "読み込み直したあと")


def test_another_window_is_named_with_the_time_wherever_in_the_form_one_types(
    number: str, context: BrowserContext
) -> None:
    first, second = open_form(context, number), open_form(context, number)
    with first.expect_response(lambda answer: answer.url.endswith("/draft") and answer.ok):
        first.fill(NOTE, "一つ目の窓")  # what the page says of an earlier save does not tell that this one has arrived
    second.evaluate("window.scrollTo(0, 0)")
    second.fill(NOTE, "二つ目の窓")
    said = second.locator("[data-draft-status]")
    expect(said).to_contain_text(re.compile(r"あなたが別の画面で.*\d\d:\d\dにこのフォームを保存しました"))
    expect(said).to_be_in_viewport()
    fill(second, "二つ目の窓")
    press(second)
    expect(second.locator("main [role=alert]").first).to_contain_text("あなたが別の画面で")
    expect(second.locator(NOTE)).to_have_value("二つ目の窓")
    press(second)
    checked(second, "二つ目の窓")
