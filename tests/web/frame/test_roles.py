"""Every route as everybody: who lacks its right is refused and changes nothing, who has it is not, and no page offers
what would be refused."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

from app.engine import Engine
from app.states import RIGHTS, Right
from app.web.frame import access
from tests.web.conftest import engine
from tests.web.doors import TELLS
from tests.web.frame import town as towns
from tests.web.frame.routes import right_of
from tests.web.frame.town import EVERYBODY, READING, Town, methods

__all__ = ["engine"]


# A route of the process designer runs portals of its own; what they answer is not ours to say here.
WITHIN = {"plays.within"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Town:
    return towns.found(tmp_path_factory.mktemp("town"), engine)


def may(town: Town, who: str, rule: Rule) -> bool:
    """Whether the table lets this person in."""
    wanted = right_of(rule.endpoint)
    role = town.role(who)
    if wanted == "public":
        return True
    return role is not None and any(Right[name] in RIGHTS[role] for name in wanted.split())


def test_every_route_is_named_with_the_right_that_it_declares(town: Town) -> None:
    app = town.site.app
    for rule in app.url_map.iter_rules():
        said = access.rule_of(app, rule.endpoint)
        names = " ".join(each.name if isinstance(each, Right) else each for each in said)
        assert names == right_of(rule.endpoint), rule.endpoint


def test_a_route_that_acts_needs_more_than_a_right_to_see(town: Town) -> None:
    for rule in town.site.app.url_map.iter_rules():
        acts = (rule.methods or set()) - READING
        if acts and rule.endpoint not in WITHIN:
            assert not right_of(rule.endpoint).startswith("SEE_"), rule.endpoint


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_lacks_the_right_is_refused_and_changes_nothing(town: Town, who: str) -> None:
    browser, known, before, tried = town.browser(who), town.known(), town.everything(), 0
    for rule in town.rules():
        if may(town, who, rule):
            continue
        for method in methods(rule):
            url = town.address(rule, known)
            answer = browser.open(url, method=method, data={"reason": "x", "step": "send", "answer": "yes"})
            expected = {302, 303, 401} if who == "visitor" else {403}
            assert answer.status_code in expected, (who, method, url, answer.status_code)
            tried += 1
    assert tried > (40 if who == "administrator" else 100) or who == "administrator"
    after = town.everything()
    assert {name for name in before if before[name] != after[name]} == set()


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_has_the_right_reads_and_is_offered_nothing_that_would_be_refused(town: Town, who: str) -> None:
    browser, known, offered = town.browser(who), town.known(), set()
    for rule in town.rules():
        if "GET" not in (rule.methods or set()) or not may(town, who, rule) or rule.endpoint in WITHIN | {"static"}:
            continue
        url = town.address(rule, known)
        answer = browser.get(url)
        assert answer.status_code < 500 or rule.endpoint in TELLS, (who, url, answer.text[:500])
        assert answer.status_code != 401 or who == "visitor", (who, url)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            offered |= {(url, *each) for each in offers(answer.text) if not would(town, who, each)}
        answer.close()  # a file that is not read to its end holds on to the database
    assert offered == set()


class _Offers(HTMLParser):
    """Gathers (method, address) of forms, buttons and links in the main part and the menu."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self.method = "GET"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.method = (given.get("method") or "get").upper()
            if given.get("action"):
                self.found.add((self.method, str(given["action"])))
        elif tag in {"button", "input"} and given.get("formaction"):
            self.found.add(((given.get("formmethod") or self.method).upper(), str(given["formaction"])))
        elif tag == "a" and given.get("href"):
            self.found.add(("GET", str(given["href"])))


def offers(page: str) -> set[tuple[str, str]]:
    parser = _Offers()
    parser.feed(page)
    return parser.found


def would(town: Town, who: str, offer: tuple[str, str]) -> bool:
    """Whether the route behind it lets this person in; what is no route of ours is not looked at."""
    method, address = offer
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return True
    try:
        rule, _ = town.site.app.url_map.bind("localhost").match(parts.path, method=method, return_rule=True)
    except RequestRedirect:
        return True
    except HTTPException:
        return re.match(r"/(static|demo)", parts.path) is not None
    return may(town, who, rule)
