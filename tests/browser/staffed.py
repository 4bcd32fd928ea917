"""People of the body at real browsers over a portal in this process, on machines that can make passkeys; pages are held
to WCAG 2.2 AA and to the width of a telephone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from app.services.people import accounts
from tests.browser.axe import axe
from tests.browser.hands import NARROW, WIDE
from tests.support import server as servers
from tests.web.conftest import Site

PASSWORD = "a password for tests"
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


class Office:
    """The portal's address, and windows of people who look at it."""

    def __init__(self, site: Site, browser: Browser, base: str, stack: ExitStack) -> None:
        self.site, self.base = site, base
        self._browser, self._stack = browser, stack
        self.errors: list[str] = []
        self.seen: set[str] = set()

    def window(self) -> Page:
        """A browser of somebody's own, on a machine that has a finger to read."""
        context = self._browser.new_context(
            locale="ja-JP", timezone_id="Asia/Tokyo", base_url=self.base, viewport=WIDE, accept_downloads=True,  # type: ignore[arg-type]
        )  # fmt: skip
        self._stack.callback(context.close)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        device = context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        return page

    def comes(self, email: str, name: str, *roles: str) -> Page:
        """Somebody of the body with an account, signed in by the form."""
        accounts.add_staff(self.site.bench.portal, email, name, list(roles), PASSWORD)
        page = self.window()
        sign_in(page, email)
        return page

    def look(self, page: Page, *, twice: bool = True) -> None:
        """Hold the page to its rules, the first time that one of this address is seen. `twice`: on a telephone, too."""
        page.wait_for_load_state()
        address = page.url.partition("?")[0]
        if address in self.seen:
            return
        self.seen.add(address)
        found = axe(page)
        assert found == [], f"{page.url}: {found}"
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= NARROW["width"], f"{page.url} is {wide} pixels wide on a telephone"
        assert not twice or (found := axe(page)) == [], f"{page.url} on a telephone: {found}"
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """By address and password."""
    page.goto("/login")
    page.fill("#email", email)
    page.fill("#password", password)
    page.get_by_role("button", name="ログイン", exact=True).click()


@contextmanager
def office(site: Site, browser: Browser) -> Iterator[Office]:
    """The portal under a name of its own, as passkeys need it; no page may have an error in its scripts."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://localhost:{server.server_port}"
    object.__setattr__(site.bench.portal, "settings", replace(site.bench.portal.settings, base_url=base))
    try:
        with ExitStack() as stack:
            found = Office(site, browser, base, stack)
            yield found
        assert found.errors == []
    finally:
        server.shutdown()
        thread.join()


def command(folder: Path, *arguments: str, **more: str) -> str:
    """What `nintei <arguments>` prints, with the portal of this folder (none where it has no database)."""
    given = {
        "NINTEI_DATA_DIR": str(folder), "NINTEI_DATABASE_URL": f"sqlite:///{folder}/nintei.db",
        "NINTEI_SECRET_KEY": "only-for-this-test-run-0123456789-abcdef",
        **{f"NINTEI_{name.upper()}": value for name, value in more.items()},
    }  # fmt: skip
    done = servers.command(arguments, servers.inherited(given))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
