"""The demo's own pages: accounts by a press, and the mail that was sent."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from app.engine import Engine
from app.services.demo import load
from app.services.demo.walker import PASSWORD
from app.services.people import accounts
from app.store import database
from app.store.models import Mail
from tests.web.conftest import Site, open_site


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Site:
    site = open_site(tmp_path_factory.mktemp("demo"), engine)
    settings = replace(site.bench.portal.settings, demo=True)
    site.app.extensions["nintei"] = replace(site.bench.portal, settings=settings)
    site.bench.walker(scenario="happy_path", until="reply_materials").walk()
    first = load.accounts_of(site.bench.portal)[0]
    accounts.add_staff(site.bench.portal, first.email, first.name, ["operator"], PASSWORD)
    return site


@pytest.fixture
def visitor(shared: Site) -> FlaskClient:
    client = shared.anybody()
    client.set_cookie("lang", "en")
    return client


def mail_row(mail_id: str) -> Mail:
    with database.connection():
        row: Mail = Mail.get(Mail.mail_id == mail_id)
    return row


def test_accounts_are_listed_and_entered_by_a_press(shared: Site, visitor: FlaskClient) -> None:
    first = load.accounts_of(shared.bench.portal)[0]
    assert first.email in visitor.get("/accounts").text
    assert visitor.post("/accounts", data={"email": first.email}).location == "/tasks"
    assert visitor.get("/tasks").status_code == 200


@pytest.mark.parametrize("email", ["sato@example.jp", "", "nobody@example.com"])
def test_no_other_account_is_entered(visitor: FlaskClient, email: str) -> None:
    assert visitor.post("/accounts", data={"email": email}).status_code == 404


def test_the_outbox_lists_mails_and_finds_those_of_a_reader(visitor: FlaskClient) -> None:
    assert "/outbox/" in visitor.get("/outbox").text
    assert not re.search(r'href="/outbox/\d', visitor.get("/outbox?to=nobody@").text)


def test_a_mail_shows_its_headers_and_text(visitor: FlaskClient) -> None:
    row = mail_row("review-1")
    page = visitor.get(f"/outbox/{row.id}").text
    assert "review-1" in page
    assert "/enter/" in page


def test_the_mails_html_is_shut_in(visitor: FlaskClient) -> None:
    row = mail_row("review-1")
    answer = visitor.get(f"/outbox/{row.id}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert '<base target="_top">' in answer.text
    assert "sandbox=" in visitor.get(f"/outbox/{row.id}").text


def test_attachments_come_as_files(visitor: FlaskClient) -> None:
    row = mail_row("review-2")
    answer = visitor.get(f"/outbox/{row.id}/files/0")
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert visitor.get(f"/outbox/{row.id}/files/99").status_code == 404
    assert visitor.get("/outbox/99999").status_code == 404


def test_the_style_guide_draws_every_component(visitor: FlaskClient) -> None:
    assert visitor.get("/styleguide").status_code == 200
