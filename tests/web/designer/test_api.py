"""The designer's pages and API, as its scripts use them."""

from __future__ import annotations

from typing import Any

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


def made(client: FlaskClient, site: Site) -> int:
    package = site.bench.portal.releases.all_current()[0].package.id
    answer = client.post(API, json={"package": package, "title": "見直し"})
    assert answer.status_code == 201
    return int(answer.get_json()["id"])


def put(client: FlaskClient, draft: int, revision: int | None, said: Any) -> Any:
    headers = {} if revision is None else {"If-Match": f'"{revision}"'}
    return client.put(f"{API}/{draft}/files/package.toml", json=said, headers=headers)


def test_the_start_page_makes_a_draft_and_its_page_opens(hanako: FlaskClient, small_site: Site) -> None:
    package = small_site.bench.portal.releases.all_current()[0].package.id
    answer = hanako.post("/designer/make", data={"package": package, "title": "見直し", "number": "1"})
    assert answer.status_code == 303
    page = hanako.get(answer.headers["Location"])
    assert page.status_code == 200 and "dz-boot" in page.text
    assert "見直し" in hanako.get("/designer").text


def test_a_file_is_read_saved_and_clashes(hanako: FlaskClient, small_site: Site) -> None:
    draft = made(hanako, small_site)
    file = hanako.get(f"{API}/{draft}/files/package.toml").get_json()
    assert file["revision"] == 0 and "id" in file["content"]
    assert put(hanako, draft, 0, {"content": file["content"] + "# 1\n"}).get_json()["revision"] == 1
    clash = put(hanako, draft, 0, {"content": file["content"] + "# 2\n"})
    assert clash.status_code == 409
    assert clash.get_json()["clash"]["theirs"].endswith("# 1\n") and clash.get_json()["clash"]["own"]


def test_who_does_not_say_what_they_read_cannot_save(hanako: FlaskClient, small_site: Site) -> None:
    draft = made(hanako, small_site)
    assert put(hanako, draft, None, {"content": "x"}).status_code == 400
    assert put(hanako, draft, 0, ["x"]).status_code == 400


def test_the_tree_says_kinds_and_titles(hanako: FlaskClient, small_site: Site) -> None:
    draft = made(hanako, small_site)
    tree = hanako.get(f"{API}/{draft}/tree").get_json()
    assert {"diagram", "form", "mail"} <= {each["kind"] for each in tree["files"]}
    assert [each["kind"] for each in tree["kinds"]][:3] == ["diagram", "form", "mail"]


def test_two_pages_know_of_each_other(hanako: FlaskClient, small_site: Site) -> None:
    draft = made(hanako, small_site)
    one, other = "a-page-number-one", "a-page-number-two"
    hanako.post(f"{API}/{draft}/seen", json={"page": one, "path": "package.toml"})
    said = hanako.post(f"{API}/{draft}/seen", json={"page": other, "path": ""}).get_json()
    assert said["others"] == [{"name": "分析 花子", "path": "package.toml", "mine": True}]
    hanako.post(f"{API}/{draft}/seen", json={"page": one, "left": True})
    assert hanako.post(f"{API}/{draft}/seen", json={"page": other}).get_json()["others"] == []


def test_staff_without_the_role_see_nothing_of_it(small_site: Site) -> None:
    client = small_site.operator()
    assert client.get("/designer").status_code == 403
    assert client.get(API).status_code == 403
