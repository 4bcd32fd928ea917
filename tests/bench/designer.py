"""The designer's pages in a browser: until each editor is there, as the first that a process is asked, and afterwards.

    python -m tests.bench.designer

A portal in a process of its own, Chromium beside it. From the press of the address until what the editor shows of its
file is there; what the portal was asked meanwhile, and its seconds of a processor. The aim is 2 s.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from app.main import open_portal
from app.services.packages import folders, terms
from app.services.people import accounts
from app.services.workspaces import making
from app.store import database
from config import settings as config
from tests.bench.served import PASSWORD, Person, processor
from tests.support.browser import browser
from tests.support.network import free_port
from tests.support.server import PROJECT, Server, settings_for, start

ROUNDS = 5
ANALYST = "hanako@example.jp"
PACKAGE = "ccus_api_certification"
SHOWN = ".dz-panel:not([hidden]) :is(.dc-panel h2, .ed-panel h2, .cm-content, .ed-table td, .ed-sections)"
PAGES = {
    "a diagram": "document_review.bpmn&at=first_review",
    "a form": "forms/first_review.form",
    "a table": "exam_outcome.dmn",
    "a mail": "mail/review-1.md",
    "package.toml": "package.toml",
}


def settled(folder: Path) -> tuple[dict[str, str], int]:
    """A portal with a draft of the certification: its settings, and the draft."""
    environment = settings_for(folder, free_port())
    portal = open_portal(config.load(environment))
    terms.put(portal, folders.read(PROJECT / "bpmn" / PACKAGE), terms.Act("bench"), None)
    who = accounts.actor_of(portal, accounts.add_staff(portal, ANALYST, "分析 花子", ["analyst"], PASSWORD))
    draft = making.make(portal, PACKAGE, None, "見直し", who)
    portal.engine.close()
    database.proxy.obj.close_all()
    return environment, draft


def shown(page: Any, server: Server, path: str) -> tuple[float, float, int]:
    """(seconds until it is there, the portal's seconds of a processor, requests)."""
    asked: list[Any] = []

    def note(request: Any) -> None:
        asked.append(request)

    page.on("request", note)
    before, began = processor(server), time.perf_counter()
    page.goto(path, wait_until="commit")
    page.locator(SHOWN).first.wait_for()
    took = time.perf_counter() - began
    page.remove_listener("request", note)
    return took, processor(server) - before, len(asked)


# What keeps the browser longer than 50 ms, from here on.
WATCH = """() => { window.long = [0];
  new PerformanceObserver((list) => window.long.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: "longtask" }); }"""
TYPED = {
    "a name on the canvas": ("document_review.bpmn&at=first_review", ".dc-panel [data-part=name] :is(input, textarea)"),
    "a mail": ("mail/review-1.md", ".cm-content"),
}


def blocked(page: Any, path: str, field: str) -> float:
    """The longest that the browser stood still while somebody typed, in milliseconds; 0: never more than 50."""
    page.goto(path, wait_until="commit")
    page.locator(SHOWN).first.wait_for()
    page.wait_for_timeout(1000)
    page.locator(f".dz-panel:not([hidden]) {field}").first.click()
    page.evaluate(WATCH)
    page.keyboard.type("abcdefghijklmnopqrstuvwxyz" * 2, delay=80)
    return float(page.evaluate("Math.max(...window.long)"))


def main() -> None:
    with tempfile.TemporaryDirectory() as place, browser() as opened:
        folder = Path(place)
        environment, draft = settled(folder)
        server = start(["run"], environment, folder / "nintei.log", environment["NINTEI_BASE_URL"], sys.executable)
        try:
            server.wait_ready()
            person = Person(server.url, ANALYST)
            context = opened.new_context(locale="ja-JP", base_url=server.url)
            context.add_cookies(
                [{"name": name, "value": value, "url": server.url} for name, value in person.cookies.items()]
            )
            page = context.new_page()
            page.set_default_timeout(30_000)
            print(f"  {'':14} first: s   portal's CPU s   then, middle of {ROUNDS}: s   portal's CPU s   requests")
            for name, file in PAGES.items():
                address = f"/designer/w/{draft}?file={file}"
                first = shown(page, server, address)
                then = [shown(page, server, address) for _ in range(ROUNDS)]
                middle = [statistics.median(each[part] for each in then) for part in range(3)]
                once = f"{first[0]:8.2f} {first[1]:16.2f}"
                print(f"  {name:14} {once} {middle[0]:24.2f} {middle[1]:16.2f} {middle[2]:10.0f}")
            for name, (file, field) in TYPED.items():
                stood = blocked(page, f"/designer/w/{draft}?file={file}", field)
                print(f"  typed, {name}: the browser stood still for {stood:.0f} ms")
            context.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
