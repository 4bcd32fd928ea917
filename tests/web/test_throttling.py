"""Guessed passwords and floods are held up for a while; nobody at work is."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.store import attempts, database
from app.store.models import Attempt
from tests.services.conftest import STAFF
from tests.web.conftest import Site

RIGHT = "a password for tests"


def sign_in(browser: FlaskClient, password: str, email: str = STAFF[0], place: str = "203.0.113.1") -> TestResponse:
    return browser.post("/login", data={"email": email, "password": password}, environ_overrides={"REMOTE_ADDR": place})


def test_after_ten_wrong_passwords_the_page_says_how_long_to_wait(small_site: Site) -> None:
    browser = small_site.anybody()
    for _ in range(10):
        assert sign_in(browser, "wrong").status_code == 200
    refused = sign_in(browser, RIGHT)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "900"
    assert 'role="alert"' in refused.text
    small_site.bench.portal.clock.moment += timedelta(minutes=15, seconds=1)  # type: ignore[attr-defined]
    assert sign_in(browser, RIGHT).status_code == 302


def test_guesses_at_one_account_count_from_wherever_they_come(small_site: Site) -> None:
    for number in range(10):
        sign_in(small_site.anybody(), "wrong", place=f"203.0.113.{number + 10}")
    assert sign_in(small_site.anybody(), RIGHT, place="198.51.100.1").status_code == 429
    assert sign_in(small_site.anybody(), RIGHT, STAFF[1], "198.51.100.1").status_code == 302


def test_guesses_from_one_place_count_at_whomever_they_aim(small_site: Site) -> None:
    for number in range(10):
        sign_in(small_site.anybody(), "wrong", f"{number}@example.jp")
    assert sign_in(small_site.anybody(), RIGHT, STAFF[1]).status_code == 429
    assert sign_in(small_site.anybody(), RIGHT, STAFF[1], "198.51.100.1").status_code == 302


def test_who_remembers_the_password_begins_anew(small_site: Site) -> None:
    for number in range(9):
        sign_in(small_site.anybody(), "wrong", place=f"203.0.113.{number + 10}")
    assert sign_in(small_site.anybody(), RIGHT).status_code == 302
    assert sign_in(small_site.anybody(), "wrong", place="198.51.100.1").status_code == 200
    assert sign_in(small_site.anybody(), RIGHT, place="198.51.100.1").status_code == 302


def test_who_is_signed_in_goes_on_working(small_site: Site) -> None:
    operator = small_site.operator()
    for _ in range(12):
        sign_in(small_site.anybody(), "wrong", place="127.0.0.1")
    assert operator.get("/tasks").status_code == 200
    assert operator.post("/apply/resend", data={}).status_code == 422


def test_thirty_mails_an_hour_can_be_asked_for_from_one_place(small_site: Site) -> None:
    browser, asked = small_site.anybody(), {"number": "2026-0001", "email": "a@example.jp"}
    for _ in range(30):
        assert browser.post("/apply/resend", data=asked).status_code == 200
    assert browser.post("/apply/resend", data=asked).status_code == 429
    other = browser.post("/apply/resend", data=asked, environ_overrides={"REMOTE_ADDR": "198.51.100.1"})
    assert other.status_code == 200
    assert browser.get("/apply/resend").status_code == 200
    small_site.bench.portal.clock.moment += timedelta(hours=1, seconds=1)  # type: ignore[attr-defined]
    assert browser.post("/apply/resend", data=asked).status_code == 200


def test_applications_are_held_up_too(small_site: Site) -> None:
    browser = small_site.anybody()
    for _ in range(30):
        assert browser.post("/apply", data={"step": "send"}).status_code in {404, 422}
    assert browser.post("/apply", data={"step": "send"}).status_code == 429
    assert browser.post("/apply", data={"step": "check"}).status_code in {404, 422}


def test_no_address_is_kept_in_plain_words_and_all_is_forgotten_in_time(small_site: Site) -> None:
    sign_in(small_site.anybody(), "wrong")
    with database.transaction():
        rows = list(Attempt.select())
        assert len(rows) == 2
        assert not any("@" in row.key or "203" in row.key.partition(":")[0] for row in rows)
        attempts.forget(small_site.bench.portal.now() + timedelta(minutes=16))
        assert Attempt.select().count() == 0
