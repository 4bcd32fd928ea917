"""Every list of records, and a record of each kind: held to WCAG 2.2 AA and to the width of a telephone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from admin.nouns import BY_MODEL
from app.engine import Engine
from tests.admin.populated import ADMIN, populate
from tests.browser.staffed import Office, office, sign_in
from tests.support.needs import needs
from tests.web.conftest import engine, open_site

__all__ = ["engine"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-records"), needs("chromium", "frontend")]

KINDS = sorted(kind.name for kind in BY_MODEL.values())
PARTS = 4


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory, engine: Engine, browser: Browser) -> Iterator[Office]:
    with office(populate(open_site(tmp_path_factory.mktemp("looked"), engine)), browser) as found:
        yield found


@pytest.fixture(scope="module")
def page(body: Office) -> Page:
    found = body.window()
    sign_in(found, ADMIN)
    found.wait_for_url("**/overview")
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_lists_and_records(part: int, body: Office, page: Page) -> None:
    for kind in KINDS[part::PARTS]:
        page.goto(f"/admin/{kind}/")
        body.look(page, twice=False)
        row = page.locator("table.record-table tbody tr th a").first
        if row.count():
            page.goto(str(row.get_attribute("href")))
            body.look(page, twice=False)
