"""A large file over a line that breaks: the page says so, goes on by itself, and sends nothing twice."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.flow.conftest import make_place  # noqa: F401 - the fixture
from tests.flow.driver import APPLICATION, VENDOR_PASSWORD
from tests.flow.place import Place
from tests.flow.prepared import add_staff
from tests.flow.walking import BPMN, steps_of
from tests.support.line import Line
from tests.support.needs import needs
from tests.support.network import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-uploads"), needs("chromium", "frontend")]

FIELD = "registry_certificate"
EMAIL = "large@vendor.example.jp"
MEGABYTE = 1 << 20
SIZE = 30 * MEGABYTE
# What goes to the server beside the file: headers, drafts, pages.
AROUND = MEGABYTE


@pytest.fixture(scope="module")
def place(make_place: Callable[..., Place], tmp_path_factory: pytest.TempPathFactory) -> Place:  # noqa: F811
    """A portal whose form of `submit_documents` takes files of 40 MB."""
    packages = tmp_path_factory.mktemp("packages") / "bpmn"
    shutil.copytree(BPMN, packages)
    path = packages / "ccus_api_certification/forms/submit_documents.form"
    form = json.loads(path.read_text(encoding="utf-8"))
    [field] = [each for each in form["components"] if each.get("key") == FIELD]
    field.setdefault("properties", {})["maxSizeMb"] = "40"
    path.write_text(json.dumps(form, ensure_ascii=False), encoding="utf-8")
    found = make_place(packages_dir=str(packages))
    add_staff(found)
    return found.start()


@pytest.fixture(scope="module")
def number(place: Place) -> str:
    """A case of which `submit_documents` is open."""
    vendor = place.vendor(EMAIL)
    found = vendor.apply({**APPLICATION, "email": EMAIL})
    vendor.enter(place.wait_for_mail(EMAIL, "review-1"))
    for step in steps_of("happy_path", until="submit_documents")[2:]:
        assert step["by"] == "vendor"
        vendor.do(found, step["complete"], step.get("answer", {}))
    return found


@pytest.fixture
def line(place: Place) -> Iterator[Line]:
    found = Line(int(urlsplit(place.url).port or 0))
    yield found
    found.close()


@pytest.fixture
def context(browser: Browser, line: Line) -> Iterator[BrowserContext]:
    found = browser.new_context(locale="ja-JP", base_url=line.url, viewport={"width": 1280, "height": 900})
    yield found
    found.close()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "大きな登記.pdf"
    path.write_bytes(b"%PDF-1.7\n" + os.urandom(SIZE - 9))
    return path


def open_form(context: BrowserContext, number: str) -> Page:
    page = context.new_page()
    page.goto(f"/cases/{number}/tasks/submit_documents")
    if page.locator("#email").count():
        page.fill("#email", EMAIL)
        page.fill("#password", VENDOR_PASSWORD)
        page.click("main form button[type=submit]")
    expect(page.locator(f"#f-{FIELD}")).to_be_visible()
    return page


def drafts(place: Place) -> list[Any]:
    return [json.loads(row["values"]) for row in place.records.rows('SELECT "values" FROM draft')]


def received(place: Place) -> int:
    rows = place.records.rows("SELECT max(received) AS most FROM part")
    return int(rows[0]["most"] or 0)


def test_a_session_that_ended_is_said_and_after_a_new_sign_in_the_file_goes_on(
    place: Place, number: str, context: BrowserContext, tmp_path: Path
) -> None:
    page = open_form(context, number)
    field = page.locator(f"[data-field='{FIELD}']")
    context.clear_cookies()
    small = tmp_path / "小さな登記.pdf"
    small.write_bytes(b"%PDF-1.7\n" + os.urandom(9))
    page.locator(f"#f-{FIELD}").set_input_files(small)
    expect(field).to_contain_text("ログイン")
    open_form(context, number).close()  # signs in, in another window
    field.get_by_role("button", name="もう一度試す").click()
    expect(field).to_contain_text("添付しました")
    expect(page.locator("[data-draft-status]")).to_contain_text("保存しました")
    field.get_by_role("button", name="削除").click()
    wait_until(lambda: small.name not in str(drafts(place)), 60, "the draft without the file")


def test_refused_files_give_way_to_the_next_choice(
    place: Place, number: str, context: BrowserContext, tmp_path: Path
) -> None:
    field = open_form(context, number).locator(f"[data-field='{FIELD}']")
    picture, program, paper = tmp_path / "登記.heic", tmp_path / "登記.exe", tmp_path / "正しい登記.pdf"
    picture.write_bytes(b"ftypheic")
    program.write_bytes(b"MZ")
    paper.write_bytes(b"%PDF-1.7\n" + os.urandom(9))
    field.locator(f"#f-{FIELD}").set_input_files(picture)
    expect(field.locator(".f-file.f-error, .f-file .f-error")).to_contain_text("受け付けられる種類")
    field.locator(f"#f-{FIELD}").set_input_files(program)
    expect(field.locator(".f-file")).to_have_count(1)
    expect(field.locator(".f-file")).to_contain_text("登記.exe")
    field.locator(f"#f-{FIELD}").set_input_files(paper)
    expect(field).to_contain_text("添付しました")
    expect(field.locator(".f-file")).to_have_count(1)
    field.get_by_role("button", name="削除").click()
    wait_until(lambda: paper.name not in str(drafts(place)), 60, "the draft without the file")


def test_a_file_goes_on_after_a_lost_line_a_closed_window_and_a_power_cut(
    place: Place, number: str, line: Line, context: BrowserContext, large: Path
) -> None:
    page = open_form(context, number)
    field = page.locator(f"[data-field='{FIELD}']")
    before = line.sent

    line.cut_after(8 * MEGABYTE)
    page.locator(f"#f-{FIELD}").set_input_files(large)
    expect(field).to_contain_text("通信が切れています")
    wait_until(lambda: received(place) > 5 * MEGABYTE, 60, "what the portal notes of the pieces that it has")
    first = received(place)
    assert first <= 8 * MEGABYTE
    line.mend()  # nobody presses anything: it goes on by itself
    wait_until(lambda: received(place) > first, 60, "going on by itself")

    line.cut_after(10 * MEGABYTE)
    wait_until(lambda: line.is_cut, 60, "the second cut")
    page.close()
    place.kill()
    second = received(place)
    assert first < second < SIZE
    place.start()
    line.mend()

    page = open_form(context, number)
    field = page.locator(f"[data-field='{FIELD}']")
    expect(field).to_contain_text("「大きな登記.pdf」は途中まで送られています")
    page.locator(f"#f-{FIELD}").set_input_files(large)
    expect(field.locator("input[type=hidden]")).to_have_count(1, timeout=120_000)
    expect(field).not_to_contain_text("途中まで")
    wait_until(lambda: large.name in str(drafts(place)), 60, "the draft with the file")

    # A cut costs at most the piece that was on its way, on both sides of the relay.
    assert line.sent - before < SIZE + 2 * MEGABYTE + AROUND
    rows = place.records.of(number, "document", f"draft AND filename = '{large.name}'")
    assert [row["size"] for row in rows] == [SIZE]
    assert rows[0]["digest"] == hashlib.sha256(large.read_bytes()).hexdigest()
    assert not list((place.data / "parts").iterdir())
    assert page.evaluate("Object.keys(localStorage).filter(each => /^(tus::|nintei:begun:)/.test(each))") == []
