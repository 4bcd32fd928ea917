"""The whole designer in one window: no style that the policy refuses, names that follow, keys alone, English for
whoever reads English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from app.engine import Engine
from app.services.people import accounts
from app.store import accounts as rows
from app.store import database
from tests.browser.designing import ANALYST, PACKAGE, SEEN, Desk, desk, tab_to
from tests.services.conftest import engine
from tests.support.browser import until
from tests.support.needs import needs

__all__ = ["engine"]
pytestmark = [pytest.mark.browser, needs("chromium", "frontend")]
DIAGRAM, FORM, MAIL, TABLE = "document_review.bpmn", "forms/first_review.form", "mail/review-1.md", "exam_outcome.dmn"
READY = ".dz-panel:not([hidden]) :is(.dc-panel h2, .ed-panel h2, .cm-content, .ed-table td, .ed-sections, .ed-english)"
EXAM = "exam.bpmn"
# How many dark points a drawn page has.
INK = """(canvas) => { const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let dark = 0; for (let at = 0; at < data.length; at += 4) if (data[at + 3] && data[at] < 128) dark += 1;
  return dark; }"""
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
    expect(name).to_have_value(re.compile("まず"))
    host.get_by_role("button", name="フォームを開く").click()
    expect(page.locator(".dz-panel:not([hidden]) .ed-panel h2")).to_be_visible()


def put(window: Desk, path: str, *changes: tuple[str, str]) -> None:
    """Have the draft's file say something else."""
    client, api = window.site.person(ANALYST), f"/designer/api/workspaces/{window.draft}/files/{path}"
    file = client.get(api).get_json()
    text = file["content"]
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    answer = client.put(api, json={"content": text}, headers={"If-Match": f'"{file["revision"]}"'})
    assert answer.status_code == 200, answer.text


def test_a_document_is_drawn_beside_its_text_and_what_keeps_it_from_that_is_said(window: Desk) -> None:
    page = window.page
    host = show(window, "pdf/certificate.html")
    sheet = host.locator("canvas.ed-sheet").first
    expect(sheet).to_be_visible()
    expect(sheet).to_have_attribute("aria-label", re.compile("1 ページ目"))
    until(page, lambda: bool(sheet.evaluate(INK) > 1000), "letters on it")
    with page.expect_download() as taken:
        host.get_by_role("link", name="ダウンロード", exact=True).click()
    assert taken.value.path().read_bytes().startswith(b"%PDF-")
    said = host.locator(".ed-preview .ed-said")
    expect(said).to_have_text("")
    page.route("**/preview/document", lambda route: route.fulfill(status=503, json={"error": "書類を作れませんでした"}))
    host.get_by_role("button", name="もう一度表示する").click()
    expect(said).to_have_text("書類を作れませんでした")
    page.unroute("**/preview/document")
    page.route("**/preview/document", lambda route: route.abort())
    host.get_by_role("button", name="もう一度表示する").click()
    expect(said).to_contain_text("応答していません")
    page.unroute("**/preview/document")
    host.get_by_role("button", name="もう一度表示する").click()
    expect(said).to_have_text("")


def test_rows_of_a_table_that_overlap_are_marked_and_a_hole_is_said_below_it(window: Desk) -> None:
    put(window, TABLE, ('hitPolicy="FIRST"', 'hitPolicy="UNIQUE"'))
    host = show(window, TABLE)
    marked = host.locator("tr.ed-marked")
    expect(marked).to_have_count(1)
    assert marked.evaluate("row => [...row.parentElement.querySelectorAll('tr')].indexOf(row)") == 1
    grounds = "row => getComputedStyle(row.querySelector('td')).backgroundColor"
    assert marked.evaluate(grounds) != host.locator("tbody tr").first.evaluate(grounds)
    expect(host.locator(".ed-problem").filter(has_text="1行目")).to_have_count(1)
    leads = host.locator(".ed-problem").get_by_role("button", name="2 行目")
    leads.click()
    before = window.saved(TABLE)
    host.locator(".add-rule").first.click()
    with window.page.expect_response("**/problems"):
        leads.focus()
    drawn(window.page)
    expect(leads).to_be_focused()  # the list was drawn anew
    host.get_by_role("button", name="元に戻す").click()
    window.until(TABLE, lambda data: data == before)
    text = window.saved(TABLE).decode()
    put(
        window,
        TABLE,
        ('hitPolicy="UNIQUE"', 'hitPolicy="FIRST"'),
        (text[text.rindex("<rule ") : text.rindex("</rule>") + 7], ""),
    )
    host = show(window, TABLE)
    expect(host.locator(".ed-problem").filter(has_text="の場合の行がありません")).to_have_count(1)
    expect(marked).to_have_count(0)


def test_what_waits_for_ever_runs_twice_or_is_never_reached_is_drawn_on_the_canvas(window: Desk) -> None:
    fork, join = exclusive(window, DIAGRAM, "card_auth_fork"), exclusive(window, EXAM, "exam_date_join")
    put(
        window,
        DIAGRAM,
        fork,
        (
            'sourceRef="set_review_outcome" targetRef="mail_review_3"',
            'sourceRef="set_review_outcome" targetRef="review_result"',
        ),
    )
    put(window, EXAM, join)
    for path, marks in (
        (DIAGRAM, {"stuck": "card_auth_join", "never": "mail_review_3"}),
        (EXAM, {"twice": "exam_date_join"}),
    ):
        host = show(window, path, next(iter(marks.values())))
        for mark, element in marks.items():
            shape = host.locator(f'.djs-shape.is-{mark}[data-element-id="{element}"]')
            expect(shape).to_have_count(1)
            drawn = shape.locator(".djs-visual > :first-child")
            style = drawn.evaluate(
                "each => [getComputedStyle(each).strokeWidth, getComputedStyle(each).strokeDasharray]"
            )
            assert style[1] != "none" if mark == "never" else style[0] == "4px"
        expect(host.locator(".djs-element:is(.is-stuck, .is-twice, .is-never)")).to_have_count(len(marks))


def exclusive(window: Desk, path: str, gateway: str) -> tuple[str, str]:
    """A change that makes an exclusive gateway of a parallel one."""
    found = re.search(
        rf'<bpmn:parallelGateway id="{gateway}".*?</bpmn:parallelGateway>', window.saved(path).decode(), re.DOTALL
    )
    assert found is not None
    return found[0], found[0].replace("bpmn:parallelGateway", "bpmn:exclusiveGateway")


def test_the_bar_is_one_line_and_the_drawing_has_room_on_a_small_screen(window: Desk) -> None:
    page = window.page
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": 1280, "height": 800})
    try:
        host = show(window, DIAGRAM, "first_review")
        parts = [each.bounding_box() or {} for each in page.locator(".dz-head > *").all()]
        assert max(each["y"] for each in parts) < min(each["y"] + each["height"] for each in parts)
        assert (host.locator(".dc-canvas").bounding_box() or {})["width"] >= 720
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    finally:
        page.set_viewport_size(size)


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
    expect(page.locator(".ed-panel :is(input, textarea):focus")).to_have_count(1)  # nobody loses their place


def press(page: Page, shape: Locator) -> None:
    """In the middle of a shape, wherever it is drawn."""
    box = shape.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


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


def drawn(page: Page) -> None:
    """What came with an answer is on the page."""
    page.evaluate("new Promise((done) => setTimeout(done))")


class Held(list[Route]):
    """What a page asks the portal at an address, which stays on its way until somebody lets it go on."""

    def __init__(self, page: Page, pattern: str) -> None:
        super().__init__()
        self._going = False
        page.route(pattern, lambda route: route.continue_() if self._going else self.append(route))

    def go_on(self) -> None:
        self._going = True
        for each in self:
            each.continue_()


def test_what_is_typed_belongs_to_the_component_at_which_it_was_typed(window: Desk) -> None:
    """Who else names it is asked of the portal; meanwhile one goes on to the next component."""
    page = window.page
    host = show(window, FORM, "field:Field_outcome.key")
    title = host.locator("[data-attribute=label] input")
    title.fill("判断")
    host.locator(".fjs-element[data-id=Field_reason]").click()  # without a Tab
    expect(title).not_to_have_value("判断")
    host.locator(".fjs-element[data-id=Field_outcome]").click()
    expect(title).to_have_value("判断")

    asked = Held(page, "**/renames")
    key = host.locator("[data-attribute=key] input")
    key.fill("verdict")
    host.locator(".fjs-element[data-id=Field_reason]").click()
    expect(key).to_have_value("reason")
    until(page, lambda: bool(asked), "the question")
    asked.pop().fulfill(json={"places": [], "left": [], "problems": [], "changed": []})
    page.unroute("**/renames")
    saved = json.loads(window.until(FORM, lambda data: b'"verdict"' in data))
    assert [each["key"] for each in saved["components"] if "key" in each] == ["verdict", "return_to", "reason"]


def test_header_and_text_are_written_while_the_portal_takes_its_time(window: Desk) -> None:
    page = window.page
    host = show(window, MAIL)
    host.locator(".ed-header-form summary").click()
    subject = host.get_by_label("件名", exact=True)
    subject.wait_for()
    asked = Held(page, "**/tables")
    for attribute, words in (("subject", "新しい件名"), ("label", "べつの名")):
        field = host.locator(f"[data-attribute={attribute}] input")
        field.fill(words)
        field.press("Tab")
    host.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("途中の文")
    until(page, lambda: bool(asked), "the first change of the header")
    asked.go_on()
    window.until(MAIL, lambda data: "新しい件名".encode() in data and "べつの名".encode() in data)
    page.unroute("**/tables")
    page.keyboard.type("と続き")  # the caret is where it was
    window.until(MAIL, lambda data: data.decode().rstrip().endswith("途中の文と続き"))
    text = window.saved(MAIL).decode()
    assert 'subject = "新しい件名"' in text and 'label = "べつの名"' in text


def test_settings_that_do_not_reach_the_portal_wait_and_go_out_with_the_next(window: Desk) -> None:
    page = window.page
    host = show(window, "package.toml")
    page.get_by_role("button", name="カレンダー", exact=True).click()
    page.locator("details[data-entry='calendars.exam'] > summary").click()
    capacity = page.locator("[data-attribute='calendars.exam.capacity'] input")
    page.route("**/tables", lambda route: route.abort())
    capacity.fill("5")
    capacity.press("Tab")
    expect(host.locator(".ed-said")).to_contain_text("ポータルが応答していません")
    expect(capacity).to_have_value("5")
    page.unroute("**/tables")
    title = page.locator("[data-attribute='calendars.exam.title'] input")
    title.fill("試験の日")
    title.press("Tab")
    window.until("package.toml", lambda data: b"capacity = 5" in data and "試験の日".encode() in data)
    expect(host.locator(".ed-said")).to_be_empty()


def test_what_is_drawn_anew_after_a_save_leaves_press_and_focus_where_they_are(window: Desk) -> None:
    page = window.page
    host = show(window, MAIL)
    host.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n{{ company.nix }}")
    problem = page.locator(".dz-problem").filter(has_text="nix").first
    expect(problem).to_be_visible()
    folder = page.locator("#dz-tree details[data-kind=form] > summary")
    for at, answer in ((folder, "**/tree"), (problem, "**/problems")):
        host.locator(".cm-content").click()
        page.keyboard.press("Control+End")
        page.keyboard.type(" x")
        with page.expect_response(answer):
            at.focus()
        drawn(page)
        expect(at).to_be_focused()
    host.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\ny")
    problem.hover()
    with page.expect_response("**/problems"):
        page.mouse.down()
    drawn(page)
    page.mouse.up()
    expect(host.locator(".cm-activeLine")).to_contain_text("company.nix")
