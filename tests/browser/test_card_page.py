"""The open card desk page in Chromium: it shows a card when the agent tells of it, and is quiet while it is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.engine import Engine
from app.services.agents import desks as cardagents
from app.services.base.actors import Actor
from app.states import Side
from hardware.agent import Server
from tests.services.conftest import engine
from tests.support.needs import needs
from tests.support.network import wait_until
from tests.web.cards.test_card_news import Office, office

__all__ = ["engine"]
pytestmark = [pytest.mark.browser, needs("chromium", "frontend")]

ADMIN = Actor(None, "管理者", Side.OPERATOR, frozenset({"administrator"}))
UID = "F0010203040506"
LYING = {"reader": "R1", "card": {"uid": UID, "serial": "", "life_cycle": "blank", "profile": "CCUS-TEST v1"}}
EMPTY = {"reader": "R1", "code": "no_card"}
HIDDEN = """(hidden) => {
  Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def there(tmp_path: Path, engine: Engine) -> Iterator[Office]:
    with office(tmp_path, f"sqlite:///{tmp_path}/nintei.db", engine) as found:
        yield found


@pytest.fixture
def agent(there: Office) -> Server:
    """The line of a desk's agent."""
    token = cardagents.add(there.site.bench.portal, "窓口1", ADMIN)
    line = Server(f"http://127.0.0.1:{there.port}", token)
    line.post("beat", EMPTY)
    return line


@pytest.fixture
def page(there: Office, agent: Server, browser: Browser) -> Iterator[Page]:
    """The open desk page of a member of the staff, waiting for news."""
    context = browser.new_context(locale="ja-JP")
    name, _, value = there.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{there.port}"}])
    found = context.new_page()
    found.goto(f"http://127.0.0.1:{there.port}/cards")
    wait_until(lambda: there.room.inside == 1, 20, "the page's waiting")
    yield found
    context.close()


def test_a_card_is_shown_when_it_is_put_on_and_gone_when_it_is_taken_off(page: Page, agent: Server) -> None:
    desks = page.locator("#desks-live")
    expect(desks).not_to_contain_text(UID)
    agent.post("beat", LYING)
    expect(desks).to_contain_text(UID)
    agent.post("beat", EMPTY)
    expect(desks).not_to_contain_text(UID)


def test_a_hidden_page_gives_its_place_back_and_is_up_to_date_when_it_is_seen_again(
    page: Page, agent: Server, there: Office
) -> None:
    page.evaluate(HIDDEN, True)
    wait_until(lambda: there.room.inside == 0, 20, "the place's return")
    agent.post("beat", LYING)
    expect(page.locator("#desks-live")).not_to_contain_text(UID)
    page.evaluate(HIDDEN, False)
    expect(page.locator("#desks-live")).to_contain_text(UID)
    wait_until(lambda: there.room.inside == 1, 20, "the page's waiting")


def test_a_part_in_which_somebody_works_is_left_alone_until_they_leave_it(page: Page, agent: Server) -> None:
    page.evaluate("""() => {
      const field = document.createElement("input");
      document.querySelector("#desks-live").append(field);
      field.focus();
    }""")
    with page.expect_response(lambda answer: answer.url.endswith("/cards")):
        agent.post("beat", LYING)
    expect(page.locator("#desks-live input")).to_be_focused()
    page.locator("#desks-live input").blur()
    expect(page.locator("#desks-live")).to_contain_text(UID)
