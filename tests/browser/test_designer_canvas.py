"""Diagrams in the designer, by an analyst's hands in Chromium."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from app.engine import Engine
from app.services.designing.interchange import report
from app.text import xml
from tests.bpmn.dialects import DIALECTS
from tests.bpmn.miwg import models
from tests.bpmn.test_writing import facts
from tests.browser.axe import AXE, RULES
from tests.browser.designing import Desk, desk, tab_to
from tests.services.conftest import engine

__all__ = ["engine"]
DIAGRAM = "document_review.bpmn"


@pytest.fixture
def window(tmp_path: Path, engine: Engine, browser: Browser) -> Iterator[Desk]:
    with desk(tmp_path, engine, browser) as found:
        yield found


def extensions(data: bytes, element: str) -> int:
    """How many of our extension elements stand in it."""
    found = re.search(rf'<bpmn:(\w+) id="{element}".*?</bpmn:\1>', data.decode(), re.DOTALL)
    assert found is not None, element
    return len(re.findall(r"<spiffworkflow:(?:property|parameter|serviceTaskOperator)\b", found.group()))


def test_an_analyst_changes_a_step_and_its_english_by_the_panel(window: Desk) -> None:
    page = window.page
    before = window.saved(DIAGRAM)
    window.open(DIAGRAM, "first_review")
    name = page.get_by_label("名前", exact=True)
    expect(name).to_have_value("書類審査（1次）")
    expect(page.get_by_label("英語", exact=True)).to_have_value("Document review (first)")
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    name.fill("書類の一次審査")
    name.press("Tab")
    saved = window.until(DIAGRAM, lambda data: "書類の一次審査".encode() in data)
    english = window.until("english.toml", lambda data: "書類の一次審査".encode() in data).decode()
    assert '"書類の一次審査" = "Document review (first)"' in english and '"書類審査（1次）"' not in english
    changed = [line for line in saved.splitlines() if line not in before.splitlines()]
    assert len(changed) <= 3
    page.get_by_role("button", name="元に戻す").click()
    window.until(DIAGRAM, lambda data: data == before)


def canvas(window: Desk) -> Locator:
    return window.page.locator(".djs-container > svg").first


def shape(window: Desk, element: str) -> Locator:
    return window.page.locator(f'.djs-shape[data-element-id="{element}"]')


def test_what_is_copied_to_another_diagram_or_turned_into_another_kind_keeps_all_that_it_says(window: Desk) -> None:
    page = window.page
    window.open(DIAGRAM, "first_review")
    said = extensions(window.saved(DIAGRAM), "first_review")
    expect(page.locator(".dc-panel h2")).to_be_focused()
    canvas(window).focus()
    page.keyboard.press("Control+c")
    page.get_by_role("button", name=re.compile("^認定試験期間")).click()
    host = page.locator(".dz-panel:not([hidden])")
    host.locator(".djs-shape[data-element-id=exam_result]").wait_for()
    host.locator(".djs-container > svg").focus()
    box = host.locator(".dc-canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2 - 60, box["y"] + 40
    page.mouse.move(x - 20, y)
    page.keyboard.press("Control+v")
    for step in range(4):
        page.mouse.move(x + step * 3, y)
    page.mouse.click(x + 9, y)
    exam = window.until("exam.bpmn", lambda data: b'<bpmn:userTask id="task_1"' in data)
    assert extensions(exam, "task_1") == said > 3
    assert window.saved(DIAGRAM).count(b'id="task_1"') == 0

    page.get_by_role("button", name=re.compile("^申請受付・書類審査")).first.click()
    shape(window, "first_review").first.wait_for()
    host = page.locator(".dz-panel:not([hidden])")
    host.get_by_title("種類を変える").click()
    page.locator(".djs-popup").get_by_text("手動タスク", exact=True).click()
    changed = window.until(DIAGRAM, lambda data: b'<bpmn:manualTask id="first_review"' in data)
    assert extensions(changed, "first_review") == said
    host.get_by_role("button", name="元に戻す").click()
    window.until(DIAGRAM, lambda data: b'<bpmn:userTask id="first_review"' in data)
    host.get_by_role("button", name="やり直す").click()
    again = window.until(DIAGRAM, lambda data: b'<bpmn:manualTask id="first_review"' in data)
    assert again == changed


def test_a_step_is_added_named_given_a_form_and_removed_by_keys_alone(window: Desk) -> None:
    page = window.page
    before = window.saved(DIAGRAM)
    window.open(DIAGRAM)
    tab_to(page, ".dc-bar button", "一覧で見る")
    page.keyboard.press("Enter")
    step = page.locator(".dc-step[aria-selected=true]")
    expect(step).to_be_focused()
    go_to(page, "first_review")
    expect(step).to_contain_text("書類審査（1次）")
    page.keyboard.press("+")
    expect(page.locator(".dc-panel h2")).to_be_focused()
    tab_to(page, "[data-part=name] :is(input, textarea)")
    ime = page.context.new_cdp_session(page)
    ime.send("Input.imeSetComposition", {"text": "げんち", "selectionStart": 3, "selectionEnd": 3})
    half = window.until(DIAGRAM, lambda data: b'id="task_1"' in data)
    assert "げんち".encode() not in half, "what is saved meanwhile takes nothing over that is half typed"
    expect(page.locator("[data-part=name] :is(input, textarea)")).to_be_focused()
    ime.send("Input.insertText", {"text": "現地"})
    page.keyboard.type("の確認")
    expect(page.get_by_label("英語", exact=True)).to_have_count(0)
    page.keyboard.press("Tab")
    saved = window.until(DIAGRAM, lambda data: "現地の確認".encode() in data).decode()
    made = re.search(r'<bpmn:userTask id="(\w+)" name="現地の確認">', saved)
    assert made is not None and made.group(1) == "task_1"
    flows = re.findall(r'<bpmn:sequenceFlow id="\S+"(?: name="[^"]*")? sourceRef="(\w+)" targetRef="(\w+)"', saved)
    assert ("first_review", "task_1") in flows and [each for each in flows if each[0] == "task_1"]
    assert re.search(r"<bpmn:flowNodeRef>task_1</bpmn:flowNodeRef>", saved)
    expect(page.get_by_label("英語", exact=True)).to_be_visible()
    page.keyboard.press("Shift+Tab")  # the field has come between the name and where one is
    expect(page.get_by_label("英語", exact=True)).to_be_focused()
    page.keyboard.type("On-site check")
    page.keyboard.press("Tab")
    window.until("english.toml", lambda data: b"On-site check" in data)
    tab_to(page, ".dc-panel button", "英語名から作る")
    page.keyboard.press("Enter")
    window.until(DIAGRAM, lambda data: b'id="on_site_check"' in data)
    expect(page.get_by_label("ID", exact=True)).to_have_value("on_site_check")
    tab_to(page, "[data-part=form] button", "作る")
    page.keyboard.press("Enter")
    form = window.until("forms/on_site_check.form", lambda data: data != b"")
    assert b'"id": "on_site_check"' in form

    expect(page.locator(".dz-panel:not([hidden]) .ed-panel h2")).to_be_visible()  # the form comes in front
    tab_to(page, ".dz-tab button", "申請受付・書類審査")
    page.keyboard.press("Enter")
    expect(page.locator(".dz-panel:not([hidden]) .dc-bar")).to_be_visible()
    with_it = window.saved(DIAGRAM)
    tab_to(page, ".dz-panel:not([hidden]) .dc-step")
    go_to(page, "on_site_check")
    page.keyboard.press("Delete")
    gone = window.until(DIAGRAM, lambda data: b"on_site_check" not in data)
    assert gone == before, "what one adds and takes out again leaves nothing"
    tab_to(page, ".dz-panel:not([hidden]) .dc-bar button", "元に戻す")
    page.keyboard.press("Enter")
    window.until(DIAGRAM, lambda data: data == with_it)
    tab_to(page, ".dz-panel:not([hidden]) .dc-bar button", "やり直す")
    page.keyboard.press("Enter")
    window.until(DIAGRAM, lambda data: data == before)


def test_what_is_being_typed_is_let_be_and_is_kept_when_one_leaves(window: Desk) -> None:
    """An answer that was long in coming draws the panel anew: not under the fingers of who types in the next field."""
    page = window.page
    window.open(DIAGRAM, "first_review")
    waiting: list[Route] = []
    page.route("**/files/english.toml", lambda route: waiting.append(route), times=1)
    name = page.get_by_label("名前", exact=True)
    name.fill("書類の一次審査")
    name.press("Tab")
    english = page.get_by_label("英語", exact=True)
    expect(english).to_be_focused()
    window.until(DIAGRAM, lambda data: "書類の一次審査".encode() in data)
    page.keyboard.press("Home")
    page.keyboard.type("Ag")
    [held] = waiting
    with page.expect_response(lambda said: said.request.method == "PUT" and said.url.endswith("/english.toml")):
        held.continue_()
    page.evaluate("() => new Promise((done) => setTimeout(done, 1000))")  # for the answer to be taken in
    page.keyboard.type("ain: ")
    expect(english).to_have_value("Again: Document review (first)")
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    window.until("english.toml", lambda data: b"Again: Document review (first)" in data)
    name.focus()
    page.keyboard.press("End")
    page.keyboard.type("2")
    asked = "() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert page.evaluate(asked), "who closes the page in the middle of a word is asked"
    window.until(DIAGRAM, lambda data: "書類の一次審査2".encode() in data)
    assert not page.evaluate(asked)


def go_to(page: Page, name: str) -> None:
    """By arrows, from wherever one is in the list of steps."""
    for key in ("Home", *["ArrowDown"] * 60):
        page.keyboard.press(key)
        if page.locator(".dc-step:focus").get_attribute("data-step") == name:
            return
    raise AssertionError(f"no arrow leads to {name}")


def test_a_condition_is_chosen_and_stands_there_as_the_engine_reads_it(window: Desk) -> None:
    page = window.page
    flow = "first_review_gate__to__mail_review_2"
    found = re.search(
        r'id="(\S+)" [^>]*>\s*<bpmn:conditionExpression[^>]*>outcome == .passed.', window.saved(DIAGRAM).decode()
    )
    assert found is not None
    flow = found.group(1)
    window.open(DIAGRAM, flow)
    field = page.locator("[data-part=condition]")
    expect(field.get_by_label("項目")).to_have_value("outcome")
    expect(field.get_by_label("値", exact=True)).to_have_value("passed")
    field.get_by_label("値", exact=True).select_option("rejected")
    window.until(DIAGRAM, lambda data: f"{flow}".encode() in data and b">outcome == 'rejected'<" in data)
    field.get_by_role("button", name="条件を足す").click()
    field.get_by_label("項目").last.select_option("exam_fee_due")
    window.until(DIAGRAM, lambda data: b">outcome == 'rejected' and exam_fee_due<" in data)
    field.get_by_label("条件の組み合わせ").select_option("or")
    window.until(DIAGRAM, lambda data: b">outcome == 'rejected' or exam_fee_due<" in data)
    field.get_by_text("式で書く").click()
    field.get_by_label("式で書く").fill("len(item_1) > 2")
    field.get_by_label("式で書く").press("Tab")
    window.until(DIAGRAM, lambda data: b">len(item_1) &gt; 2<" in data)
    expect(field).to_contain_text("項目と値の組み合わせでは表せません")


def test_an_option_is_renamed_wherever_it_is_named(window: Desk) -> None:
    page = window.page
    window.open(DIAGRAM, "first_review")
    names = page.locator("[data-part=names]")
    names.get_by_label("項目・選択肢", exact=True).select_option("option first_review.outcome passed")
    names.get_by_label("新しい名前").fill("through")
    names.get_by_role("button", name="名前を変える").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("scenarios/happy_path.toml")
    dialog.get_by_role("button", name="すべて変える").click()
    window.until(DIAGRAM, lambda data: b"outcome == 'through'" in data)
    assert b'"value": "through"' in window.saved("forms/first_review.form")
    assert b'outcome = "through"' in window.saved("scenarios/happy_path.toml")


def test_a_diagram_of_another_tool_is_taken_in_with_what_becomes_of_each_element(window: Desk, tmp_path: Path) -> None:
    page = window.page
    window.open(DIAGRAM)
    file = tmp_path / "Order Process.bpmn"
    file.write_text(ORDER)
    page.locator(".dc-menu > summary").click()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="BPMNファイルを取り込む…").click()
    chosen.value.set_files(file)
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("残るが動かない")
    expect(dialog).to_contain_text("complexGateway")
    expect(dialog).to_contain_text("camunda:assignee")
    dialog.get_by_role("button", name="案に加える").click()
    taken = window.until("order_process.bpmn", lambda data: data != b"")
    host = page.locator(".dz-panel:not([hidden])")
    host.locator('.djs-shape[data-element-id="decide"]').wait_for()
    assert b"complexGateway" in taken and b"camunda:assignee" in taken and b"<!-- by hand -->" in taken
    assert b"BPMNShape" in taken
    page.locator(".dz-panel:not([hidden]) .dc-menu > summary").click()
    for name, mark in (("図（BPMN）", b"camunda:assignee"), ("画像（SVG）", b"<svg"), ("画像（PNG）", b"\x89PNG")):
        with page.expect_download() as loading:
            host.get_by_role("button", name=name).click()
        assert mark in Path(loading.value.path()).read_bytes()


def test_every_menu_is_japanese_and_offers_only_what_runs(window: Desk) -> None:
    page = window.page
    window.open(DIAGRAM, "first_review")
    host = page.locator(".dz-panel:not([hidden])")
    latin = window.latin()
    for button in ("種類を変える", "そのほかを続ける", "そのほかを置く"):
        host.get_by_title(button).or_(host.get_by_label(button)).first.click()
        popup = page.locator(".djs-popup")
        popup.locator(".djs-popup-label", has_text="ビジネスルールタスク").first.wait_for(state="attached")
        latin |= window.latin()
        offered = set(popup.locator(".djs-popup-label").all_inner_texts())
        assert not {"複合ゲートウェイ", "トランザクション", "条件中間イベント", "データオブジェクト"} & offered
        assert {"ビジネスルールタスク"} <= offered
        page.keyboard.press("Escape")
    for kind in ("第1次", "mail_review_2", "first_review_gate", "contracts"):
        drawn = shape(window, kind)
        if drawn.count():
            drawn.first.click(force=True)
            latin |= window.latin()
    host.get_by_role("button", name="検索").click()
    latin |= window.latin()
    page.keyboard.press("Escape")
    host.locator(".djs-minimap .toggle").click()
    latin |= window.latin()
    host.get_by_role("button", name="検索").click()
    page.keyboard.press("Escape")
    shape(window, "first_review").first.click(force=True)
    host.get_by_title("そのほかを続ける").click()
    page.locator(".djs-popup").get_by_text("リンク中間イベント（送信）", exact=True).click()
    host.get_by_label("リンクの名前").fill("続き")
    host.get_by_label("リンクの名前").press("Tab")
    window.until(DIAGRAM, lambda data: re.search('linkEventDefinition [^>]*name="続き"', data.decode()) is not None)
    latin |= window.latin()
    assert latin == set(), latin
    if AXE.exists():
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            "r => axe.run('.dc', {runOnly: r}).then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html))", RULES
        )
        assert found == [], found


ORDER = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
  <!-- by hand -->
  <bpmn:process id="order" isExecutable="true">
    <bpmn:startEvent id="begin" />
    <bpmn:userTask id="decide" name="Decide" camunda:assignee="demo" />
    <bpmn:complexGateway id="split" />
    <bpmn:endEvent id="over" />
    <bpmn:sequenceFlow id="o1" sourceRef="begin" targetRef="decide" />
    <bpmn:sequenceFlow id="o2" sourceRef="decide" targetRef="split" />
    <bpmn:sequenceFlow id="o3" sourceRef="split" targetRef="over" />
  </bpmn:process>
</bpmn:definitions>
"""  # noqa: E501 - as tools write


def test_a_problem_is_marked_on_its_shape_and_leads_into_its_field(window: Desk) -> None:
    page = window.page
    window.open(DIAGRAM, "first_review")
    routes = page.locator("[data-part='property:routes']")
    routes.get_by_role("button", name="outcome を外す").click()
    window.until(DIAGRAM, lambda data: b'value="outcome,return_to"' not in data)
    mark = page.locator(".dc-mark.is-error").first
    mark.wait_for(state="attached")
    assert mark.get_attribute("title")
    page.evaluate("document.querySelector('.dc-mark.is-error').click()")
    expect(page.locator(".dc-panel .dc-wrongs li").first).to_be_visible()
    page.get_by_role("button", name="元に戻す").click()
    page.locator(".dc-mark.is-error").first.wait_for(state="detached")


def test_a_mail_is_renamed_from_its_page_and_the_diagram_follows(window: Desk) -> None:
    page = window.page
    page.goto(f"{window.url}/designer/w/{window.draft}?file=mail/review-2.md")
    page.get_by_role("button", name="名前を変える").click()
    page.get_by_label("新しい名前").fill("review-two")
    page.get_by_role("button", name="進む").click()
    page.get_by_role("button", name="すべて変える").click()
    window.until("mail/review-two.md", lambda data: data != b"")
    assert b"'review-two'" in window.saved(DIAGRAM)
    page.locator(".dz-panel:not([hidden]) code", has_text="mail/review-two.md").wait_for()


# Opens each diagram on the canvas as the page does, calls a step otherwise, takes that back: what would be saved.
SAVED = """async ([address, models]) => {
  const at = (path) => fetch(`${address}/${path}`).then((answer) => answer.json());
  const [panels, canvas] = await Promise.all([at("panels"), at("canvas")]);
  const { js } = JSON.parse(document.querySelector("#dz-boot").textContent).bundles.canvas;
  const { open } = await import(js);
  const host = document.body.appendChild(document.createElement("div"));
  const shell = { changed() {}, api: async () => canvas, panels: async () => panels,
    read: async () => null, write: async () => {}, problems: () => [], onProblems: () => () => {},
    language: "ja", t: (text) => text };
  const saved = {};
  for (const [name, content] of Object.entries(models)) {
    const editor = await open(host, { path: "foreign.bpmn", content, revision: 1, readOnly: false }, shell);
    const shapes = [...host.querySelectorAll(".djs-shape[data-element-id]")];
    const step = shapes.find((each) => each.querySelector(".djs-visual > rect")?.getAttribute("rx") === "10"
      && each.querySelector(".djs-visual > text")?.textContent
      && !each.parentElement.querySelector(".djs-children .djs-element"));
    editor.goTo({ element: (step ?? shapes[0]).dataset.elementId });
    const field = host.querySelector(".dc-panel [data-part=name] :is(input, textarea)");
    field.value += " and more";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    const changed = await editor.content();
    host.querySelector(".dc-bar button").click();
    saved[name] = [changed.includes(" and more"), await editor.content()];
    editor.close();
  }
  host.remove();
  return saved;
}"""


def test_a_diagram_of_another_tool_is_opened_changed_and_changed_back_without_a_fact_lost_or_come(window: Desk) -> None:
    files = {name: report(name, data, (), ()).data.decode() for name, data in foreign().items()}
    window.open(DIAGRAM)
    saved = window.page.evaluate(SAVED, [f"/designer/api/workspaces/{window.draft}", files])
    for name, (changed, content) in saved.items():
        before, after = said(files[name].encode()), said(content.encode())
        assert changed, name
        assert not before - after, name
        assert not after - before or "_laid_out" in content, name  # what is not drawn is given a drawing


def foreign() -> dict[str, bytes]:
    """Diagrams of other tools: the reference models, and what each tool writes in a way of its own."""
    return {**models(), **{name: text.encode() for name, (text, _) in DIALECTS.items()}}


def said(data: bytes) -> Counter[tuple[object, ...]]:
    """The facts of a file, a number and a type being the same however they are written."""
    found: Counter[tuple[object, ...]] = Counter()
    for fact, count in facts(xml.read(data)).items():
        if len(fact) == 4:  # an element; the others say what stands before what
            path, attributes, text, _ = fact
            plain = tuple((key, plainly(key, value)) for key, value in attributes if not is_type_of_a_point(path, key))
            found[path, plain, text.strip()] += count
    return found


def plainly(key: str, value: str) -> str:
    if key.endswith("XMLSchema-instance}type"):
        return value.rpartition(":")[2]
    return str(float(value)) if re.fullmatch(r"-?\d+(\.\d+)?(E-?\d+)?", value) else value


def is_type_of_a_point(path: str, key: str) -> bool:
    return key.endswith("XMLSchema-instance}type") and path.endswith("waypoint ")


def test_tokens_run_over_the_drawing_in_japanese_and_leave_the_file_as_it_is(window: Desk) -> None:
    page = window.page
    before = window.saved(DIAGRAM)
    window.open(DIAGRAM)
    move = page.get_by_role("button", name="動きを見る")
    move.click()
    expect(move).to_have_attribute("aria-pressed", "true")
    start = page.locator(".bts-context-pad[title='ここから動かす']:visible").first
    start.click()
    expect(page.locator(".bts-token-count").first).to_be_visible()
    said = page.locator(".bts-palette, .bts-notifications, .bts-log, .bts-set-animation-speed")
    spoken = " ".join(
        said.evaluate_all(
            # Without the number of a run, which is not shown.
            "nodes => nodes.map((node) => node.cloneNode(true)).flatMap((node) => { "
            "node.querySelectorAll('.bts-scope').forEach((each) => each.remove()); "
            "return [node.textContent, ...[...node.querySelectorAll('[title]')].map((each) => each.title)]; })"
        )
    )
    assert not re.search(r"[A-Za-z]{3,}", spoken), spoken
    move.click()
    expect(move).to_have_attribute("aria-pressed", "false")
    assert window.saved(DIAGRAM) == before
