"""Points on the pages of a PDF: pinned on the spot or by keyboard, answered beside them; broken and locked files."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.browser.hands import NARROW, WIDE, Hands
from tests.flow.conftest import make_place  # noqa: F401 - the fixture
from tests.flow.driver import APPLICATION, VENDOR_PASSWORD
from tests.flow.place import STAFF_PASSWORD, Place
from tests.flow.prepared import STAFF, add_staff
from tests.flow.walking import steps_of
from tests.support.browser import until
from tests.support.needs import needs
from tests.support.network import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-viewer"), needs("chromium", "frontend")]

EMAIL = "pages@vendor.example.jp"
PAGES = 14


def japanese(pages: int, **more: Any) -> bytes:
    """A PDF whose Japanese font is not in the file, as office programs of old made them: it takes a character map."""
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    out = io.BytesIO()
    canvas = Canvas(out, **more)
    for number in range(1, pages + 1):
        canvas.setFont("HeiseiMin-W3", 28)
        canvas.drawString(80, 700, f"履歴事項全部証明書　{number}枚目")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "navy").save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def place(make_place: Callable[..., Place]) -> Place:  # noqa: F811
    found = make_place()
    add_staff(found)
    return found.start()


@pytest.fixture(scope="module")
def number(place: Place) -> str:
    """A case under the first review: one good file; a broken and a locked one and a picture in the other field."""
    vendor = place.vendor(EMAIL)
    found = vendor.apply({**APPLICATION, "email": EMAIL})
    vendor.enter(place.wait_for_mail(EMAIL, "review-1"))
    for step in steps_of("happy_path", until="submit_documents")[2:]:
        vendor.do(found, step["complete"], step.get("answer", {}))
    page = vendor.open(found, "submit_documents")
    form = page.form(action=page.path)
    form.fill("registry_certificate", [("登記.pdf", japanese(PAGES))])
    broken, plain = b"%PDF-1.7\n" + b"\xff\x00" * 900, japanese(2)
    form.fill("financial_statements", [("壊れた.pdf", broken), ("鍵つき.pdf", plain), ("写し.png", picture())])
    form.press(value="check").form(action="/check").press()
    # A file under a password is refused at the door today; one that came in before must still be shown as what it is.
    kept = next((place.data / "blobs").rglob(hashlib.sha256(plain).hexdigest()))
    kept.chmod(0o600)
    kept.write_bytes(japanese(1, encrypt="secret"))
    place.records.settle(found)
    assert place.records.open(found) == ["first_review"]
    return found


@pytest.fixture
def people(browser: Browser, place: Place, tmp_path: Path) -> Iterator[Callable[[str], Hands]]:
    found: list[Hands] = []

    def come(who: str) -> Hands:
        found.append(Hands(browser, place, who, tmp_path))
        return found[-1]

    yield come
    for each in found:
        each.close()
    # A script, a font or a picture that the page's own rules stop would be among these.
    assert [error for each in found for error in each.errors] == []
    assert {name: said for each in found for name, said in each.violations.items()} == {}


def document(place: Place, number: str, name: str) -> str:
    return str(place.records.of(number, "document", f"filename = '{name}'")[0]["id"])


def drawn(page: Page, sheet: int) -> None:
    """Wait until the page is drawn and holds ink."""
    canvas = page.locator(f"#page-{sheet} canvas")
    expect(canvas).to_have_count(1)
    ink = """canvas => { const all = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let dark = 0; for (let at = 0; at < all.length; at += 4) if (all[at] < 128) dark += 1; return dark; }"""
    until(page, lambda: canvas.evaluate(ink) > 500, f"ink on page {sheet}")


def test_points_are_pinned_on_the_page_and_answered_there(
    place: Place, number: str, people: Callable[[str], Hands]
) -> None:
    first, vendor = people("first"), people("vendor")
    first.sign_in(STAFF[0], STAFF_PASSWORD)
    review = f"/tasks/{first.task_of(number, 'first_review')}"
    page = first.page
    first.go(review)
    page.locator(f"main button[name=open][value='{document(place, number, '登記.pdf')}']").click()
    drawn(page, 1)
    expect(page.locator("#page-1 .sheet__words")).to_contain_text("履歴事項全部証明書")
    expect(page.locator(".sheet")).to_have_count(PAGES)
    first.look("pages")

    # On the very spot.
    sheet = page.locator("#page-2 .sheet__paper")
    sheet.scroll_into_view_if_needed()
    drawn(page, 2)
    area = sheet.bounding_box()
    assert area is not None
    sheet.click(position={"x": area["width"] * 0.3, "y": area["height"] * 0.15})
    expect(page.locator("#point-text")).to_be_focused()
    expect(page.locator("#point-page")).to_have_value("2")
    page.keyboard.insert_text("枚数が足りません")
    first.look("pages-writing")
    page.locator("#new-point button[type=submit]").click()
    mark = page.locator("#page-2 .mark--spot")
    expect(mark).to_be_in_viewport()
    expect(page.locator("#points")).to_contain_text("枚数が足りません")

    # By keyboard alone, about a page far below that was not drawn yet.
    button = page.locator("#page-13 .sheet__head button")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#point-text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.insert_text("日付が読めません")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#page-13 .sheet__marks .mark")).to_be_in_viewport()
    drawn(page, 13)
    rows = place.records.of(number, "comment")
    assert [(row["page"], row["x"] is not None) for row in rows] == [(2, True), (13, False)]
    assert abs(rows[0]["x"] - 0.3) < 0.02
    assert abs(rows[0]["y"] - 0.15) < 0.02

    page.locator("main a.back").click()
    first.fill({"outcome": "returned", "return_to": "submit_documents", "reason": "二か所あります"})
    page.locator("button[name=action][value=check]").click()
    page.locator("main form[action*='/check'] button").first.click()
    page.wait_for_url("**/done*")

    vendor.sign_in(EMAIL, VENDOR_PASSWORD)
    vendor.go(f"/tasks/{vendor.task_of(number, 'submit_documents')}")
    page = vendor.page
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.locator("main a[href*='/pages/']").first.click()
    expect(page.locator("#page-2 .mark--spot")).to_be_in_viewport()
    drawn(page, 2)
    page.locator("#page-2 .mark--spot").click()
    answers = page.locator("#points textarea")
    expect(answers.first).to_be_in_viewport()
    for at in range(2):
        answers.nth(at).fill("直しました")
    vendor.look("pages-to-answer")
    page.locator("#points button[type=submit]").click()
    expect(page.locator("#points")).not_to_contain_text("未回答")
    assert {row["state"] for row in place.records.of(number, "comment")} == {"answered"}


@pytest.mark.parametrize(("name", "said"), [("壊れた.pdf", "壊れているか"), ("鍵つき.pdf", "パスワードがかかっている")])
def test_a_file_that_cannot_be_shown_says_so_and_can_be_downloaded(
    name: str, said: str, place: Place, number: str, people: Callable[[str], Hands]
) -> None:
    first = people("first")
    first.sign_in(STAFF[0], STAFF_PASSWORD)
    task = place.records.of(number, "task", "element = 'first_review'")[0]["id"]
    first.go(f"/tasks/{task}/pages/{document(place, number, name)}")
    expect(first.page.locator("[data-viewer-status]")).to_contain_text(said)
    expect(first.page.locator("a[href$='?download=1']")).to_be_visible()
    first.look(f"pages-{said}")


def test_a_picture_is_a_page_and_a_turned_phone_draws_pages_anew(
    place: Place, number: str, people: Callable[[str], Hands]
) -> None:
    first = people("first")
    first.sign_in(STAFF[0], STAFF_PASSWORD)
    task = place.records.of(number, "task", "element = 'first_review'")[0]["id"]
    first.go(f"/tasks/{task}/pages/{document(place, number, '写し.png')}")
    shown = first.page.locator("#page-1 .sheet__paper img")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 600)
    first.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    first.go(f"/tasks/{task}/pages/{document(place, number, '登記.pdf')}")
    drawn(first.page, 1)
    narrow = first.page.locator("#page-1 canvas").evaluate("each => each.width")
    first.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    canvas = first.page.locator("#page-1 canvas")
    wait_until(
        lambda: max(canvas.evaluate_all("all => all.map(each => each.width)"), default=0) > narrow * 1.5,
        30,
        "the sharper page",
    )
