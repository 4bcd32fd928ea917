"""What is sent after the session has ended is kept, and can be sent again after signing in."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.services.steps import go, task
from tests.web.conftest import Site

HERE = {"Origin": "http://localhost"}
TYPED = {"company_name": "株式会社みほん <b>", "note": "\n1行目\r\n2行目", "kinds": ["a", "b"]}


@pytest.fixture
def guarded(site: Site) -> Site:
    site.app.config["WTF_CSRF_ENABLED"] = True
    return site


def fields(page: str) -> list[tuple[str, str]]:
    """Names and values of the form as a browser would send them."""
    found = re.findall(r'<textarea name="([^"]+)" hidden aria-hidden="true">\n(.*?)</textarea>', page, re.DOTALL)
    return [(name, unescape(value)) for name, value in found]


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_form_sent_after_the_session_ended_is_kept_and_sent_again_after_signing_in(guarded: Site) -> None:
    walker = go(guarded.bench, until="company_profile")
    url = f"/tasks/{task(walker, 'company_profile').id}"
    client = guarded.anybody()
    page = client.post(url, data=TYPED, headers=HERE)
    assert page.status_code == 401
    assert "入力した内容は残っています" in page.text
    assert '<a class="btn btn--primary" href="/login?next=/signed-in" target="_blank"' in page.text
    kept = fields(page.text)
    assert kept == [
        ("company_name", TYPED["company_name"]),
        ("note", TYPED["note"].replace("\r\n", "\n")),  # made even at the door; a browser sends it as it sent it before
        ("kinds", "a"),
        ("kinds", "b"),
    ]
    person = guarded.person("ichiro.rei@example.com")
    again = person.post(url, data={"company_name": "べつの名前"}, headers=HERE)  # a new session has another token
    assert "もう一度送信" in again.text
    assert "login" not in again.text.partition("<main")[2]
    sent = person.post(url, data={**dict(kept), "csrf_token": token(again.text)}, headers=HERE)
    assert "株式会社みほん &lt;b&gt;" in sent.text or sent.status_code == 303


def test_what_a_strangers_page_sends_is_not_offered_to_be_sent_again(guarded: Site) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Referer": "https://evil.example/localhost"}, {}):
        answer = guarded.operator().post("/absences", data={"delegate": "3"}, headers=headers)
        assert answer.status_code == 303
        assert "delegate" not in answer.text


def test_passwords_are_never_put_on_a_page(guarded: Site) -> None:
    answer = guarded.anybody().post("/login", data={"email": "a@b.jp", "password": "secret words"}, headers=HERE)
    assert answer.status_code == 303
    assert answer.location == "/login"
    assert "secret words" not in answer.text


def test_a_script_is_told_to_sign_in(guarded: Site) -> None:
    answer = guarded.anybody().post("/tasks/x/draft", json={}, headers={**HERE, "Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.get_json() == {"error": "sign in"}
