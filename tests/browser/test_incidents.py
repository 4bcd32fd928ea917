"""Ten incidents of one cause, mended at once in a browser: exactly the ticked rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from app.services.cases import applications
from app.states import JobState
from app.store import database
from app.store.models import Job
from tests.flow.conftest import make_place  # noqa: F401 - the fixture
from tests.flow.place import STAFF_PASSWORD, Place
from tests.flow.prepared import STAFF, add_staff, opened
from tests.services.conftest import APPLICATION
from tests.support.needs import needs

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-incidents"), needs("chromium", "frontend")]


def test_ten_incidents_of_one_cause_are_mended_at_once(browser: Browser, make_place: Callable[..., Place]) -> None:  # noqa: F811
    place = make_place()
    add_staff(place)
    with opened(place) as bench:
        for n in range(10):
            applications.apply(bench.portal, "ccus_api_certification", {**APPLICATION, "email": f"a{n}@example.com"})
        said = {"message": "The package has no mail %(mail)s", "params": {"mail": "x"}}
        with database.transaction():
            Job.update(state=JobState.INCIDENT, attempts=3, said=said).execute()
    place.start()
    context = browser.new_context(locale="ja-JP", base_url=place.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/attention")
    page.fill("#email", STAFF[0])
    page.fill("#password", STAFF_PASSWORD)
    page.click("main form button[type=submit]")
    expect(page.locator(".cause")).to_have_count(1)
    rows = page.locator(".cause tbody tr")
    expect(rows).to_have_count(10)
    again = page.get_by_role("button", name="選んだものをもう一度試す")
    expect(again).to_be_hidden()  # nothing is ticked yet
    page.locator("[data-select-all]").check()
    rows.nth(3).locator("input[type=checkbox]").uncheck()
    again.click()
    expect(page.locator(".flashes")).to_contain_text("9件をもう一度試しています")
    expect(page.locator(".cause tbody tr")).to_have_count(1)
