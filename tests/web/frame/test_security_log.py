"""What tells of an attack is a line of the log: who, by number, asked for what; no name, no address, no content."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from app.services.people import accounts
from tests.web.conftest import Site

AUDITOR = "auditor@example.jp"


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.INFO, "nintei.security")
    yield caplog
    assert "監査" not in caplog.text and "@" not in caplog.text and "hunter" not in caplog.text


def auditor(site: Site) -> int:
    return accounts.add_staff(site.bench.portal, AUDITOR, "監査 花子", ["auditor"], "a password for tests")


def test_what_a_right_forbids_is_told_with_the_right(small_site: Site, said: pytest.LogCaptureFixture) -> None:
    number = auditor(small_site)
    assert small_site.person(AUDITOR).post("/worklist/claim", data={"task": "hunter"}).status_code == 403
    assert f"refused: account {number} asked for POST worklist.claim, which needs work" in said.text


def test_a_post_without_its_token_is_told(small_site: Site, said: pytest.LogCaptureFixture) -> None:
    number = auditor(small_site)
    small_site.app.config["WTF_CSRF_ENABLED"] = True
    small_site.person(AUDITOR).post("/account/profile", data={"name": "hunter"})
    assert f"without its token: account {number} sent POST account.profile" in said.text


def test_another_name_than_the_portals_is_told(small_site: Site, said: pytest.LogCaptureFixture) -> None:
    assert small_site.anybody().get("/login", headers={"Host": "evil.example"}).status_code == 421
    assert "asked under another name: 'evil.example'" in said.text


def test_ended_sessions_are_told(small_site: Site, said: pytest.LogCaptureFixture) -> None:
    number = auditor(small_site)
    small_site.person(AUDITOR)
    browser = small_site.person(AUDITOR)
    assert browser.post("/account/sessions", data={"session": "others"}).status_code == 303
    assert f"1 sessions of account {number} were ended" in said.text
    browser.post("/logout")
    assert "a session was ended by signing out" in said.text
