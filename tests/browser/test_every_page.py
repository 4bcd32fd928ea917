"""One page of every route, as each kind of person comes to it by links in the demo: held to WCAG 2.2 AA by axe-core, to
the width of a phone, to a page's weight, and to no error of its scripts.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Response, expect
from playwright.sync_api import Error as PlaywrightError
from werkzeug.exceptions import NotFound
from werkzeug.routing import MapAdapter, RequestRedirect

from admin import add_admin
from app.engine import Engine
from app.services.demo.walker import PASSWORD
from tests.browser.hands import Hands
from tests.flow.place import Place
from tests.services.conftest import engine  # noqa: F401 - the fixture
from tests.support import demo
from tests.support import server as servers
from tests.support.mail import mail_server
from tests.support.needs import needs
from tests.support.network import wait_until
from tests.web.conftest import open_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-pages"), needs("chromium", "frontend")]

PEOPLE = {
    "anybody": "",
    "administrator": "admin@nintei.example",
    "operator": "tanaka@nintei.example",
    "vendor": "fujimi@vendor.example",
    "agent": "minato@agent.example",
    "analyst": "analyst@nintei.example",
}
STARTS = [
    "/",
    "/login",
    "/tasks",
    "/tasks?scope=all",
    "/cases",
    "/systems",
    "/account",
    "/apply",
    "/settings",
    "/admin/",
]
# Parts of a page that are pages of their own kind.
KINDS = re.compile(r"(?:^|&)(tab|state|scope)=([a-z]*)")
# Routes whose pages are not pages: a mail as it was sent, and what a browser takes down or shows by itself.
NOT_PAGES = {"static", "case_files.mail_body", "demo.styleguide"}
# What must not be asked for: who asks is signed out.
AWAY = {"security.logout"}
# Of the demo's cases, by number: those that come after have got further, but to no page of another kind.
CASES = range(1, 8)
# Tables of the records look alike: a list and a record are enough.
ALIKE = re.compile(r"^records_\w+\.")


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> MapAdapter:  # noqa: F811
    site = open_site(tmp_path_factory.mktemp("routes"), engine)
    add_admin(site.app, site.bench.portal)
    return site.app.url_map.bind("localhost")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("demo")
    packages = demo.short(folder / "packages", CASES)
    with mail_server() as mailbox:
        found = Place(folder, mailbox, demo="yes", packages_dir=str(packages))
        found.clock.set(found.clock.now() - found.clock.shift)  # the demo's cases end at this very day
        found.server = servers.start(["run", "--demo"], found.environment, found.folder / "nintei.log", found.url)
        try:
            found.server.wait_ready(300)
            yield found
        finally:
            found.stop()


def kind_of(routes: MapAdapter, url: str) -> str:
    """What sort of page the address is; empty when it is none that is looked at."""
    path, _, query = url.partition("#")[0].partition("?")
    try:
        endpoint = str(routes.match(path)[0])
    except (NotFound, RequestRedirect):
        return ""
    if endpoint in NOT_PAGES or "lang=" in query:
        return ""
    return ALIKE.sub("records.", endpoint) + "".join(f" {key}={value}" for key, value in KINDS.findall(query))


def unasked(routes: MapAdapter) -> list[str]:
    """Every page whose address has no part to fill in: some are linked only when there is something to say."""
    rules = (rule for rule in routes.map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ()))
    found = sorted(rule.rule for rule in rules if not ALIKE.match(rule.endpoint) and rule.endpoint not in AWAY)
    return [path for path in found if path not in STARTS]


def walk(person: Hands, routes: MapAdapter, seen: Counter[str]) -> None:
    """Follow links to one page of each kind that this person has not seen."""
    guessed = unasked(routes)
    ahead, own, turned = deque([*STARTS, *guessed]), set(), set()
    while ahead:
        url = ahead.popleft()
        kind = kind_of(routes, url)
        if not kind or kind in own:
            continue
        if kind in turned and kind_of(routes, leads(person, url)) in own:
            continue
        answer = came(person, url)
        if answer is None:
            own.add(kind)  # what a browser takes down is taken down by each address of its route
            continue
        if answer.status in (401, 403) or "text/html" not in answer.headers.get("content-type", ""):
            continue
        if answer.request.redirected_from is not None:
            turned.add(kind)
            url = answer.url.removeprefix(person.place.url)
            kind = kind_of(routes, url)
            if not kind or kind in own:
                continue
        if url in guessed and answer.status in (404, 422):
            continue  # there only where the portal is set up so, or for whoever comes back from elsewhere
        assert answer.status == 200, f"{person.who}: {url} says {answer.status}"
        own.add(kind)
        seen[kind] += 1
        if person.page.locator("[data-diagram]").count():
            expect(person.page.locator("[data-diagram] .djs-container svg").first).to_be_visible()
        person.look(kind)
        links = person.page.eval_on_selector_all("a[href]", "all => all.map(each => each.getAttribute('href'))")
        path = url.partition("?")[0]
        ahead.extend(path + link if link.startswith("?") else link for link in links if link[:1] in "/?")


def leads(person: Hands, url: str) -> str:
    """Where the address sends whoever asks for it; the address itself, if it does not."""
    answer = person.context.request.head(url, max_redirects=0)
    return str(answer.headers.get("location", url)).removeprefix(person.place.url)


def came(person: Hands, url: str) -> Response | None:
    """What comes of asking for an address; nothing where the browser takes it down."""
    try:
        return person.page.goto(url)
    except PlaywrightError as error:
        if "Download is starting" not in str(error) and "net::ERR_ABORTED" not in str(error):
            raise
        return None


@pytest.mark.parametrize("who", list(PEOPLE))
def test_every_page_is_one_that_everybody_can_read(
    who: str, browser: Browser, place: Place, routes: MapAdapter, tmp_path: Path
) -> None:
    person = Hands(browser, place, who, tmp_path)
    try:
        if PEOPLE[who]:
            person.sign_in(PEOPLE[who], PASSWORD)
        seen: Counter[str] = Counter()
        walk(person, routes, seen)
        assert person.errors == []
        assert "\n".join(f"{name}: {said}" for name, said in person.violations.items()) == ""
        assert len(seen) >= (6 if who == "anybody" else 12), f"few pages were found: {sorted(seen)}"
    finally:
        person.close()


def test_what_does_not_work_is_said_on_pages_that_everybody_can_read(
    browser: Browser, place: Place, tmp_path: Path
) -> None:
    """The mail server is away, then refuses a letter; somebody guesses passwords: as operators and administrators see
    it."""
    clerk, stranger = place.operator(PEOPLE["operator"], PASSWORD), place.visitor()
    with place.mail_server_down():
        for email in (PEOPLE["vendor"], PEOPLE["agent"]):
            stranger.get("/password").form(field="email").fill("email", email).press()
        for _ in range(12):
            form = stranger.get("/login").form(field="password") if stranger.get("/login").status == 200 else None
            if form is not None:
                form.fill("email", PEOPLE["vendor"]).fill("password", "not the password").press()
        wait_until(lambda: "メールを送れていません" in clerk.get("/attention").text, 60, "the outage on the page")
        look(browser, place, "operator", tmp_path, ["/attention", "/tasks?scope=all"])
        look(browser, place, "administrator", tmp_path, ["/attention", "/sign-ins", "/company/claims"])
        place.mailbox.trouble = ["554 5.7.1 looks like spam"]
    place.clock.ahead(minutes=10)
    wait_until(lambda: bool(clerk.get("/attention").tree.xpath("//form//table")), 60, "the refused letter on the page")
    look(browser, place, "operator", tmp_path, ["/attention"])


def look(browser: Browser, place: Place, who: str, shots: Path, paths: list[str]) -> None:
    """These pages, as somebody sees them in a browser."""
    person = Hands(browser, place, who, shots)
    try:
        person.sign_in(PEOPLE[who], PASSWORD)
        for path in paths:
            person.go(path)
            person.look(f"trouble {path}")
        assert (person.errors, dict(person.violations)) == ([], {})
    finally:
        person.close()
