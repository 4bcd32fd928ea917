"""The designer in a real browser over a throw-away portal: an analyst with a draft of the CCUS package."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Frame, Page
from werkzeug.serving import make_server

from app.connectors.pdf import Printer
from app.engine import Engine
from app.main import FONTS
from app.services.people import accounts
from app.services.workspaces import content
from tests.support.browser import PATIENCE, until
from tests.web.conftest import Site, open_site

ANALYST = "hanako@example.jp"
PACKAGE = "ccus_api_certification"
# What Japanese pages say in Latin letters: names of formats and products, keys, ids of the package, units.
NAMES = re.compile(
    r"Powered by bpmn\.io|BPMN|DMN|SVG|PNG|PDF|CSV|TOML|JSON|HTML|API|CCUS|URL|ID|IC|OK|Nintei|bpmn\.io|Webhook|POST|"
    r"https?|2xx|"
    r"Standard|Webhooks|NINTEI_WEBHOOK_ALLOW|Python|S-FEEL|FEEL|ISO|"
    r"[a-z][\w]*(?:[./:_-][\w*<>]+)+|`[^`]*`|\b[a-z_]+\b(?=）)|（[\w./:-]+）|[A-Z]|\d+[a-z]*"
)


@dataclass
class Desk:
    """One analyst's window on one draft."""

    site: Site
    page: Page
    url: str
    draft: int
    violations: list[str] = field(default_factory=list)

    def open(self, path: str, at: str = "") -> None:
        """The draft's page with one file open."""
        self.page.goto(f"{self.url}/designer/w/{self.draft}?file={path}" + (f"&at={at}" if at else ""))
        self.page.locator(".dc-panel, .dz-plain, textarea").first.wait_for()

    def saved(self, path: str) -> bytes:
        """The file as the draft holds it."""
        return content.files(self.site.bench.portal, self.draft)[path]

    def until(self, path: str, there: Any) -> bytes:
        """The file once it says so."""
        found: list[bytes] = [b""]

        def comes() -> bool:
            found[0] = content.files(self.site.bench.portal, self.draft).get(path, b"")
            return bool(there(found[0]))

        until(self.page, comes, f"{path} saying it", 2 * PATIENCE)
        return found[0]

    def latin(self) -> set[str]:
        """Words in Latin letters that a reader of Japanese meets, but for names and what the package itself says."""
        return latin(self.page.evaluate(SEEN))


def latin(texts: list[str]) -> set[str]:
    """Those that are no Japanese and no names."""
    return {text for text in texts if re.search(r"[A-Za-z]{2,}", NAMES.sub("", text)) and not _japanese(text)}


def _japanese(text: str) -> bool:
    return re.search(r"[ぁ-んァ-ヶ一-龠]", text) is not None


FOCUSED = """([selector, words]) => document.hasFocus() && !!document.activeElement?.matches(selector)
  && document.activeElement.textContent.includes(words)"""
SEEN = """() => {
  const found = new Set();
  const OWN = 'script,style,code,.dc-code,.cm-editor,[data-own],option,del,ins';
  const shown = (element) => element && element.getClientRects().length > 0;
  const walker = document.createTreeWalker(document.querySelector('#dz, main') ?? document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const text = node.textContent.trim();
    const at = node.parentElement;
    if (text && shown(at) && !at.closest(OWN)) found.add(text);
  }
  for (const element of document.querySelectorAll('[title],[placeholder],[aria-label],option'))
    for (const text of [element.title, element.placeholder, element.getAttribute('aria-label'),
                        element.tagName === 'OPTION' ? element.textContent : ''])
      if (text) found.add(text.trim());
  return [...found];
}"""


def tab_to(where: Page | Frame, selector: str, words: str = "") -> None:
    """By Tab alone, to what fits and says these words: on the page, or within one of its frames."""
    page = where if isinstance(where, Page) else where.page
    for _ in range(300):
        page.keyboard.press("Tab")
        if where.evaluate(FOCUSED, [selector, words]):
            return
    raise AssertionError(f"Tab never comes to {selector} {words}")


def choose(page: Page, selector: str, words: str) -> None:
    """By Tab to a choice and by the arrows to the one that says these words."""
    tab_to(page, selector)
    said = "document.activeElement.selectedOptions[0]?.text ?? ''"
    page.keyboard.press("Home")
    for _ in range(300):
        if words in page.evaluate(said):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{selector} never says {words}")


@contextmanager
def desk(folder: Path, engine: Engine, browser: Browser) -> Iterator[Desk]:
    """The portal, its server, and a window that is signed in."""
    site, printer = open_site(folder, engine), Printer(FONTS, workers=1)
    site.bench.portal = site.app.extensions["nintei"] = replace(site.bench.portal, printer=printer)
    accounts.add_staff(site.bench.portal, ANALYST, "分析 花子", ["analyst"], "a password for tests")
    client = site.person(ANALYST)
    draft = client.post("/designer/api/workspaces", json={"package": PACKAGE, "title": "見直し"}).get_json()["id"]
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    url = f"http://127.0.0.1:{server.port}"
    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1440, "height": 900})
    cookie = client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
    page = context.new_page()
    found = Desk(site, page, url, draft)
    page.expose_function("violated", lambda text: found.violations.append(text))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " e => window.violated(`${e.violatedDirective} ${e.blockedURI}`))"
    )
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        yield found
    finally:
        context.close()
        server.shutdown()
        running.join()
        printer.close()
    assert not errors, errors
    assert not found.violations, found.violations
