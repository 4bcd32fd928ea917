"""The scenarios of a draft, walked in the browser: the covered path, and what comes otherwise taken over."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.services.people import accounts
from tests.web.conftest import Site

API = "/designer/api/workspaces"


@pytest.fixture
def hanako(small_site: Site) -> FlaskClient:
    """An analyst's browser."""
    accounts.add_staff(small_site.bench.portal, "hanako@example.jp", "分析 花子", ["analyst"], "a password for tests")
    return small_site.person("hanako@example.jp")


@pytest.fixture
def draft(hanako: FlaskClient, small_site: Site) -> int:
    package = small_site.bench.portal.releases.all_current()[0].package.id
    return int(hanako.post(API, json={"package": package, "title": "見直し"}).get_json()["id"])


def scenario(client: FlaskClient, draft: int) -> tuple[str, str, int]:
    """(path, text, revision) of one that expects open tasks."""
    files = client.get(f"{API}/{draft}/tree").get_json()["files"]
    for each in files:
        if each["path"].startswith("scenarios/"):
            found = client.get(f"{API}/{draft}/files/{each['path']}").get_json()
            if re.search(r'expect_open = \["\w+"\]', found["content"]):
                return each["path"], found["content"], found["revision"]
    raise AssertionError("no scenario expects open tasks")


def save(client: FlaskClient, draft: int, path: str, text: str, revision: int) -> None:
    answer = client.put(f"{API}/{draft}/files/{path}", json={"content": text}, headers={"If-Match": f'"{revision}"'})
    assert answer.status_code == 200, answer.text


def test_all_come_out_as_they_are_written_and_the_path_is_shown(hanako: FlaskClient, draft: int) -> None:
    page = hanako.get(f"/designer/w/{draft}/scenarios")
    assert page.status_code == 200 and "すべての確かめをたどる" in page.text
    walked = hanako.post(f"/designer/w/{draft}/scenarios")
    assert walked.status_code == 200 and 'name="offered"' not in walked.text
    passed, of = re.search(r"(\d+)件のうち(\d+)件", walked.text).groups()  # type: ignore[union-attr]
    assert passed == of != "0"
    sources = re.findall(r'data-source="([^"]+)" data-state="([^"]+)"', walked.text)
    assert sources and "done" in sources[0][1]
    assert hanako.get(sources[0][0].replace("&amp;", "&")).data.lstrip().startswith(b"<?xml")


def test_what_comes_otherwise_is_shown_and_taken_over_when_it_was_seen(hanako: FlaskClient, draft: int) -> None:
    path, text, revision = scenario(hanako, draft)
    changed = re.sub(r'expect_open = \["\w+"\]', "expect_open = []  # why", text, count=1)
    save(hanako, draft, path, changed, revision)
    page = hanako.post(f"/designer/w/{draft}/scenarios")
    offered = re.findall(r'name="change" value="([^"]+)"', page.text)
    seen = re.search(r'name="revision" value="(\d+)"', page.text)
    assert "結果が異なるもの" in page.text and offered and seen
    said = {"change": offered, "revision": seen[1]}
    assert hanako.post(f"/designer/w/{draft}/scenarios/accept", data={**said, "change": []}).status_code == 303
    assert hanako.get(f"{API}/{draft}/files/{path}").get_json()["content"] == changed, "nothing was ticked"
    assert hanako.post(f"/designer/w/{draft}/scenarios/accept", data=said).status_code == 303
    mended = hanako.get(f"{API}/{draft}/files/{path}").get_json()["content"]
    assert mended.replace("  # why", "") == text and "# why" in mended
    assert 'name="offered"' not in hanako.post(f"/designer/w/{draft}/scenarios").text


def test_what_was_saved_meanwhile_is_looked_at_again_first(hanako: FlaskClient, draft: int) -> None:
    path, text, revision = scenario(hanako, draft)
    changed = re.sub(r'expect_open = \["\w+"\]', "expect_open = []", text, count=1)
    save(hanako, draft, path, changed, revision)
    page = hanako.post(f"/designer/w/{draft}/scenarios")
    offered, seen = (
        re.findall(r'name="change" value="([^"]+)"', page.text),
        re.search(r'"revision" value="(\d+)"', page.text),
    )
    assert seen
    now = hanako.get(f"{API}/{draft}/files/{path}").get_json()
    save(hanako, draft, path, now["content"] + "# later\n", now["revision"])
    hanako.post(f"/designer/w/{draft}/scenarios/accept", data={"change": offered, "revision": seen[1]})
    assert hanako.get(f"{API}/{draft}/files/{path}").get_json()["content"] == now["content"] + "# later\n"


def test_with_errors_nothing_is_walked(hanako: FlaskClient, draft: int) -> None:
    files = hanako.get(f"{API}/{draft}/tree").get_json()["files"]
    form = next(each["path"] for each in files if each["path"].endswith(".form"))
    hanako.delete(f"{API}/{draft}/files/{form}", headers={"If-Match": '"0"'})
    assert hanako.post(f"/designer/w/{draft}/scenarios").headers["Location"] == f"/designer/w/{draft}/scenarios"
    assert "直すところが" in hanako.get(f"/designer/w/{draft}/scenarios").text
