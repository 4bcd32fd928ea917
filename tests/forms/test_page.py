"""The forms in a browser: with the script under a strict content policy, without any, and by axe's rules."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from app.forms import FileRef, load, postal
from app.web.frame import written
from tests.forms.drawing import ROOT, schema
from tests.support.needs import needs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser
built = needs("frontend")

HOME = "http://forms.test/"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; form-action 'self'"
FORM = load(
    schema(
        {
            "type": "textfield",
            "key": "code",
            "label": "郵便番号",
            "properties": {"format": "postal_code", "prefecture": "pref", "city": "city"},
        },
        {"type": "textfield", "key": "pref", "label": "都道府県"},
        {"type": "textfield", "key": "city", "label": "市区町村"},
        {
            "type": "radio",
            "key": "outcome",
            "label": "結果",
            "values": [{"label": "通過", "value": "passed"}, {"label": "差戻し", "value": "returned"}],
        },
        {
            "type": "textarea",
            "key": "reason",
            "label": "理由",
            "validate": {"maxLength": 200},
            "conditional": {"hide": '=outcome != "returned"'},
        },
        {
            "type": "textfield",
            "key": "deep",
            "label": "深い理由",
            "conditional": {"hide": "=reason = null or annual = true"},
        },
        {"type": "number", "key": "amount", "label": "金額"},
        {
            "type": "textfield",
            "key": "big",
            "label": "高額の理由",
            "conditional": {"hide": "=not(amount > 1000)"},
        },
        {"type": "datetime", "subtype": "date", "key": "day", "dateLabel": "日付"},
        {
            "type": "dynamiclist",
            "path": "rows",
            "label": "指摘",
            "components": [
                {
                    "type": "select",
                    "key": "kind",
                    "label": "区分",
                    "values": [{"label": "軽微", "value": "minor"}, {"label": "重大", "value": "major"}],
                },
                {
                    "type": "textfield",
                    "key": "why",
                    "label": "根拠",
                    "conditional": {"hide": '=kind != "major"'},
                },
                {"type": "filepicker", "key": "proof", "label": "証跡", "multiple": True},
            ],
        },
        {
            "type": "filepicker",
            "key": "file",
            "label": "書類",
            "accept": ".pdf",
            "properties": {"maxSizeMb": "1"},
        },
    ),
    "task",
)


class Portal:
    """What the page talks to: it answers as the portal would and remembers what it was sent."""

    def __init__(self, page: Page, html: str) -> None:
        self.html = html
        self.drafts: list[dict[str, list[str]]] = []
        self.posts: list[dict[str, list[str]]] = []
        self.revision = 1
        self.draft_status = 200
        self.draft_says = ""
        self.upload_status = 200
        self.upload_says = ""
        self.length = "0"
        page.route("**/*", self.answer)
        page.goto(HOME)

    def answer(self, route: Route) -> None:
        request = route.request
        path = request.url.removeprefix(HOME.rstrip("/"))
        if path in ("/forms.js", "/feel.js", "/files.js", "/kept.js", "/natives.js", "/sealed.js"):
            source = (ROOT / "app" / "frontend" / path[1:]).read_text(encoding="utf-8")
            route.fulfill(body=source, content_type="text/javascript")
        elif path == "/static/dist/upload.js":
            source = (ROOT / "app" / "web" / "static" / "dist" / "upload.js").read_text(encoding="utf-8")
            route.fulfill(body=source, content_type="text/javascript")
        elif path.startswith("/postal/"):
            place = postal(path.removeprefix("/postal/"))
            found = {"prefecture": place[0], "city": place[1], "town": place[2]} if place else {}
            route.fulfill(status=200 if place else 404, json=found)
        elif path == "/draft":
            self.drafts.append(fields(request.post_data_buffer or b""))
            self.revision += 1
            route.fulfill(status=self.draft_status, json={"revision": self.revision, "error": self.draft_says})
        elif path.startswith("/upload"):
            self.tus(route, path)
        elif request.method == "POST":
            self.posts.append(fields(request.post_data_buffer or b""))
            route.fulfill(body="<p>sent</p>", content_type="text/html")
        else:
            script = '<script type="module" src="/forms.js"></script>'
            head = f'<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>x</title>{script}</head>'
            body = f"{head}<body><main><h1>x</h1>{self.html}</main></body></html>"
            route.fulfill(
                body=body,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": POLICY},
            )

    def tus(self, route: Route, path: str) -> None:
        """An upload as app/web/tasks/uploads.py takes it, in one piece."""
        self.length = route.request.headers.get("upload-length", self.length)
        says = {"Tus-Resumable": "1.0.0", "Upload-Offset": self.length}
        if self.upload_status != 200:
            route.fulfill(status=self.upload_status, json={"message": self.upload_says})
        elif path == "/upload":
            route.fulfill(status=201, headers={**says, "Location": "/upload/1", "Upload-Offset": "0"})
        elif path == "/upload/1":
            route.fulfill(status=204, headers=says)
        else:
            route.fulfill(json={"id": "up1", "name": "a.pdf", "size": 3, "mime": "application/pdf"})


def fields(body: bytes) -> dict[str, list[str]]:
    """Names and values of a multipart body."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'name="([^"]+)"(?:; filename="[^"]*")?\r\n(?:Content-Type: [^\r]*\r\n)?\r\n(.*?)\r\n--',
        body.decode(),
        re.S,
    ):
        found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def portal(page: Page, draw: Callable[..., str]) -> Portal:
    bound = FORM.bind({}, lang="ja", context={"annual": False})
    return Portal(page, draw(bound, draft_url="/draft", upload_url="/upload", revision="1"))


def shown(page: Page, key: str) -> bool:
    return page.locator(f"[data-field='{key}']").is_visible()


def test_fields_come_and_go_as_their_conditions_say(page: Page, portal: Portal) -> None:
    assert not shown(page, "reason")
    page.get_by_label("差戻し").check()
    assert shown(page, "reason")
    assert not shown(page, "deep")
    page.get_by_label("理由", exact=False).first.fill("不足")
    assert shown(page, "deep")
    page.get_by_label("通過").check()
    assert not shown(page, "reason")
    assert not shown(page, "deep"), "what is hidden counts as not answered"
    page.locator("#f-amount").fill("１，０００")
    assert not shown(page, "big")
    page.locator("#f-amount").fill("１，００１円")
    assert shown(page, "big")


@pytest.mark.parametrize("outcome", ["passed", "returned", ""])
@pytest.mark.parametrize("amount", ["", "5", "2,000", "abc"])
def test_page_and_server_agree_on_what_is_shown(page: Page, portal: Portal, outcome: str, amount: str) -> None:
    if outcome:
        page.locator(f"input[value={outcome}]").check()
    page.locator("#f-amount").fill(amount)
    kept = FORM.clean({"outcome": outcome, "amount": amount}, context={"annual": False}).values
    for key in ("reason", "deep", "big"):
        assert shown(page, key) is (key in kept), key


def test_a_postal_code_fills_the_address(page: Page, portal: Portal) -> None:
    page.locator("#f-code").fill("１００-０００１")
    expect(page.locator("#f-city")).to_have_value("千代田区")
    assert page.locator("#f-pref").input_value() == "東京都"
    page.locator("#f-city").fill("丸の内")
    page.get_by_role("button", name="住所を補う").click()
    expect(page.locator("#f-city")).to_have_value("千代田区")
    page.locator("#f-code").fill("999-9999")
    page.get_by_text("住所が見つかりませんでした").wait_for()


def test_a_date_shows_its_era(page: Page, portal: Portal) -> None:
    page.locator("#f-day").fill("2026-11-22")
    assert page.locator("[data-era]").inner_text() == "令和8年11月22日"


def test_an_empty_field_for_a_day_waits_in_the_pages_language(page: Page, portal: Portal) -> None:
    """A browser that speaks English would write mm/dd/yyyy there: with `.is-empty` `data-empty` is seen instead."""
    field = page.locator("#f-day")
    expect(field).to_contain_class("is-empty")
    assert field.get_attribute("data-empty") == "年月日を入力"
    field.fill("2026-11-22")
    expect(field).not_to_contain_class("is-empty")


def test_the_button_of_a_file_speaks_the_pages_language_and_not_the_browsers(page: Page, portal: Portal) -> None:
    chosen = page.locator("label[for=f-file]", has_text="ファイルを選ぶ")
    expect(chosen).to_be_visible()
    with page.expect_file_chooser():
        chosen.click()
    expect(page.locator("#f-file")).to_contain_class("sr")  # the browser's own button is not seen
    page.locator(".f-add").click()
    expect(page.locator("[data-rows] label.f-choose")).to_have_text(["ファイルを選ぶ"] * 2)


def test_a_file_is_as_large_to_the_script_as_to_the_server(page: Page, portal: Portal) -> None:
    sizes = [0, 1, 551, 999, 1000, 20_480, 999_949, 999_950, 1_000_000, 20_000_000, 123_456_789]
    said = page.evaluate(
        "async (sizes) => { const { size } = await import('/files.js'); return sizes.map(size) }", sizes
    )
    assert said == [written.size(each) for each in sizes]


def test_rows_are_added_and_removed_in_place(page: Page, portal: Portal) -> None:
    page.get_by_role("button", name="指摘を追加").click()
    assert page.locator("[data-row]").count() == 2
    page.locator("#f-rows-1-kind").select_option("major")
    assert shown(page, "rows-1-why")
    assert not shown(page, "rows-0-why")
    page.locator("#f-rows-1-why").fill("第3条")
    page.get_by_role("button", name="指摘を削除 1").click()
    assert page.locator("[data-row]").count() == 1
    assert page.locator(".f-row-number").first.inner_text() == "1"
    page.get_by_role("button", name="指摘を追加").click()
    assert page.locator("[data-row='rows-2']").count() == 1, "an index is not given twice"
    page.get_by_role("button", name="OK").click()
    page.get_by_text("sent").wait_for()
    [posted] = portal.posts
    assert posted["rows"] == ["1", "2"]
    assert posted["rows-1-why"] == ["第3条"]


@built
def test_a_file_is_sent_at_once_and_named_in_the_form(page: Page, portal: Portal) -> None:
    page.locator("#f-file").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"pdf"})
    page.get_by_text("添付しました").wait_for()
    assert page.locator("input[type=hidden][name=file]").input_value() == "up1"
    page.get_by_role("button", name="削除 a.pdf").click()
    assert page.locator("input[type=hidden][name=file]").count() == 0


@built
def test_a_file_that_is_too_large_is_not_sent_and_one_that_failed_goes_on_by_itself(page: Page, portal: Portal) -> None:
    page.locator("#f-file").set_input_files(
        {"name": "big.pdf", "mimeType": "application/pdf", "buffer": b"x" * 1_100_000}
    )
    page.get_by_text("1 MBを超えています").wait_for()
    portal.upload_status = 500
    page.locator("#f-rows-0-proof").set_input_files({"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"x"})
    page.get_by_text("サーバーが応答していません").wait_for()
    portal.upload_status = 200
    page.get_by_text("添付しました").wait_for()
    assert page.locator("input[type=hidden][name=rows-0-proof]").input_value() == "up1"


@built
def test_a_file_that_was_refused_says_why_and_is_not_sent_again(page: Page, portal: Portal) -> None:
    portal.upload_status, portal.upload_says = 422, "中身が拡張子と合っていません"
    page.locator("#f-file").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"pdf"})
    page.get_by_text("中身が拡張子と合っていません").wait_for()
    assert page.get_by_role("button", name="もう一度試す").count() == 0
    assert page.locator("input[type=hidden][name=file]").count() == 0
    page.get_by_role("button", name="削除 a.pdf").click()
    assert page.evaluate("localStorage.length") == 0


def test_a_draft_is_kept_with_its_revision_and_two_windows_do_not_overwrite_each_other(
    page: Page, portal: Portal
) -> None:
    page.locator("#f-pref").fill("東京都")
    page.get_by_text("保存しました").wait_for()
    assert portal.drafts[-1]["pref"] == ["東京都"]
    assert portal.drafts[-1]["revision"] == ["1"]
    page.locator("#f-pref").fill("大阪府")
    expect(page.locator("form")).to_have_attribute("data-revision", "3")
    assert portal.drafts[-1]["revision"] == ["2"]
    portal.draft_status, portal.draft_says = 409, "佐藤さんが10:42にこのフォームを保存しました"
    page.locator("#f-pref").fill("京都府")
    page.get_by_text("佐藤さんが10:42にこのフォームを保存しました").first.wait_for()


def test_a_lost_connection_keeps_what_was_typed_and_tries_again(page: Page, portal: Portal) -> None:
    portal.draft_status = 503
    page.locator("#f-pref").fill("東京都")
    page.get_by_text("まだ保存できていません").wait_for()
    portal.draft_status = 200
    page.get_by_text("保存しました").wait_for()
    assert portal.drafts[-1]["pref"] == ["東京都"]


def test_everything_works_without_a_script(browser: Browser, draw: Callable[..., str]) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    kept = {"file": [FileRef("f1", "a.pdf", 3, "application/pdf").as_dict()]}
    portal = Portal(
        page,
        draw(FORM.bind(kept, lang="ja", context={"annual": False}), draft_url="/draft", upload_url="/upload"),
    )
    assert shown(page, "reason"), "what a script would hide can be reached"
    page.locator("#f-code").fill("1000001")
    page.locator("#f-code").press("Enter")
    page.get_by_text("sent").wait_for()
    assert portal.posts[-1]["code"] == ["1000001"]
    assert portal.posts[-1]["file"][-1] == "f1" or "f1" in portal.posts[-1]["file"]
    assert not {"add_row", "remove_row", "fill_postal"} & set(portal.posts[-1]), "Enter sends the form, no other button"
    page.goto(HOME)
    page.get_by_role("button", name="指摘を追加").click()
    page.get_by_text("sent").wait_for()
    assert portal.posts[-1]["add_row"] == ["rows"]
    context.close()


def test_axe_finds_nothing(page: Page, draw: Callable[..., str]) -> None:
    axe = ROOT / "app/frontend/node_modules/axe-core/axe.min.js"
    if not axe.exists():
        pytest.skip("axe-core is not installed (npm ci in app/frontend)")
    values: dict[str, Any] = {
        "outcome": "returned",
        "rows": [{}, {}],
        "file": [FileRef("f1", "a.exe", 3, "x/y").as_dict()],
    }
    errors = FORM.clean({**values, "day": "x", "amount": "x", "code": "1"}).errors
    Portal(
        page,
        draw(
            FORM.bind(values, lang="ja", errors=errors, context={"annual": False}),
            draft_url="/draft",
            upload_url="/upload",
        ),
    )
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert not found["violations"], json.dumps(found["violations"], ensure_ascii=False, indent=1)[:4000]
