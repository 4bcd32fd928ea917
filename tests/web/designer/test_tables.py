"""Forms of TOML as their script asks for them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.services.people import accounts
from tests.web.conftest import Site

TABLES = "/designer/api/workspaces/1/tables"


@pytest.fixture
def hanako(small_site: Site) -> FlaskClient:
    """An analyst's browser."""
    accounts.add_staff(small_site.bench.portal, "hanako@example.jp", "分析 花子", ["analyst"], "a password for tests")
    return small_site.person("hanako@example.jp")


def test_a_change_gives_the_text_and_what_it_says_now(hanako: FlaskClient) -> None:
    change = {"path": ["a", "b"], "act": "set", "value": 2}
    said = hanako.post(TABLES, json={"path": "package.toml", "content": "# 1\n[a]\nb = 1\n", "changes": [change]})
    assert said.get_json() == {"content": "# 1\n[a]\nb = 2\n", "values": {"a": {"b": 2}}}


def test_what_cannot_be_read_or_done_is_said_in_words(hanako: FlaskClient) -> None:
    wrong = hanako.post(TABLES, json={"path": "package.toml", "content": "x ="})
    assert wrong.status_code >= 400 and wrong.get_json()["error"]
    for change in ({"path": [], "act": "set"}, {"path": ["a"], "act": "run"}, {"path": [True], "act": "set"}, "x"):
        answer = hanako.post(TABLES, json={"path": "package.toml", "content": "a = 1\n", "changes": [change]})
        assert answer.status_code == 400


def test_headers_of_mails_are_tables_too(hanako: FlaskClient) -> None:
    said = hanako.post(TABLES, json={"path": "mail/x.md", "content": '+++\nsubject = "1"\n+++\nx'}).get_json()
    assert said["values"] == {"subject": "1"} and said["content"].endswith("+++\nx")
