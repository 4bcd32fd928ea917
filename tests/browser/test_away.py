"""The network goes away while somebody types, or a file is still on its way: nothing is lost, and what was pressed goes
out when the network is back and the file attached."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Response, Route, expect

from tests.browser.test_own_saves import (  # noqa: F401 - the fixtures
    NOTE,
    checked,
    context,
    fill,
    make_place,
    number,
    open_form,
    place,
    press,
)
from tests.flow.place import Place
from tests.support.browser import until
from tests.support.needs import needs
from tests.support.network import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-uploads"), needs("chromium", "frontend")]

NO_POST = """() => {
  const sent = window.fetch;
  window.fetch = (to, more) => more?.method === "POST" ? Promise.reject(new TypeError()) : sent(to, more);
}"""
UNSAVED = re.compile("まだ保存できていません")


def kept(page: Page) -> list[str]:
    return page.evaluate(
        "() => Object.entries(localStorage).filter(([key]) => key.startsWith('nintei:kept:')).map(([, value]) => value)"
    )


def _saves(answer: Response, text: str) -> bool:
    return answer.url.endswith("/draft") and text in (answer.request.post_data or "")


def type_without_network(page: Page, text: str) -> None:
    page.context.set_offline(True)
    page.fill(NOTE, text)
    expect(page.locator("[data-draft-status]")).to_contain_text(UNSAVED)


def test_a_press_without_network_stays_on_the_page_and_goes_out_when_it_is_back(
    number: str,  # noqa: F811
    context: BrowserContext,  # noqa: F811
) -> None:
    page = open_form(context, number)
    fill(page, "まだつながっている")
    type_without_network(page, "電波のない所で押した")
    press(page)
    expect(page.locator("[data-away-line]")).to_contain_text("ネットワークにつながっていません")
    assert page.locator(NOTE).input_value() == "電波のない所で押した"
    assert len(kept(page)) == 1 and "電波" not in kept(page)[0], "it is sealed"
    context.set_offline(False)
    checked(page, "電波のない所で押した")
    assert kept(page) == []


def test_whoever_types_on_after_the_press_presses_again(number: str, context: BrowserContext) -> None:  # noqa: F811
    page = open_form(context, number)
    fill(page, "はじめの文")
    type_without_network(page, "押したときの文")
    press(page)
    page.fill(NOTE, "押したあとの文")
    expect(page.locator("[data-away-line]")).to_contain_text("もう一度押してください")
    context.set_offline(False)
    expect(page.locator("[data-draft-status]")).to_contain_text("保存しました")
    expect(page.locator(NOTE)).to_have_value("押したあとの文")
    press(page)
    checked(page, "押したあとの文")


def test_what_was_typed_without_network_is_there_when_the_page_is_opened_afresh(
    number: str,  # noqa: F811
    context: BrowserContext,  # noqa: F811
) -> None:
    page = open_form(context, number)
    fill(page, "はじめの文")  # its files are saved one by one
    with page.expect_response(lambda answer: _saves(answer, "保存できている文")) as saved:
        page.fill(NOTE, "保存できている文")
    assert saved.value.finished() is None  # the page has the answer
    expect(page.locator("[data-draft-status]")).to_contain_text("保存しました")
    type_without_network(page, "窓を閉じる前の文")
    page.close()
    context.set_offline(False)
    again = open_form(context, number)
    expect(again.locator(NOTE)).to_have_value("窓を閉じる前の文")
    assert kept(again) == []


def test_whoever_signs_out_leaves_nothing_to_read_and_finds_it_again(
    place: Place,  # noqa: F811
    number: str,  # noqa: F811
    context: BrowserContext,  # noqa: F811
) -> None:
    """In every window, and without network, too: no page, and of what was typed no word in the browser's storage."""
    page, other = open_form(context, number), open_form(context, number)
    page.evaluate(NO_POST)
    page.fill(NOTE, "ログアウトの前の文")
    expect(page.locator("[data-draft-status]")).to_contain_text(UNSAVED)
    other.evaluate("document.querySelector('form[action$=\"/logout\"]').requestSubmit()")
    expect(page.locator("h1")).to_have_text("ログアウトしているため、このページの表示を消しました")
    assert number not in page.content() and page.locator("main form, textarea, header").count() == 0
    everything = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "nintei:kept:" in everything and "ログアウトの前" not in everything
    open_form(context, number)
    # One of the windows saves it, and is drawn anew.
    saved = "SELECT * FROM draft"
    wait_until(lambda: "ログアウトの前の文" in str(place.records.rows(saved)), 60, "the text at the portal")
    page = open_form(context, number)
    expect(page.locator(NOTE)).to_have_value("ログアウトの前の文")
    page.context.set_offline(True)
    page.evaluate("document.querySelector('form[action$=\"/logout\"]').requestSubmit()")
    expect(page.locator("textarea")).to_have_count(0)
    with page.expect_request("**/logout") as asked:
        page.context.set_offline(False)
    asked.value.response()
    page.goto("/account")
    expect(page.locator("#email")).to_be_visible()


@pytest.mark.parametrize("answered", [True, False], ids=["saved", "reloaded while it saves"])
def test_what_another_window_saved_meanwhile_is_not_replaced_without_a_word(
    number: str,  # noqa: F811
    context: BrowserContext,  # noqa: F811
    answered: bool,
) -> None:
    page, other = open_form(context, number), open_form(context, number)
    # This window alone is without network, also for what it sends as it goes (a route of it would let that through).
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('away')); }")
    page.fill(NOTE, "電波のない窓の文")
    expect(page.locator("[data-draft-status]")).to_contain_text(UNSAVED)
    page.close()
    with other.expect_response(lambda answer: answer.url.endswith("/draft")):
        other.fill(NOTE, "もう一つの窓の文")
    if answered:
        expect(other.locator("[data-draft-status]")).to_contain_text("保存しました")
    other.reload()
    expect(other.locator(".kept")).to_contain_text("別の内容が保存されています")
    expect(other.locator(NOTE)).to_have_value("もう一つの窓の文")
    other.get_by_role("button", name="そのときの入力を使う").click()
    expect(other.locator(NOTE)).to_have_value("電波のない窓の文")
    assert kept(other) == []


def test_what_was_refused_since_another_window_saved_is_offered_after_a_reload(
    number: str,  # noqa: F811
    context: BrowserContext,  # noqa: F811
) -> None:
    page, other = open_form(context, number), open_form(context, number)
    with page.expect_response(lambda answer: answer.url.endswith("/draft") and answer.ok):
        page.fill(NOTE, "先に保存した窓の文")
    with other.expect_response(lambda answer: answer.url.endswith("/draft") and answer.status == 409):
        other.fill(NOTE, "あとから打った窓の文")
    expect(other.locator("[data-draft-status].is-conflict")).to_be_visible()
    other.reload()
    expect(other.locator(NOTE)).to_have_value("先に保存した窓の文")
    other.get_by_role("button", name="そのときの入力を使う").click()
    expect(other.locator(NOTE)).to_have_value("あとから打った窓の文")
    assert kept(other) == []


def test_a_press_while_a_file_is_on_its_way_goes_out_when_it_is_attached(
    number: str,  # noqa: F811
    context: BrowserContext,  # noqa: F811
) -> None:
    page = open_form(context, number)
    fill(page, "送っている間に押した")
    held: list[Route] = []
    page.route("**/take", lambda route: held.append(route))
    file: Any = {"name": "差し替え.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nanother"}
    page.locator("main input[type=file][name='financial_statements']").set_input_files(file)
    press(page)
    expect(page.locator("[data-away-line]")).to_contain_text("ファイルを送っています")
    expect(page.locator("main")).to_contain_text("差し替え.pdf")
    until(page, lambda: bool(held), "the file at the portal")
    held.pop().continue_()
    checked(page, "差し替え.pdf")

    # A file that is refused holds it back, and so does taking the file out; both are said.
    page.locator("main form[action*='/check'] a.btn").click()
    field = page.locator("[data-field='financial_statements']")
    for mended in (False, True):
        page.locator("main input[type=file][name='financial_statements']").set_input_files({**file, "name": "三.pdf"})
        press(page)
        until(page, lambda: bool(held), "the file at the portal")
        if mended:
            field.get_by_role("button", name="削除 三.pdf").click()
            expect(page.locator("[data-away-line]")).to_contain_text("もう一度押してください")
        else:
            held.pop().fulfill(status=413, json={"message": "大きすぎます"})
            expect(page.locator("[data-away-line]")).to_contain_text("送信していません")
    page.unroute("**/take")
    press(page)
    checked(page, "送っている間に押した")


def test_a_form_of_a_visitor_waits_too(context: BrowserContext) -> None:  # noqa: F811
    page = context.new_page()
    page.goto("/apply")
    page.fill("#f-company_name", "株式会社あおぞら")
    context.set_offline(True)
    page.locator("main form button.btn--primary").click()
    expect(page.locator("[data-away-line]")).to_be_visible()
    page.locator("#f-company_name").fill("株式会社あおぞら建設")
    context.set_offline(False)
    page.reload()
    expect(page.locator("#f-company_name")).to_have_value("株式会社あおぞら建設")


def test_an_answer_to_a_press_is_loaded_again_and_gone_back_to_without_a_question(
    context: BrowserContext,  # noqa: F811
) -> None:
    page = context.new_page()
    page.goto("/apply")
    page.fill("#f-company_name", "株式会社もどる")
    page.locator("main form button.btn--primary").click()
    expect(page.locator("#error-summary")).to_be_visible()
    page.goto("/systems")
    page.go_back()
    expect(page.locator("#f-company_name")).to_have_value("株式会社もどる")
    page.reload()
    expect(page.locator("#f-company_name")).to_have_value("株式会社もどる")
