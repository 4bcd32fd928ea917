"""What axe cannot see: keys, room at 400 %, forced colours, what is read aloud, what is printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser.axe import AXE
from tests.flow.conftest import make_place  # noqa: F401 - the fixture
from tests.flow.driver import APPLICATION, VENDOR_PASSWORD
from tests.flow.place import Place
from tests.flow.prepared import STAFF, STAFF_PASSWORD, add_staff
from tests.flow.walking import steps_of
from tests.support.needs import needs

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-reach"), needs("chromium", "frontend")]

EMAIL = "reach@vendor.example.jp"


@pytest.fixture(scope="module")
def place(make_place: Callable[..., Place]) -> Place:  # noqa: F811
    found = make_place()
    add_staff(found)
    return found.start()


@pytest.fixture(scope="module")
def number(place: Place) -> str:
    """A case whose documents are under review."""
    vendor = place.vendor(EMAIL)
    found = vendor.apply({**APPLICATION, "email": EMAIL})
    vendor.enter(place.wait_for_mail(EMAIL, "review-1"))
    for step in steps_of("happy_path", until="first_review")[2:]:
        vendor.do(found, step["complete"], step.get("answer", {}))
    return found


@pytest.fixture
def open_as(browser: Browser, place: Place) -> Iterator[Callable[..., Page]]:
    contexts = []

    def opened(email: str, password: str, **how: object) -> Page:
        context = browser.new_context(base_url=place.url, **{"locale": "ja-JP", **how})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto("/login")
        page.fill("#email", email)
        page.fill("#password", password)
        page.click("main form button[type=submit]")
        page.wait_for_url(re.compile("/(tasks|overview)"))
        return page

    yield opened
    for each in contexts:
        each.close()


def test_keys_act_in_the_list_and_nowhere_else(number: str, open_as: Callable[..., Page]) -> None:
    page = open_as(STAFF[0], STAFF_PASSWORD, viewport={"width": 1280, "height": 900})
    page.goto("/tasks?scope=all")
    ticked = page.locator("tbody input:checked")
    page.locator("#main").focus()
    for key in ("j", "x", "k", "x"):
        page.keyboard.press(key)
    expect(ticked).to_have_count(0)
    page.locator(".row-link").first.focus()
    page.keyboard.press("x")
    expect(ticked).to_have_count(1)


def test_the_bar_of_ticked_rows_hides_nothing_at_400_percent(number: str, open_as: Callable[..., Page]) -> None:
    page = open_as(STAFF[0], STAFF_PASSWORD, viewport={"width": 320, "height": 256})
    page.goto("/tasks?scope=all")
    page.locator("tbody input[type=checkbox]").first.check()
    assert page.evaluate("getComputedStyle(document.querySelector('.bulk')).position") == "static"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_current_page_is_told_apart_in_forced_colours(number: str, open_as: Callable[..., Page]) -> None:
    page = open_as(EMAIL, VENDOR_PASSWORD, forced_colors="active")
    page.goto(f"/cases/{number}")
    outlines = "(selector) => getComputedStyle(document.querySelector(selector)).outlineStyle"
    for room in (".nav", ".tabs"):
        assert page.evaluate(outlines, f"{room} [aria-current]") == "solid"
        assert page.evaluate(outlines, f"{room} a:not([aria-current])") == "none"


def test_the_diagram_is_silent_and_its_list_comes_first(number: str, open_as: Callable[..., Page]) -> None:
    page = open_as(EMAIL, VENDOR_PASSWORD)
    page.goto(f"/cases/{number}")
    expect(page.locator(".diagram__canvas svg[aria-hidden=true]").first).to_be_attached()
    order = "() => [...document.querySelector('[data-diagram]').children].map((node) => node.className.split(' ')[0])"
    assert page.evaluate(order) == ["diagram__list", "diagram__bar", "diagram__body"]


def test_on_paper_the_list_is_a_table_and_the_case_has_no_forms(
    number: str, open_as: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_as(STAFF[0], STAFF_PASSWORD)
    page.goto("/tasks?scope=all")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('[data-worklist] tr')).display") == "table-row"
    page.goto("/systems")
    page.pdf(path=str(tmp_path / "list.pdf"), format="A4")
    assert len(PdfReader(tmp_path / "list.pdf").pages) == 1
    page.goto(f"/cases/{number}")
    assert page.locator("aside form:visible").count() == 0


def test_shortcuts_that_are_switched_off_do_nothing(number: str, open_as: Callable[..., Page]) -> None:
    page = open_as(STAFF[0], STAFF_PASSWORD, viewport={"width": 1280, "height": 900})
    for choice, ticked in (("off", 0), ("on", 1)):
        page.goto("/account")
        page.locator(f"label[for=shortcuts-{choice}]").click()
        with page.expect_navigation():
            page.get_by_role("button", name="保存する", exact=True).first.click()
        page.goto("/tasks?scope=all")
        page.locator(".row-link").first.focus()
        page.keyboard.press("x")
        expect(page.locator("tbody input:checked")).to_have_count(ticked)


def test_the_first_row_stands_in_the_upper_half_and_the_opened_task_can_be_closed(
    number: str, open_as: Callable[..., Page]
) -> None:
    page = open_as(STAFF[0], STAFF_PASSWORD, viewport={"width": 1280, "height": 800})
    with page.expect_navigation():  # its words stand above the list the first time
        page.locator("form[action='/first-visit'] button").click()
    page.goto("/tasks?scope=all")
    box = page.locator(".row-link").first.bounding_box()
    assert box is not None
    assert box["y"] < 400
    page.locator(".filters__more > summary").click()
    page.locator("select[name=due]").select_option("week")
    expect(page.locator(".chip")).to_have_count(1)
    page.goto("/tasks?scope=all")
    page.locator(".row-link").first.click()
    expect(page.locator(".panes__detail h1")).to_be_visible()
    page.get_by_role("button", name="閉じる", exact=True).click()
    expect(page.locator(".panes__detail")).to_be_hidden()


@pytest.mark.parametrize("who", ["staff", "vendor"])
def test_on_dark_every_word_stands_out(number: str, open_as: Callable[..., Page], who: str) -> None:
    """Contrast of WCAG 2.2 (1.4.3), as axe-core measures it, for whoever has set the device to dark."""
    email, password = (STAFF[0], STAFF_PASSWORD) if who == "staff" else (EMAIL, VENDOR_PASSWORD)
    pages = {
        "staff": [
            "/tasks?scope=all", f"/cases/{number}", f"/cases/{number}?tab=timeline",
            f"/cases/{number}/tasks/first_review", "/calendar", "/payments", "/payments/bank", "/cards",
            "/attention", "/settings", "/account",
        ],
        "vendor": [
            "/tasks", f"/cases/{number}?tab=documents", f"/cases/{number}?tab=messages", "/systems", "/help/vendors",
        ],
    }  # fmt: skip
    page = open_as(email, password, color_scheme="dark", viewport={"width": 1280, "height": 900})
    found = {}
    for path in pages[who]:
        page.goto(path)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 27)"
        page.evaluate(AXE.read_text(encoding="utf-8"))
        told = page.evaluate("axe.run(document, {runOnly: ['color-contrast'], resultTypes: ['violations']})")
        found |= {
            f"{path} {node['target']}": node["html"][:90] for each in told["violations"] for node in each["nodes"]
        }
    assert found == {}


SPACING = """() => { const sheet = new CSSStyleSheet();
  sheet.replaceSync('*:not(svg *) { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }');
  document.adoptedStyleSheets = [sheet]; }"""  # noqa: E501 - WCAG 2.2, 1.4.12, as it stands there
CLIPPED = """() => [...document.querySelectorAll('main :is(p, li, td, th, dd, dt, label, button, .btn, h1, h2, h3, .tag)')].filter((node) => {
  const style = getComputedStyle(node);
  return node.checkVisibility() && style.overflowX !== 'visible' && style.overflowX !== 'auto' && !node.matches('.sr, .sr *')
    && node.clientWidth > 8 && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1);
}).map((node) => node.className + ': ' + node.textContent.trim().slice(0, 40))"""  # noqa: E501


@pytest.mark.parametrize("who", ["staff", "vendor"])
def test_wider_spacing_and_letters_twice_as_large_cut_nothing_off(
    number: str, open_as: Callable[..., Page], who: str
) -> None:
    """1.4.12 at 320 pixels; 1.4.4 at half of 1280."""
    email, password = (STAFF[0], STAFF_PASSWORD) if who == "staff" else (EMAIL, VENDOR_PASSWORD)
    pages = {"staff": ["/tasks?scope=all", "/calendar", "/payments", "/settings"], "vendor": ["/tasks", "/account"]}
    page = open_as(email, password)
    wrong = {}
    for width, spaced in ((320, True), (640, False), (1280, True)):
        page.set_viewport_size({"width": width, "height": 800})
        for path in [*pages[who], f"/cases/{number}"]:
            page.goto(path)
            if spaced:
                page.evaluate(SPACING)
                assert page.evaluate("getComputedStyle(document.querySelector('main a')).letterSpacing") != "0px"
            wide, cut = page.evaluate("document.documentElement.scrollWidth"), page.evaluate(CLIPPED)
            if wide > width or cut:
                wrong[f"{path} at {width}"] = (wide, cut)
    assert wrong == {}
