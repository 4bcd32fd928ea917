"""The card pages: desks that are there, a task's batch, what is coming, overdue loans, and what comes back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.services.demo.walker import Walker
from app.services.people import accounts
from app.store import database
from app.store.models import Card
from hardware.agent import Server
from tests.fakes.printer import FakePrinter
from tests.services.cardbench import drain, make_agent, rack_of, rows, served, waiting
from tests.services.steps import go, task
from tests.web.conftest import Site
from tests.web.desk_support import text


def at_time_of(site: Site, walker: Walker) -> None:
    site.app.extensions["nintei"] = walker.portal


@pytest.fixture
def admin(site: Site) -> FlaskClient:
    accounts.add_staff(site.bench.portal, "kanri@example.jp", "管理", ["administrator"], "a password for tests")
    return site.person("kanri@example.jp")


def token_of(page: str) -> str:
    found = re.search(r"ncd_[\w-]+", page)
    assert found is not None
    return found[0]


def test_an_administrator_makes_a_desks_token_which_is_shown_once(site: Site, admin: FlaskClient) -> None:
    made = admin.post("/cards/desks", data={"name": "窓口1"})
    assert made.status_code == 200
    token = token_of(made.text)
    page = admin.get("/cards")
    assert "窓口1" in page.text
    assert token not in page.text
    again = admin.post("/cards/desks", data={"name": "窓口1"}, follow_redirects=True)
    assert "ncd_" not in again.text
    revoked = admin.post("/cards/desks/revoke", data={"name": "窓口1"}, follow_redirects=True)
    assert revoked.status_code == 200
    assert "窓口1" not in text(admin.get("/cards"))


def test_only_administrators_make_tokens(site: Site) -> None:
    assert site.operator().post("/cards/desks", data={"name": "窓口1"}).status_code == 403
    assert site.operator().post("/cards/desks/revoke", data={"name": "窓口1"}).status_code == 403


def test_the_page_shows_which_card_lies_where_and_the_batch_how_far_it_is(
    tmp_path: Path, site: Site, admin: FlaskClient
) -> None:
    walker = waiting(site.bench)
    at_time_of(site, walker)
    task_id = task(walker, "post_test_cards").id
    token = token_of(admin.post("/cards/desks", data={"name": "窓口1"}).text)
    batch = site.operator().get(f"/cards/batch/{task_id}")
    assert batch.status_code == 200
    assert 'data-signal="away"' in batch.text
    with served(site.app) as url:
        agent = make_agent(tmp_path / "agent", Server(url, token), token, rack_of(tmp_path))
        agent.once()
        batch = site.operator().get(f"/cards/batch/{task_id}")
        assert rows()[0].serial in batch.text
        drain(agent)
    page = site.operator().get("/cards")
    assert "窓口1" in page.text
    assert "rack A" in page.text
    batch = site.operator().get(f"/cards/batch/{task_id}").text
    assert f"/tasks/{task_id}" in batch


def test_a_task_without_cards_has_no_batch(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    assert site.operator().get(f"/cards/batch/{task(walker, 'first_review').id}").status_code == 404
    assert site.operator().get("/cards/batch/nothing").status_code == 404


def lend(walker: Walker) -> Card:
    with database.transaction():
        for row in Card.select():
            row.state, row.lent_on = "lent", walker.portal.today() - timedelta(days=200)
            row.due_back = walker.portal.today() - timedelta(days=3)
            row.save()
    return rows()[0]


def test_overdue_loans_are_reminded_of_once_a_day(site: Site) -> None:
    walker = waiting(site.bench)
    site.bench.drain(walker.portal)
    at_time_of(site, walker)
    lend(walker)
    staff = site.operator()
    assert f"/cards/remind/{walker.number}" in staff.get("/cards").text
    for _ in range(2):
        assert staff.post(f"/cards/remind/{walker.number}").status_code == 303
    site.bench.drain(walker.portal)
    assert site.bench.mailbox.ids.count("cards-overdue") == 1


def test_a_card_in_the_hand_is_taken_back_checked_and_wiped_in_one_go(site: Site) -> None:
    walker = waiting(site.bench)
    site.bench.drain(walker.portal)
    at_time_of(site, walker)
    card = lend(walker)
    staff = site.operator()
    assert staff.post(f"/cards/{card.serial}/back", data={"sure": "yes"}).status_code == 303
    site.bench.drain(walker.portal)
    assert rows()[0].state == "wiped"
    assert staff.post(f"/cards/{card.serial}/back", data={"sure": "yes"}).status_code == 303
    assert rows()[0].state == "wiped", "a wiped card is not on loan"


def test_the_coming_exams_say_how_many_cards_they_need(site: Site) -> None:
    walker = go(site.bench, until="post_exam_cards")
    at_time_of(site, walker)
    page = site.operator().get("/cards").text
    assert walker.number in page


def test_labels_open_as_a_pdf_for_the_staff_alone(site: Site) -> None:
    walker = waiting(site.bench)
    site.app.extensions["nintei"] = replace(walker.portal, printer=FakePrinter())
    serials = [row.serial for row in rows()]
    operator = site.operator()
    assert "/cards/labels" in operator.get(f"/cards/{serials[0]}").text
    query = "&".join(f"serial={serial}" for serial in serials)
    shown = operator.get(f"/cards/labels?{query}&skip=3")
    assert (shown.status_code, shown.mimetype) == (200, "application/pdf")
    assert all(serial in shown.text for serial in serials)
    assert operator.get("/cards/labels?serial=NT00000000").status_code in {303, 404}
    assert site.anybody().get(f"/cards/labels?{query}").status_code in {302, 303, 401}
