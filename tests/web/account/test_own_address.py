"""A vendor's person changes their own mail address: proved by a link to the new one, the old one is told."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.store import accounts, cases, database
from app.store.models import Job
from tests.services.steps import go
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR, text

NEW = "ichiro.new@example.com"


@pytest.fixture
def person(site: Site) -> FlaskClient:
    go(site.bench, until="first_review")
    return site.person(VENDOR)


def asked(client: FlaskClient, email: str = NEW, password: str = "nintei-demo-2026") -> str:
    answer = client.post("/account/address", data={"email": email, "prove_password": password})
    assert answer.status_code == 303
    return text(client.get("/account"))


def link(site: Site) -> str:
    site.bench.drain()
    letter = next(each for each in reversed(site.bench.mailbox.letters) if each.mail_id == "address-confirm")
    found = re.search(r"https?://[^/\s]+(/address/[\w.\-]+)", letter.text)
    assert found is not None
    return found[1]


def test_the_address_changes_when_the_mailed_link_is_used_and_the_old_one_is_told(
    site: Site, person: FlaskClient
) -> None:
    assert NEW in asked(person)
    url = link(site)
    with database.connection():
        assert accounts.by_email(NEW) is None, "nothing changes before"
    looked = site.anybody().get(url)
    assert looked.status_code == 200
    assert NEW in looked.text
    assert site.anybody().post(url).status_code == 303
    with database.connection():
        assert accounts.by_email(NEW) is not None
        assert accounts.by_email(VENDOR) is None
        assert [row.email for row in cases.open_of_contact(NEW)] == [NEW]
    site.bench.drain()
    assert [each.to for each in site.bench.mailbox.letters if each.mail_id == "address-changed"] == [(VENDOR,)]
    assert person.get("/account").status_code in {302, 303}, "the old session has ended"
    assert site.anybody().post(url).status_code == 410, "a link works once"


def test_a_wrong_password_sends_nothing(site: Site, person: FlaskClient) -> None:
    wrong = person.post("/account/address", data={"email": NEW, "prove_password": "wrong"})
    assert wrong.status_code == 422 and "パスワードが違います" in wrong.get_data(as_text=True)
    lately = person.post("/account/address", data={"email": NEW})
    assert lately.status_code == 200 and NEW in lately.get_data(as_text=True), (
        "asked each time; what was typed goes along"
    )
    with database.connection():
        assert not [row for row in Job.select() if row.params.get("letter", {}).get("id") == "address-confirm"]


def test_an_address_that_is_somebodys_gets_no_link_and_is_not_betrayed(site: Site, person: FlaskClient) -> None:
    assert "sato@example.jp" in asked(person, "sato@example.jp")
    site.bench.drain()
    assert not [each for each in site.bench.mailbox.letters if each.mail_id == "address-confirm"]


def test_a_link_that_is_too_old_or_not_ours_changes_nothing(site: Site, person: FlaskClient) -> None:
    asked(person)
    url = link(site)
    assert site.anybody().get(url[:-3] + "abc").status_code == 404
    assert site.operator().post("/account/address", data={"email": NEW, "prove_password": "x"}).status_code == 403
    with database.connection():
        assert accounts.by_email(NEW) is None
