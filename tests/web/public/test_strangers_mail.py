"""The public form is no way to send the body's mail to strangers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.services.people import accounts
from tests.services.conftest import APPLICATION
from tests.web.conftest import Site

STRANGER = "nobody-asked@example.net"


def send(browser: FlaskClient, number: int, email: str = STRANGER, place: int = 1, **more: str) -> TestResponse:
    said = {
        **APPLICATION,
        "consent": "true",
        "email": email,
        "system_name": f"システム{number}",
        "step": "send",
        **more,
    }
    return browser.post("/apply", data=said, environ_overrides={"REMOTE_ADDR": f"203.0.113.{place}"})


def mails(site: Site, email: str = STRANGER) -> int:
    site.bench.drain()
    return sum(email in letter.to for letter in site.bench.mailbox.letters)


def test_one_address_gets_five_mails_in_an_hour_wherever_they_are_asked_for(site: Site) -> None:
    answers = [send(site.anybody(), number, place=number) for number in range(1, 9)]
    assert [each.status_code for each in answers] == [303] * 5 + [429] * 3
    assert mails(site) == 5
    assert answers[-1].headers["Retry-After"].isdecimal()
    assert send(site.anybody(), 20, "another@example.net", place=9).status_code == 303
    site.bench.portal.clock.moment += timedelta(hours=1, seconds=1)  # type: ignore[attr-defined]
    assert [send(site.anybody(), number, place=number).status_code for number in range(30, 37)] == [303] * 5 + [429] * 2


def test_what_stands_behind_a_plus_makes_no_other_mailbox(site: Site) -> None:
    to = [STRANGER.replace("@", f"+{number}@") for number in range(6)]
    said = [send(site.anybody(), number, each, place=number).status_code for number, each in enumerate(to)]
    assert said == [303] * 5 + [429]


def test_whoever_is_signed_in_sends_no_more_to_others_than_anybody(site: Site) -> None:
    accounts.add_staff(site.bench.portal, "vendor@example.com", "例", ["vendor"], "a password for tests")
    vendor = site.person("vendor@example.com")
    assert [send(vendor, number).status_code for number in range(7)] == [303] * 5 + [429] * 2
    assert {send(vendor, number, "vendor@example.com").status_code for number in range(40, 47)} == {303}


def test_a_link_is_sent_again_three_times_in_an_hour_and_the_page_says_the_same(site: Site) -> None:
    assert send(site.anybody(), 1).status_code == 303
    with site.anybody() as browser:
        number = f"{site.bench.portal.today().year}-0001"
        asked = {"number": number, "email": STRANGER}
        said = [browser.post("/apply/resend", data=asked).status_code for _ in range(6)]
    assert said == [303] * 6
    assert mails(site) == 1 + 3


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("company_name", "緊急：再ログインはこちら http://evil.example/login"),
        ("company_name", "緊急：www.evil.example"),
        ("contact_name", "ｈｔｔｐｓ：／／ｅｖｉｌ．ｅｘａｍｐｌｅ"),
        ("contact_name", "再ログイン evil.example/login 担当"),
        ("system_name", "evil。example?login"),
    ],
)
def test_a_name_that_is_a_web_address_is_refused(field: str, name: str, site: Site) -> None:
    refused = send(site.anybody(), 1, **{field: name})
    assert refused.status_code == 422
    assert "Webサイトのアドレス" in refused.text
    assert mails(site) == 0


def test_what_companies_and_systems_are_called_is_no_web_address(site: Site) -> None:
    said = send(site.anybody(), 1, company_name="Node.js開発株式会社", system_name="価格.com／ASP.NET 入退場 Ver.2.1")
    assert said.status_code == 303
