"""Before what is grave, whoever is signed in shows once more that it is they; what they sent goes along."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from admin import add_admin
from app.services.people import accounts
from app.services.signin import guessing
from app.store import database
from app.store.models import Session, User
from app.web.frame import proving
from tests.services.conftest import STAFF
from tests.web.conftest import Site

ADMIN, PASSWORD = "admin@example.jp", "a password for tests"
SETTING = "/settings/ccus_api_certification/bank.number"
FORM = {"name": "佐藤 京子", "active": "y", "roles": ["operator"], "groups": ["review"]}


@pytest.fixture
def admin(site: Site) -> FlaskClient:
    """An administrator who signed in an hour ago."""
    add_admin(site.app, site.bench.portal)
    accounts.add_staff(site.bench.portal, ADMIN, "管理 担当", ["administrator"], PASSWORD)
    client = site.person(ADMIN)
    long_ago()
    return client


def long_ago() -> None:
    with database.connection():
        Session.update(proved_at=datetime.now(UTC) - timedelta(minutes=16)).execute()


def account(email: str = STAFF[0]) -> User:
    with database.connection():
        return User.get(User.email == email)


def test_a_page_that_changes_who_may_do_what_asks_first_and_then_does_what_was_sent(
    site: Site, admin: FlaskClient
) -> None:
    url = f"/admin/user/edit/?id={account().id}"
    assert admin.get(url).status_code == 200, "looking is free"
    asked = admin.post(url, data=FORM)
    page = asked.get_data(as_text=True)
    assert asked.status_code == 200 and "もう一度" in page
    assert account().name != FORM["name"]
    assert "佐藤 京子" in page and f'action="{url}"' in page, "what was typed is carried over"
    wrong = admin.post(url, data={**FORM, proving.PASSWORD: "not this one"})
    assert wrong.status_code == 422 and account().name != FORM["name"]
    assert "not this one" not in wrong.get_data(as_text=True)
    done = admin.post(url, data={**FORM, proving.PASSWORD: PASSWORD})
    assert done.status_code == 302 and account().name == FORM["name"]
    assert admin.post(url, data={**FORM, "name": "佐藤 今日子"}).status_code == 302
    assert account().name == "佐藤 今日子", "for a while nobody is asked again"


def test_who_was_asked_goes_on_under_another_cookie(site: Site, admin: FlaskClient) -> None:
    before = admin.get_cookie("session")
    assert before is not None
    admin.post("/prove", data={proving.PASSWORD: PASSWORD, "next": "/settings"})
    thief = site.app.test_client()
    thief.set_cookie("session", before.value)
    assert admin.get("/account").status_code == 200
    assert thief.get("/account").status_code == 302, "a cookie that was copied before proves nothing"


def test_whoever_has_just_signed_in_is_not_asked(site: Site) -> None:
    accounts.add_staff(site.bench.portal, ADMIN, "管理 担当", ["administrator"], PASSWORD)
    client = site.person(ADMIN)
    assert proving.PASSWORD not in client.post(SETTING, data={"value": "7654321"}).get_data(as_text=True)


def test_wrong_answers_are_counted_like_every_password(site: Site, admin: FlaskClient) -> None:
    codes = [
        admin.post("/prove", data={proving.PASSWORD: f"wrong {n}"}).status_code for n in range(guessing.PAIR.free + 1)
    ]
    assert codes == [422] * guessing.PAIR.free + [429]
    held = admin.post("/prove", data={proving.PASSWORD: PASSWORD})
    assert held.status_code == 429 and held.headers["Retry-After"]


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example", "evil", "", "/%0d\n"]
)
def test_the_page_leads_nowhere_else(site: Site, admin: FlaskClient, elsewhere: str) -> None:
    answer = admin.post("/prove", data={proving.PASSWORD: PASSWORD, "next": elsewhere})
    assert answer.status_code == 303
    assert answer.headers["Location"] in {"/account", "/%0d"}


def test_a_script_is_told_so(site: Site, admin: FlaskClient) -> None:
    answer = admin.post(SETTING, data={"value": "1"}, headers={"Accept": "application/json"})
    assert answer.status_code == 403 and "error" in answer.get_json()


def test_files_are_not_lost_without_a_word(site: Site, admin: FlaskClient) -> None:
    import io

    answer = admin.post(
        SETTING,
        data={"value": "1", "file": (io.BytesIO(b"x"), "a.txt")},
        headers={"Referer": f"http://localhost{SETTING}"},
    )
    page = answer.get_data(as_text=True)
    assert 'action="/prove"' in page and f'value="{SETTING}"' in page and "もう一度行ってください" in page


@pytest.mark.parametrize(
    "endpoint",
    [
        "records_user.create_view", "records_user.edit_view", "records_user.send_link",
        "card_keys.abandon", "designer_releasing.act", "designer_releasing.restore", "designer_releasing.stop",
        "settings.save", "settings_proposals.approve", "case_actions.end", "case_actions.stop",
    ],
)  # fmt: skip
def test_what_is_grave_asks(site: Site, admin: FlaskClient, endpoint: str) -> None:
    assert getattr(site.app.view_functions[endpoint], "nintei_proved", "") == "changes"


def test_what_opens_keys_or_hands_an_account_over_asks_each_time(site: Site) -> None:
    for endpoint in ("key_letters.open_letter", "card_keys.contribute", "ownaddress.ask"):
        assert getattr(site.app.view_functions[endpoint], "nintei_proved", "") == proving.EACH
