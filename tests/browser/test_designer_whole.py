"""The whole designer in one window: no style that the policy refuses, names that follow, keys alone, English for
whoever reads English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from app.engine import Engine
from app.services.people import accounts
from app.store import accounts as rows
from app.store import database
from tests.browser.designing import ANALYST, PACKAGE, SEEN, Desk, desk
from tests.services.conftest import engine
from tests.support.browser import until
from tests.support.needs import needs

__all__ = ["engine"]
pytestmark = [pytest.mark.browser, needs("chromium", "frontend")]
DIAGRAM, FORM, MAIL, TABLE = "document_review.bpmn", "forms/first_review.form", "mail/review-1.md", "exam_outcome.dmn"
READY = ".dz-panel:not([hidden]) :is(.dc-panel h2, .ed-panel h2, .cm-content, .ed-table td, .ed-sections, .ed-english)"
JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ一-鿿々]+")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, engine: Engine, browser: Browser) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("whole"), engine, browser) as found:
        yield found


@pytest.fixture
def window(portal: Desk) -> Iterator[Desk]:
    """The same window on a draft of its own."""
    made = portal.site.person(ANALYST).post("/designer/api/workspaces", json={"package": PACKAGE, "title": "見直し"})
    portal.draft = made.get_json()["id"]
    yield portal
    assert portal.violations == []


def show(window: Desk, path: str, at: str = "") -> Locator:
    window.page.goto(f"{window.url}/designer/w/{window.draft}?file={path}" + (f"&at={at}" if at else ""))
    window.page.locator(READY).first.wait_for()
    return window.page.locator(".dz-panel:not([hidden])")


def test_no_library_writes_a_style_that_the_policy_refuses(window: Desk) -> None:
    page = window.page
    host = show(window, DIAGRAM, "first_review")
    expect(host.locator(".djs-context-pad")).to_be_visible()
    page.keyboard.down("Shift")
    press(page, host.locator('.djs-shape[data-element-id="submit_documents"] .djs-hit').first)
    page.keyboard.up("Shift")
    page.locator('.djs-context-pad [data-action="align-elements"]').click()
    page.locator(".djs-popup .entry").first.wait_for()
    page.keyboard.press("Escape")
    host.locator(".djs-palette .entry").first.hover()

    host = show(window, FORM)
    for kind in host.locator(".fjs-palette-field").all():
        kind.focus()
        kind.press("Enter")
        expect(host.locator(".ed-component")).to_be_visible()
        host.locator(".ed-group").evaluate_all("all => all.forEach((each) => { each.open = true; })")

    host = show(window, TABLE)
    host.locator("td.output-cell").first.click(button="right")
    page.locator(".context-menu").first.wait_for()
    page.keyboard.press("Escape")
    for cell in ("td.input-cell", "td.output-cell", "th.input-cell"):
        host.locator(cell).first.dblclick()
        page.keyboard.press("Escape")

    host = show(window, MAIL)
    host.locator(".cm-content").click()
    page.keyboard.press("Control+f")
    page.locator(".cm-panels").wait_for()
    page.keyboard.type("受付")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)


def test_a_key_and_an_option_that_change_in_a_form_change_wherever_they_are_named(window: Desk) -> None:
    page = window.page
    host = show(window, FORM, "field:Field_outcome.key")
    key = host.locator("[data-attribute=key] input")
    expect(key).to_be_focused()
    key.fill("verdict")
    key.press("Tab")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text(DIAGRAM)
    expect(dialog).to_contain_text("scenarios/happy_path.toml")
    dialog.get_by_role("button", name="やめる").click()
    expect(key).to_have_value("outcome")
    key.fill("verdict")
    key.press("Tab")
    dialog.get_by_role("button", name="すべて変える").click()
    diagram = window.until(DIAGRAM, lambda data: b'value="verdict,return_to"' in data)
    assert b"verdict == 'passed'" in diagram
    assert b'"hide": "=verdict != \\"returned\\""' in window.saved(FORM)
    expect(key).to_have_value("verdict")
    expect(key).to_be_focused()
    value = host.get_by_label("値 1", exact=True)
    value.fill("through")
    value.press("Tab")
    dialog.get_by_role("button", name="すべて変える").click()
    window.until(DIAGRAM, lambda data: b"verdict == 'through'" in data)
    expect(host.get_by_label("値 1", exact=True)).to_have_value("through")


def test_a_form_that_is_made_stays_behind_for_who_has_gone_on(window: Desk) -> None:
    page = window.page
    window.site.person(ANALYST).delete(
        f"/designer/api/workspaces/{window.draft}/files/{FORM}", headers={"If-Match": '"0"'}
    )
    host = show(window, DIAGRAM, "first_review")
    make = host.locator("[data-part=form]").get_by_role("button", name="作る", exact=True)
    make.wait_for()
    held: list[Route] = []
    page.route("**/canvas", lambda route: held.append(route))
    make.click()
    until(page, lambda: bool(held), "the form is being made")
    name = host.get_by_label("名前", exact=True)
    name.click()
    held[0].continue_()
    page.unroute("**/canvas")
    expect(host.locator(".dc-said[role=status]")).to_contain_text("フォームができました")
    expect(page.locator(".dz-tab.is-shown")).to_contain_text("申請受付・書類審査")
    page.keyboard.type("まず")
    assert "まず" in name.input_value()
    host.get_by_role("button", name="フォームを開く").click()
    expect(page.locator(".dz-panel:not([hidden]) .ed-panel h2")).to_be_visible()


def test_problems_texts_tables_forms_and_settings_are_worked_by_keys_alone(window: Desk) -> None:
    page = window.page
    host = show(window, MAIL)
    tab_to(page, ".cm-content")
    page.keyboard.press("Control+End")
    page.keyboard.type("\n{{ case.numbr }}")
    problem = page.locator(".dz-problem").filter(has_text="numbr")
    expect(problem).to_be_visible()
    page.keyboard.press("Escape")  # Tab leaves the text then
    tab_to(page, ".dz-problem")
    page.keyboard.press("Enter")
    expect(host.locator(".cm-activeLine")).to_contain_text("case.numbr")
    page.keyboard.press("Escape")
    tab_to(page, ".dz-problem + .btn")
    page.keyboard.press("Enter")
    window.until(MAIL, lambda data: b"{{ case.number }}" in data and b"numbr" not in data)

    show(window, TABLE)
    tab_to(page, ".ed-table [contenteditable]")
    page.keyboard.type("まず、")
    page.keyboard.press("Tab")
    window.until(TABLE, lambda data: "まず、".encode() in data)

    host = show(window, "package.toml")
    tab_to(page, ".ed-section:nth-child(3)")
    page.keyboard.press("Enter")
    expect(host.locator(".ed-settings-body h2")).to_be_focused()
    tab_to(page, ".ed-settings-body summary")
    page.keyboard.press("Enter")
    tab_to(page, ".ed-settings-body details[open] input[type=text]")
    page.keyboard.press("End")
    page.keyboard.type("　改")
    page.keyboard.press("Tab")
    window.until("package.toml", lambda data: "　改".encode() in data)

    show(window, FORM)
    tab_to(page, ".ed-list .ed-link")
    page.keyboard.press("Enter")
    tab_to(page, "[data-attribute=label] input")
    page.keyboard.press("End")
    page.keyboard.type("（一次）")
    page.keyboard.press("Tab")
    window.until(FORM, lambda data: "審査結果（一次）".encode() in data)


def press(page: Page, shape: Locator) -> None:
    """In the middle of a shape, wherever it is drawn."""
    box = shape.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def tab_to(page: Page, selector: str) -> None:
    """By Tab alone, to what fits."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => !!document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def test_who_reads_english_finds_english_and_the_words_of_the_process(window: Desk) -> None:
    page, portal = window.page, window.site.bench.portal
    with database.connection():
        analyst = rows.by_email(ANALYST)
    assert analyst is not None
    own = words_of(window)
    accounts.set_language(analyst.id, "en")
    left: dict[str, set[str]] = {}
    try:
        draft = f"/designer/w/{window.draft}"
        for path in ("/designer?over=1", f"{draft}/about", f"{draft}/release", f"{draft}/scenarios",
                     f"/designer/releases/{PACKAGE}", f"/designer/moves/{PACKAGE}/1", "/designer/at?file=package.toml",
                     f"/designer/compare/{PACKAGE}/1/w{window.draft}"):  # fmt: skip
            answer = page.goto(f"{window.url}{path}")
            assert answer is not None and answer.status == 200, path
            left[path] = japanese(page, own)
        for path in (DIAGRAM, FORM, MAIL, TABLE, "package.toml", "pdf/certificate.html", "scenarios/happy_path.toml"):
            show(window, path, {DIAGRAM: "first_review", FORM: "field:Field_outcome"}.get(path, ""))
            page.wait_for_timeout(800)
            left[path] = japanese(page, own)
    finally:
        accounts.set_language(analyst.id, "ja")
    assert {path: words for path, words in left.items() if words} == {}, portal.settings.data_dir


def words_of(window: Desk) -> str:
    """All that the process says by itself, and people of the portal."""
    package = window.site.bench.portal.releases.all_current()[0].package
    said = [data.decode("utf-8", "ignore") for path, data in package.files.items() if not path.startswith("files/")]
    return "\n".join([*said, *package.files, "分析 花子", "見直し", "日本語"])


def japanese(page: Page, own: str) -> set[str]:
    """Words that are neither English nor the process's own."""
    seen: list[Any] = page.evaluate(SEEN)
    return {text for text in seen if any(word not in own for word in JAPANESE.findall(text))}
