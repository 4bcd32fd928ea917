"""Forms, tables, mails, documents and settings in the designer, by an analyst's hands in Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from app.engine import Engine
from tests.browser.designing import Desk, desk
from tests.services.conftest import engine
from tests.support.browser import until
from tests.support.needs import needs

__all__ = ["engine"]
pytestmark = [pytest.mark.browser, needs("chromium", "frontend")]
FORM, MAIL, DOCUMENT, TABLE = "forms/first_review.form", "mail/review-1.md", "pdf/certificate.html", "exam_outcome.dmn"
AXE = Path("app/frontend/node_modules/axe-core/axe.min.js")
FOUND = """async () => (await axe.run('#dz-panels', {iframes: false})).violations.map(
  (each) => each.id + ': ' + each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | '))"""
# Opens each file as the page does, and gives what the editor would save.
KEPT = """async ({bundle, files}) => {
  const { open } = await import(bundle);
  const panels = await (await fetch(location.pathname.replace('/w/', '/api/workspaces/') + '/panels')).json();
  const shell = { changed() {}, api: async () => ({ html: '', left_out: [] }), panels: async () => panels,
                  language: 'ja', t: (text) => text };
  const changed = [];
  for (const [path, content] of Object.entries(files)) {
    const host = document.createElement('div');
    document.body.append(host);
    const editor = await open(host, { path, content, revision: 1, readOnly: false }, shell);
    if (await editor.content() !== content) changed.push(path);
    editor.close();
    host.remove();
  }
  return changed;
}"""


@pytest.fixture
def window(tmp_path: Path, engine: Engine, browser: Browser) -> Iterator[Desk]:
    with desk(tmp_path, engine, browser) as found:
        yield found


def show(window: Desk, path: str, at: str = "") -> None:
    window.page.goto(f"{window.url}/designer/w/{window.draft}?file={path}" + (f"&at={at}" if at else ""))
    window.page.locator(".ed, .ed-page").first.wait_for()


def files(window: Desk, ending: str) -> dict[str, str]:
    package = window.site.bench.portal.releases.all_current()[0].package
    return {path: data.decode() for path, data in package.files.items() if path.endswith(ending)}


def bundles(window: Desk) -> dict[str, Any]:
    boot = window.page.locator("#dz-boot").text_content() or ""
    found: dict[str, Any] = json.loads(boot)["bundles"]
    return found


@pytest.mark.parametrize(
    ("name", "ending", "count"), [("forms", ".form", 59), ("decisions", ".dmn", 3), ("text", ".md", 47)]
)
def test_what_is_opened_and_not_changed_is_saved_to_the_letter(
    window: Desk, name: str, ending: str, count: int
) -> None:
    show(window, MAIL)
    held = files(window, ending)
    assert len(held) >= count - 1
    assert window.page.evaluate(KEPT, {"bundle": bundles(window)[name]["js"], "files": held}) == []


def test_an_analyst_asks_one_more_thing_and_sees_the_real_form(window: Desk) -> None:
    page = window.page
    before = window.saved(FORM)
    show(window, FORM)
    real = page.frame_locator("iframe.ed-frame")
    expect(real.locator("[data-field]").first).to_be_visible()
    entry = page.locator("[data-field-type=textfield]").first
    entry.focus()
    entry.press("Enter")  # by the keyboard alone
    page.get_by_label("見出し", exact=True).fill("立会人")
    page.get_by_label("見出し", exact=True).press("Tab")
    key = page.get_by_label(re.compile("^キー"))
    key.fill("witness")
    key.press("Tab")
    page.get_by_label("必須", exact=True).check()
    saved = json.loads(window.until(FORM, lambda data: b'"witness"' in data and b"true" in data))
    made = saved["components"][-1]
    assert (made["id"], made["label"], made["key"]) == ("Field_witness", "立会人", "witness")
    assert saved["schemaVersion"] == json.loads(before)["schemaVersion"] and "layout" not in made
    expect(real.get_by_text("立会人")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(real.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="スマートフォン").click()
    frame = page.locator("iframe.ed-frame")
    until(page, lambda: (frame.bounding_box() or {"width": 1e9})["width"] <= 377, "the width of a telephone")
    assert window.latin() <= {"English"}


def test_a_condition_is_chosen_and_written_in_the_one_language(window: Desk) -> None:
    page = window.page
    show(window, FORM, "field:Field_reason.conditional.hide")
    page.locator(".ed-group").filter(has_text="表示する場所").or_(
        page.locator("[data-attribute='conditional.hide']")
    ).first.wait_for()
    hidden = page.locator("[data-attribute='conditional.hide']")
    hidden.get_by_text("式で書く").click()
    text = hidden.get_by_label("式で書く")
    text.fill('outcome = "passed"')
    text.press("Tab")
    expect(hidden.get_by_label("値")).to_have_value("passed")
    hidden.get_by_label("比べ方").select_option("is_not")
    window.until(FORM, lambda data: b'=outcome != \\"passed\\"' in data)


def test_components_are_moved_and_removed_by_buttons(window: Desk) -> None:
    page = window.page
    before = window.saved(FORM)
    order = [each["id"] for each in json.loads(before)["components"]]
    show(window, FORM, f"field:{order[1]}")
    page.get_by_role("button", name="上へ", exact=True).first.click()
    after = window.until(FORM, lambda data: data != before)
    assert [each["id"] for each in json.loads(after)["components"]] == [order[1], order[0], *order[2:]]
    assert len(after) == len(before)  # nothing but the order
    page.get_by_role("button", name="元に戻す").click()
    window.until(FORM, lambda data: data == before)
    page.get_by_role("button", name="削除", exact=True).first.click()
    gone = json.loads(window.until(FORM, lambda data: data != before))
    assert len(gone["components"]) == len(order) - 1


def test_a_problem_leads_to_the_place_where_it_is_mended(window: Desk) -> None:
    page = window.page
    show(window, MAIL)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n{{ company.nix }}")
    problem = page.locator(".dz-problem").filter(has_text="nix").first
    expect(problem).to_be_visible(timeout=60_000)
    page.keyboard.press("Control+Home")
    problem.click()
    expect(page.locator(".cm-activeLine")).to_contain_text("company.nix")


def test_a_mail_is_written_and_shown_with_made_up_data(window: Desk) -> None:
    page = window.page
    show(window, MAIL)
    expect(page.get_by_text("2026-0001").first).to_be_visible()
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n{{ case.num")
    page.locator(".cm-tooltip-autocomplete").get_by_text("number").first.click()
    page.keyboard.type(" }} と {{ case.nix }}")
    window.until(MAIL, lambda data: b"{{ case.number }}" in data)
    expect(page.locator(".cm-lintRange").first).to_be_visible()
    page.locator(".ed-header-form summary").click()
    subject = page.get_by_label("件名", exact=True)
    subject.fill("新しい件名 {{ case.number }}")
    subject.press("Tab")
    window.until(MAIL, lambda data: "新しい件名".encode() in data)
    expect(page.get_by_text("新しい件名 2026-0001")).to_be_visible()
    expect(page.frame_locator("iframe.ed-frame").get_by_text("2026-0001").first).to_be_visible()


def test_a_decision_table_is_changed_by_its_cells(window: Desk) -> None:
    page = window.page
    before = window.saved(TABLE)
    show(window, TABLE)
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    page.get_by_label("行の選び方").or_(page.locator(".hit-policy select, .dms-input-select")).first.wait_for()
    cell = page.locator("td.output-cell, [data-col-id][data-row-id]").last
    cell.wait_for()
    assert window.latin() <= {'"passed"', '"failed"', "Powered by bpmn.io"}  # what the table itself says, and the mark
    page.locator(".add-rule").first.click()
    after = window.until(TABLE, lambda data: data != before)
    assert after.count(b"<rule ") == before.count(b"<rule ") + 1 and b'hitPolicy="FIRST"' in after
    page.get_by_role("button", name="元に戻す").click()
    window.until(TABLE, lambda data: data == before)


def test_the_package_is_set_up_by_a_form_and_its_comments_stay(window: Desk) -> None:
    page = window.page
    before = window.saved("package.toml").decode()
    show(window, "package.toml")
    page.get_by_role("button", name="カレンダー", exact=True).click()
    page.locator("details[data-entry='calendars.exam'] > summary").click()
    capacity = page.locator("[data-attribute='calendars.exam.capacity'] input")
    capacity.fill("5")
    capacity.press("Tab")
    after = window.until("package.toml", lambda data: b"capacity = 5" in data).decode()
    changed = [line for line in after.splitlines() if line not in before.splitlines()]
    assert changed == ["capacity = 5"] and after.count("#") == before.count("#")
    page.get_by_role("button", name="文字で").click()
    expect(page.locator(".cm-content")).to_contain_text("format = 2")
    page.get_by_role("button", name="項目で").click()
    expect(page.locator("details[data-entry='calendars.exam']")).to_be_attached()


def test_english_is_written_beside_the_japanese(window: Desk) -> None:
    page = window.page
    show(window, "english.toml")
    field = page.get_by_label("「申し込み」の英語")
    field.fill("Applying")
    field.press("Tab")
    window.until("english.toml", lambda data: '"申し込み" = "Applying"'.encode() in data)
    assert window.latin() == set()


@pytest.mark.parametrize("path", [FORM, MAIL, TABLE, "package.toml", "english.toml"])
def test_the_editors_are_clean_to_axe(window: Desk, path: str) -> None:
    page = window.page
    show(window, path)
    expect(page.locator("#dz-problems [role=status]")).not_to_be_empty()  # the last that comes
    page.evaluate(AXE.read_text())
    assert page.evaluate(FOUND) == []
