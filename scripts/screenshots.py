"""Pictures of the main pages for docs/images, taken from a fresh demo in a throw-away folder.

    make screenshots
    python scripts/screenshots.py designer cards     those alone whose name begins so

Needs Debian's chromium and fonts-noto-cjk, and the test tools (playwright).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from playwright.sync_api import sync_playwright  # noqa: E402

from app.services.demo.walker import PASSWORD  # noqa: E402
from tests.support.browser import FLAGS  # noqa: E402
from tests.support.needs import chromium_path  # noqa: E402
from tests.support.network import free_port  # noqa: E402
from tests.support.server import command, settings_for, start  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Browser, Page

PACKAGE = "ccus_api_certification"
TEXTS = (".bpmn", ".toml", ".form", ".md", ".html", ".dmn")
BEFORE, AFTER = "first_review", "document_check"  # the step that the second release draws anew
IMAGES = PROJECT / "docs" / "images"
WIDE, BROAD, TALL, PHONE = (1280, 860), (1680, 1050), (1280, 1320), (390, 780)
# file, who, width, address, whole page
SHOTS = (
    ("apply", "", WIDE, "/apply", False),
    ("vendor-home", "midori@vendor.example", WIDE, "/tasks", False),
    ("vendor-home-phone", "midori@vendor.example", PHONE, "/tasks", False),
    ("vendor-task", "hokusei@vendor.example", WIDE, "task:reply_materials", False),
    ("worklist", "admin@nintei.example", WIDE, "/tasks?scope=all", False),
    ("review", "sato@nintei.example", WIDE, "task:first_review", False),
    ("case-diagram", "admin@nintei.example", TALL, "/cases/2026-0006", False),
    ("case-timeline", "admin@nintei.example", WIDE, "/cases/2026-0006?tab=timeline", False),
    ("payments", "tanaka@nintei.example", WIDE, "/payments", False),
    ("cards", "tanaka@nintei.example", WIDE, "/cards", False),
    ("register", "", WIDE, "/systems", False),
    ("certificate", "", WIDE, "/systems/CCUS-API-2026-0001", False),
    ("mails", "admin@nintei.example", WIDE, "/outbox", False),
    ("designer-workspace", "analyst@nintei.example", WIDE, "draft:document_review.bpmn", False),
    ("designer-canvas", "analyst@nintei.example", BROAD, "draft:document_review.bpmn&at=first_review", False),
    ("designer-decision", "analyst@nintei.example", BROAD, "draft:fees.dmn", False),
    ("designer-document", "analyst@nintei.example", BROAD, "draft:pdf/certificate.html", False),
    ("designer-fees", "analyst@nintei.example", WIDE, "draft:package.toml&at=fees.exam_fee.document", False),
    ("designer-values", "analyst@nintei.example", WIDE, "draft:package.toml&at=settings.body.name.value", False),
    ("designer-english", "analyst@nintei.example", WIDE, "draft:english.toml", False),
    ("designer-rename", "analyst@nintei.example", WIDE, "rename:mail/review-2.md", False),
    ("designer-form", "analyst@nintei.example", BROAD, "draft:forms/first_review.form&at=field:Field_outcome", False),
    ("designer-mail", "analyst@nintei.example", BROAD, "draft:mail/review-1.md", False),
    ("designer-settings", "analyst@nintei.example", TALL, "draft:package.toml&at=calendars.exam.capacity", False),
    ("designer-play", "analyst@nintei.example", TALL, "play:second_review", False),
    ("designer-release", "analyst@nintei.example", TALL, "changed:mail/review-1.md", False),
    ("designer-scenarios", "analyst@nintei.example", TALL, "walked:", False),
    ("designer-start", "analyst@nintei.example", WIDE, "/designer", False),
    ("designer-compare", "analyst@nintei.example", TALL, f"second:/designer/compare/{PACKAGE}/1/2", False),
    ("designer-take-in", "analyst@nintei.example", TALL, "second:take-in", False),
    ("designer-history", "analyst@nintei.example", TALL, f"second:/designer/releases/{PACKAGE}", False),
    ("designer-about", "analyst@nintei.example", TALL, "second:about", False),
    ("designer-moves", "admin@nintei.example", TALL, f"second:/designer/moves/{PACKAGE}/2", False),
    ("designer-beside", "admin@nintei.example", TALL, f"second:beside:/designer/moves/{PACKAGE}/2", False),
    ("designer-moved", "admin@nintei.example", TALL, f"second:moved:/designer/moves/{PACKAGE}/2", False),
    ("case-mend", "admin@nintei.example", TALL, "/cases/2026-0004/mend", False),
)


def main(*beginnings: str) -> None:
    """Take those whose name begins so; without any, all."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        place, port = Path(folder), free_port()
        shutil.copytree(PROJECT / "bpmn", place / "bpmn")
        settings = settings_for(place, port, demo="yes", plays="1", packages_dir=str(place / "bpmn"))
        server = start(["run", "--demo"], settings, place / "log", settings["NINTEI_BASE_URL"])
        try:
            server.wait_ready(300)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=str(chromium_path()), args=list(FLAGS))
                for name, who, size, address, whole in (each for each in SHOTS if each[0].startswith(beginnings or "")):
                    if address.startswith("second:"):
                        _second(place, settings)
                    _shoot(browser, server.url, name, who, size, address.removeprefix("second:"), whole)
                browser.close()
        finally:
            server.stop()


def _shoot(browser: Browser, base: str, name: str, who: str, size: tuple[int, int], address: str, whole: bool) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="ja-JP")
    page = context.new_page()
    if who:
        page.goto(f"{base}/login")
        page.fill("#email", who)
        page.fill("#password", PASSWORD)
        page.click("main form button[type=submit]")
        page.wait_for_url(lambda address: "/login" not in address)
    if address.startswith("draft:"):
        _draft(page, base, address.removeprefix("draft:"))
    elif address.startswith("play:"):
        _play(page, base, address.removeprefix("play:"))
    elif address.startswith("rename:"):
        _rename(page, base, address.removeprefix("rename:"))
    elif address.startswith("changed:"):
        _changed(page, base, address.removeprefix("changed:"))
    elif address == "walked:":
        _walked(page, base)
    elif address in ("take-in", "about"):
        page.goto(f"{base}{_first(page, base)}/{address}")
    elif address.startswith(("beside:", "moved:")):
        kind, _, place = address.partition(":")
        _moving(page, base + place, apart=kind == "beside")
    else:
        page.goto(base + (_task(page, base, address) if address.startswith("task:") else address))
    if page.locator("[data-diagram]:visible").count():
        page.locator("[data-diagram]:visible").last.locator(".djs-container svg").first.wait_for()
    page.screenshot(path=str(IMAGES / f"{name}.png"), full_page=whole)
    print(f"docs/images/{name}.png")
    page.goto("about:blank")  # nobody has the file open any more
    context.close()


def _draft(page: Page, base: str, file: str) -> None:
    """A file of the first draft."""
    page.goto(f"{base}{_first(page, base)}?file={file}")
    drawn = ".djs-container svg, .cm-content, .ed-panel, .ed-sections, .ed-table td, .ed-english"
    page.locator(f".dz-panel:not([hidden]) :is({drawn})").first.wait_for()
    if file.startswith("pdf/"):
        page.locator(".ed-sheet").first.wait_for(timeout=60_000)
    page.wait_for_timeout(2000)  # fonts and the list of problems


def _first(page: Page, base: str) -> str:
    """The address of the demo's own draft."""
    page.goto(f"{base}/designer")
    return page.locator("a[href^='/designer/w/']").last.get_attribute("href") or ""


def _rename(page: Page, base: str, file: str) -> None:
    """What changes with a file's name."""
    _draft(page, base, file)
    page.locator(".dz-panel:not([hidden])").get_by_role("button", name="名前を変える").click()
    page.locator("#dz-rename").fill("more-documents")
    page.get_by_role("button", name="進む").click()
    page.get_by_role("button", name="すべて変える").wait_for(timeout=60_000)


def _walked(page: Page, base: str) -> None:
    """The scenarios of a draft without a fault, walked."""
    page.goto(f"{base}/designer")
    page.locator("details:has(#title-1) summary").click()
    page.fill("#title-1", "確かめの見直し")
    page.locator("form[action='/designer/make'] button").first.click()
    page.wait_for_url("**/designer/w/*")
    page.goto(f"{page.url.split('?')[0]}/scenarios")
    page.get_by_role("button", name="すべての確かめをたどる").click(timeout=180_000, no_wait_after=True)
    page.get_by_text("書かれたとおりになりました").first.wait_for(timeout=180_000)


def _moving(page: Page, address: str, *, apart: bool) -> None:
    """The step that was drawn anew is said to be the same; then both diagrams of a case, or the move itself."""
    page.goto(address)
    for question in page.locator("select[name^='d:']").all():
        options = question.locator("option")
        fitting = options.filter(has_text="書類審査（1次）").first
        question.select_option(value=fitting.get_attribute("value"))
    page.get_by_role("button", name="この答えでためす").click()
    page.get_by_label("理由").wait_for()
    if apart:
        page.locator("tr", has_text="2026-0002").get_by_role("link", name="図を並べて見る").click()
        return
    page.get_by_label("理由").fill("一次審査を描き直したため")
    page.get_by_role("button", name="選んだ案件を移す").click()
    page.get_by_role("button", name="移行を元に戻す").wait_for(timeout=120_000)


def _play(page: Page, base: str, until: str) -> None:
    """The release in force is tried; a case has walked to the step."""
    page.goto(f"{base}/designer")
    page.get_by_role("button", name="試す").first.click()
    page.locator("#pl-until").wait_for(timeout=120_000)
    page.locator("#pl-scenario").select_option(value="happy_path")
    page.locator("#pl-until").select_option(value=until)
    page.locator("#pl-walk button").click()
    page.locator("#pl-cases .pl-kind").wait_for(timeout=120_000)
    page.frame_locator("#pl-frame-2").locator("h1", has_text="書類審査").wait_for()
    page.locator("h1").scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(2000)  # fonts


def _changed(page: Page, base: str, file: str) -> None:
    """The page of release of a draft in which this text was changed."""
    page.goto(f"{base}/designer")
    page.locator("details:has(#title-1) summary").click()
    page.fill("#title-1", "一次審査のお知らせの文面")
    page.locator("form[action='/designer/make'] button").first.click()
    page.wait_for_url("**/designer/w/*")
    here = page.url.split("?")[0]
    page.goto(f"{here}?file={file}")
    page.locator(".dz-panel:not([hidden]) .cm-content").click()
    page.keyboard.press("Control+End")
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.keyboard.type("\nご不明な点は、このメールへの返信でお尋ねください。\n")
    page.goto(f"{here}/release")


def _second(place: Path, settings: Mapping[str, str]) -> None:
    """A second release, once: the first review is drawn anew under another id."""
    folder = place / "bpmn" / PACKAGE
    if (folder / "forms" / f"{AFTER}.form").exists():
        return
    for file in [each for each in folder.rglob("*") if each.is_file()]:
        if file.suffix in TEXTS:
            file.write_bytes(file.read_bytes().replace(BEFORE.encode(), AFTER.encode()))
        file.rename(file.with_name(file.name.replace(BEFORE, AFTER)))
    people = ["--by", "高橋 悠", "--approved-by", "管理 太郎"]
    said = command(["release", str(folder), "--note", "一次審査を描き直したため", *people], settings, 300)
    if said.returncode:
        raise SystemExit(said.stdout + said.stderr)


def _task(page: Page, base: str, address: str) -> str:
    """The address of the first open task of this element that the person sees."""
    page.goto(f"{base}/cases?state=open")
    numbers = page.eval_on_selector_all("a[href^='/cases/20']", "links => links.map(link => link.getAttribute('href'))")
    for number in dict.fromkeys(link.split("?")[0] for link in numbers):
        page.goto(f"{base}{number}/tasks/{address.removeprefix('task:')}")
        if "/tasks/" in page.url and not page.url.endswith(address.removeprefix("task:")):
            return page.url.removeprefix(base)
    raise SystemExit(f"no open task {address}")


if __name__ == "__main__":
    main(*sys.argv[1:])
