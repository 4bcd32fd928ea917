"""Application to certificate in a real browser, by clicks, as the people who do it; without scripts; by keyboard.

NINTEI_SCREENSHOTS names a folder for pictures of every page at 1280 and 390 pixels; without it none are taken.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import Hands
from tests.flow.conftest import make_place  # noqa: F401 - the fixture
from tests.flow.driver import APPLICATION, VENDOR_PASSWORD, link_of
from tests.flow.place import STAFF_PASSWORD, Place
from tests.flow.prepared import STAFF, add_account, add_staff
from tests.flow.walking import steps_of
from tests.support.needs import needs

ANALYST = "analyst@example.jp"
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-walk"), needs("chromium", "frontend")]


@pytest.fixture(scope="module")
def place(make_place: Callable[..., Place]) -> Place:  # noqa: F811
    found = make_place()
    add_staff(found)
    add_account(found, ANALYST, "分析 担当", ["analyst"])
    return found.start()


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = os.environ.get("NINTEI_SCREENSHOTS")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def people(browser: Browser, place: Place, shots: Path) -> Iterator[Callable[..., Hands]]:
    """`people("vendor")`: somebody with a browser of their own; errors of its scripts fail the test."""
    found: list[Hands] = []

    def come(who: str, **context: Any) -> Hands:
        found.append(Hands(browser, place, who, shots, every=bool(os.environ.get("NINTEI_SCREENSHOTS")), **context))
        return found[-1]

    yield come
    for each in found:
        each.close()
    assert [error for each in found for error in each.errors] == []
    assert {name: said for each in found for name, said in each.violations.items()} == {}


def apply(vendor: Hands, email: str, system: str) -> str:
    """The application and the way in by the mailed link; the number of the case."""
    page = vendor.page
    vendor.go("/")
    vendor.look("start")
    page.locator("main a[href^='/apply']").first.click()
    vendor.look("apply")
    vendor.fill({**APPLICATION, "email": email, "system_name": system})
    vendor.look("apply-filled", axe=False)
    page.locator("main form .actions button").first.click()
    expect(page.locator("h1")).to_contain_text("確認")
    vendor.look("apply-check")
    page.locator("main button[name=step][value=send]:visible").click()
    page.wait_for_url("**/apply/done")
    vendor.look("apply-done")
    number = page.locator(".done__ref strong").inner_text()
    vendor.go(link_of(vendor.place.wait_for_mail(email, "review-1")))
    vendor.look("enter")
    page.fill("#password", VENDOR_PASSWORD)
    page.fill("#again", VENDOR_PASSWORD)
    page.locator("main form .actions button").first.click()
    page.wait_for_url("**/tasks*")
    vendor.look("home-first")
    return number


def test_two_people_click_their_way_from_application_to_certificate(place: Place, people: Callable[..., Hands]) -> None:
    vendor, first, second = people("vendor"), people("operator"), people("second")
    number = apply(vendor, "clicks@vendor.example.jp", "クリック入退場システム")
    first.sign_in(STAFF[0], STAFF_PASSWORD)
    second.sign_in(STAFF[1], STAFF_PASSWORD)
    first.colleague = second
    for step in steps_of("happy_path")[2:]:
        who = vendor if step["by"] == "vendor" else second if step.get("person") == "二次審査" else first
        shown = who.do(number, step["complete"], step.get("answer", {}))
        if step["complete"] == "connect_production":
            assert "production-secret" in shown
    place.records.settle(number)
    [certificate] = place.records.of(number, "certificate")
    public = people("public")
    public.go("/systems")
    public.look("systems")
    public.page.locator(f"main a[href$='/systems/{certificate['number']}']").first.click()
    public.page.wait_for_url(f"**/systems/{certificate['number']}")
    public.look("certificate")
    expect(public.page.locator("main")).to_contain_text("有効")
    for person in (vendor, first):
        for tab in ("flow", "timeline", "documents", "mail", "money", "answers", "messages"):
            person.go(f"/cases/{number}?tab={tab}")
            person.page.wait_for_load_state("networkidle")
            person.look(f"case-{tab}")
        person.go("/tasks")
        person.look("desk-at-the-end")


def test_it_works_without_scripts(place: Place, people: Callable[..., Hands]) -> None:
    vendor, first = people("plain", java_script_enabled=False), people("plain-staff", java_script_enabled=False)
    number = apply(vendor, "plain@vendor.example.jp", "スクリプトなしゲート")
    first.sign_in(STAFF[0], STAFF_PASSWORD)
    for step in steps_of("happy_path", until="second_review")[2:]:
        who = vendor if step["by"] == "vendor" else first
        who.do(number, step["complete"], step.get("answer", {}))
    place.records.settle(number)
    assert place.records.open(number) == ["second_review"]


def test_an_analyst_replaces_a_sample_and_applicants_read_it(place: Place, people: Callable[..., Hands]) -> None:
    for name, context in (("analyst", {}), ("plain-analyst", {"java_script_enabled": False})):
        analyst, wording = people(name, **context), f"認定証と一覧への掲載（{name}）"
        analyst.sign_in(ANALYST, STAFF_PASSWORD)
        analyst.look("desk")
        analyst.go("/settings")
        analyst.look("settings")
        lead = analyst.page.locator("a[href$='/apply.lead']")
        analyst.page.locator("details.fold", has=lead).locator("summary").click()  # a section is folded until one asks
        lead.click()
        analyst.look("setting")
        analyst.page.fill("#value", "")
        analyst.page.locator("main form .actions button").click()
        expect(analyst.page.locator("#value")).to_be_visible()  # nothing is not taken, with scripts or without
        analyst.page.fill("#value", wording)
        analyst.page.locator("main form .actions button").click()
        analyst.page.wait_for_url("**/apply.lead")
        expect(analyst.page.locator("main")).to_contain_text(wording)
        analyst.go("/apply")
        expect(analyst.page.locator("main")).to_contain_text(wording)


def test_an_operator_clears_the_list_by_keyboard_alone(place: Place, people: Callable[..., Hands]) -> None:
    vendor, first = people("keys-vendor"), people("keys-staff")
    number = apply(vendor, "keyboard@vendor.example.jp", "キー操作ゲート")
    for step in steps_of("happy_path", until="first_review")[2:]:
        vendor.do(number, step["complete"], step.get("answer", {}))
    first.sign_in(STAFF[0], STAFF_PASSWORD)
    task, page = first.task_of(number, "first_review"), first.page
    first.go(f"/tasks?scope=all&q={number}")
    before = page.locator(".filters select[name=element] option").all_text_contents()
    tab_to(page, "document.activeElement.closest('tbody') !== null")  # keys act in the list alone
    page.keyboard.press("j")
    expect(page.locator(":focus")).to_have_attribute("href", re.compile(task))
    page.keyboard.press("x")
    expect(page.locator("tbody input[type=checkbox]")).to_be_checked()
    page.keyboard.press("Enter")
    form = page.locator(f"main form[action*='/tasks/{task}']").first
    expect(form).to_be_visible()
    page.wait_for_function("document.activeElement.closest('.panes__detail') !== null")  # the task has the focus
    tab_to(page, "document.activeElement.name === 'outcome'")
    page.keyboard.press("Space")  # the first of the choices: passed
    tab_to(page, "document.activeElement.value === 'check'")
    page.keyboard.press("Enter")
    expect(page.locator(".panes__detail form[action*='/check']")).to_be_visible()
    tab_to(page, "document.activeElement.matches(\"main form[action*='/check'] button\")")
    page.keyboard.press("Enter")
    expect(page.locator(".panes__detail .done")).to_be_visible()
    expect(page.locator(f"[data-pane-link][href*='{task}']")).to_have_count(0)  # the list follows
    fresh = page.context.new_page()
    fresh.goto(f"/tasks?scope=all&q={number}")
    now = fresh.locator(".filters select[name=element] option").all_text_contents()
    assert now != before
    expect(page.locator(".filters select[name=element] option")).to_have_text(now)  # and what the filters count
    place.records.settle(number)
    assert place.records.open(number) == ["materials_requested"]


def tab_to(page: Page, there: str) -> None:
    """Press Tab until the focus is where the JavaScript says."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(there):
            return
    raise AssertionError(f"the keyboard does not come to {there}")


def test_it_works_by_keyboard_alone(place: Place, people: Callable[..., Hands]) -> None:
    vendor = people("keys")
    page = vendor.page
    vendor.go("/apply")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#main")  # first of all: past the head to the content
    page.keyboard.press("Enter")
    typed = {**APPLICATION, "email": "keys@vendor.example.jp", "system_name": "キーボードゲート"}
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || ''")
        if name == "consent":
            page.keyboard.press("Space")
        elif name in typed:
            page.keyboard.insert_text(str(typed[name]))
        elif page.evaluate("document.activeElement.matches('main form .actions button')"):
            break
    seen = page.evaluate("(each => each.outlineStyle + each.boxShadow)(getComputedStyle(document.activeElement))")
    assert seen != "nonenone", "one sees where one is"
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("確認")
    page.wait_for_load_state()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('main .actions button[value=send]')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/apply/done")
    number = page.locator(".done__ref strong").inner_text()
    vendor.go(link_of(place.wait_for_mail("keys@vendor.example.jp", "review-1")))
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type === 'password'"):
            page.keyboard.insert_text(VENDOR_PASSWORD)
        if page.evaluate("document.activeElement.matches('main form .actions button')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks*")
    place.records.settle(number)
    assert place.records.open(number) == ["company_profile"]
