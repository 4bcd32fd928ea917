"""The reader's language: chosen in this browser, the account's, the browser's own; mails follow it."""

from __future__ import annotations

from app.store import accounts, database
from app.store.models import Mail
from tests.services.conftest import APPLICATION
from tests.services.steps import go
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9,ja;q=0.5"}


def lang(page: str) -> str:
    return page.partition('<html lang="')[2][:2]


def language_of(email: str) -> str:
    with database.connection():
        user = accounts.by_email(email)
        assert user is not None
        return str(user.language)


def test_the_first_visit_is_in_the_browsers_language_until_another_is_chosen(site: Site) -> None:
    visitor = site.anybody()
    assert lang(visitor.get("/apply").text) == "ja"
    assert lang(visitor.get("/apply", headers=ENGLISH).text) == "en"
    assert lang(visitor.get("/apply", headers={"Accept-Language": "fr,de;q=0.5"}).text) == "ja"
    visitor.get("/apply?lang=ja", headers=ENGLISH)
    assert lang(visitor.get("/apply", headers=ENGLISH).text) == "ja"


def test_the_language_is_on_the_account_once_somebody_has_chosen_it(site: Site) -> None:
    go(site.bench, until="company_profile")
    here, elsewhere = site.person(VENDOR), site.person(VENDOR)
    assert lang(elsewhere.get("/tasks").text) == "ja"
    here.get("/tasks?lang=en")
    assert language_of(VENDOR) == "en"
    assert lang(elsewhere.get("/tasks").text) == "en"
    here.get("/tasks?lang=xx")
    assert language_of(VENDOR) == "en"


def test_who_applies_in_english_has_an_english_account_and_english_mails(site: Site) -> None:
    visitor = site.anybody()
    answer = visitor.post("/apply", data={**APPLICATION, "step": "send"}, headers=ENGLISH)
    assert answer.status_code == 303
    site.bench.drain()
    with database.connection():
        mail = Mail.get()
    assert mail.subject.startswith("[API certification] ")
    assert "Thank you for applying" in mail.text
    assert mail.text.index("Thank you for applying") < mail.text.index("お申し込みいただき")
    token = mail.text.partition("/enter/")[2].split()[0].strip(")>")
    password = {"password": "correct horse battery staple", "again": "correct horse battery staple"}
    assert visitor.post(f"/enter/{token}", data=password, headers=ENGLISH).status_code == 303
    assert language_of(APPLICATION["email"]) == "en"


def test_mails_to_readers_of_japanese_are_as_they_were(site: Site) -> None:
    walk = go(site.bench, until="company_profile")
    with database.connection():
        mails = list(Mail.select())
    assert walk.number and mails
    for mail in mails:
        assert "Thank you" not in mail.text
        assert "+++" not in mail.text
