"""Two operators on one task, in real browsers: who holds it is seen, taken over knowingly, and nothing of the first is
sent under the name of the second."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.flow.conftest import make_place  # noqa: F401 - the fixture
from tests.flow.place import STAFF_PASSWORD, Place
from tests.flow.prepared import STAFF, Plan, add_staff, prepare
from tests.support.browser import until
from tests.support.needs import needs

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-operators"), needs("chromium", "frontend")]

REASON = "決算書が2年前のものです。最新のものに差し替えてください。"


@pytest.fixture(scope="module")
def numbers(make_place: Callable[..., Place]) -> Iterator[tuple[Place, str]]:  # noqa: F811
    found = make_place()
    add_staff(found)
    number = prepare(found, Plan("shared", "first_review"))["shared"]
    yield found.start(), number


def operator(browser: Browser, place: Place, email: str, number: str) -> Page:
    """A colleague's browser, at the open review."""
    context = browser.new_context(locale="ja-JP", base_url=place.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"/cases/{number}/tasks/first_review")
    page.fill("#email", email)
    page.fill("#password", STAFF_PASSWORD)
    page.click("main form button[type=submit]")
    expect(page.locator("h1")).to_contain_text("書類審査")
    return page


def test_two_operators_on_one_task(browser: Browser, numbers: tuple[Place, str]) -> None:
    place, number = numbers
    first = operator(browser, place, STAFF[0], number)
    first.locator("label", has_text="差戻し").first.click()
    first.fill("textarea[name=reason]", REASON)
    first.locator("button[name=action][value=draft]").click()
    expect(first.locator(".task__holder")).to_contain_text("担当 1 が担当中")

    second = operator(browser, place, STAFF[1], number)
    expect(second.locator("main")).to_contain_text("担当 1 が担当中")
    expect(second.locator("#task-form")).to_have_count(0)  # nothing can be typed
    second.get_by_role("button", name="担当 1 から引き継ぐ").click()
    expect(second.locator("#task-form")).to_be_visible()
    expect(second.locator("input[name=outcome]:checked")).to_have_count(0)  # the other's judgement is not preselected
    expect(second.locator("main")).to_contain_text("担当 1 さんの下書きがあります")

    first.fill("textarea[name=reason]", REASON + "追記")  # the first goes on typing, and is told
    first.locator("button[name=action][value=check]").click()
    expect(first.locator("main")).to_contain_text("担当 2 が担当中")
    expect(first.locator("main")).to_contain_text("追記")  # and what was typed is still there

    second.get_by_role("button", name="この下書きを使う").click()
    expect(second.locator("input[name=outcome][value=returned]")).to_be_checked()
    expect(second.locator("textarea[name=reason]")).to_have_value(REASON)
    second.locator("label[for^=f-return_to]").nth(1).click()
    second.locator("button[name=action][value=check]").click()
    expect(second).to_have_url(re.compile("/check"))
    second.locator("form[action*='/check'] button[type=submit]").first.click()
    expect(second).to_have_url(re.compile("/done"))
    place.wait_for_mail(STAFF[0], "task-passed")


def test_escape_closes_the_pane_and_keeps_what_was_typed(browser: Browser, make_place: Callable[..., Place]) -> None:  # noqa: F811
    place = make_place()
    add_staff(place)
    prepare(place, Plan("pane", "first_review"), Plan("next", "first_review"))
    place.start()
    context = browser.new_context(locale="ja-JP", base_url=place.url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto("/tasks?scope=all")
    page.fill("#email", STAFF[0])
    page.fill("#password", STAFF_PASSWORD)
    page.click("main form button[type=submit]")
    links, pane = page.locator("a[data-pane-link]"), page.locator(".panes__detail")

    # Who goes on to another task before the first is there gets the other one, and keeps it.
    held: list[Route] = []
    slow = re.compile(str(links.first.get_attribute("href")).partition("?")[0] + r"\b")
    page.route(slow, lambda route: held.append(route))
    links.first.click()
    until(page, lambda: bool(held), "the question for the first task")
    links.nth(1).click()
    expect(pane.locator("h1")).to_be_visible()
    shown = pane.locator("#task-form").get_attribute("action")
    pane.locator("label", has_text="差戻し").first.click()
    pane.locator("textarea[name=reason]").fill("二つ目")
    with page.expect_response(slow):
        held.pop().continue_()
    page.unroute(slow)
    page.evaluate("new Promise((over) => setTimeout(over))")  # what comes of the answer has come
    expect(pane.locator("#task-form")).to_have_attribute("action", str(shown))
    expect(pane.locator("textarea[name=reason]")).to_have_value("二つ目")

    links.first.click()
    expect(pane.locator("#task-form")).not_to_have_attribute("action", str(shown))
    pane.locator("label", has_text="差戻し").first.click()
    pane.locator("textarea[name=reason]").fill(REASON)
    page.keyboard.press("Escape")
    expect(pane).to_be_hidden()
    expect(page).not_to_have_url(re.compile("open="))
    links.first.click()
    expect(pane.locator("textarea[name=reason]")).to_have_value(REASON)
