"""A draft is submitted, compared and approved on pages that work without scripts."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.services.designing import comparing
from app.services.people import accounts
from app.services.workspaces import gating
from app.states import WorkspaceAct
from app.store import database
from app.store import workspaces as store
from tests.web.conftest import Site

API = "/designer/api/workspaces"
LIBRARY, DIAGRAM = "library_card", "library_card.bpmn"


def analyst(site: Site, email: str, name: str) -> FlaskClient:
    accounts.add_staff(site.bench.portal, email, name, ["analyst"], "a password for tests")
    return site.person(email)


@pytest.fixture
def hanako(small_site: Site) -> FlaskClient:
    return analyst(small_site, "hanako@example.jp", "分析 花子")


@pytest.fixture
def taro(small_site: Site) -> FlaskClient:
    return analyst(small_site, "taro@example.jp", "分析 太郎")


@pytest.fixture
def draft(hanako: FlaskClient) -> int:
    made = int(hanako.post(API, json={"package": LIBRARY, "title": "見直し"}).get_json()["id"])
    change(hanako, made, DIAGRAM, 'name="カードの受け取り"', 'name="カードをもらう"')
    change(hanako, made, "mail/hello.md", "+++\n", "+++\n# ひとこと\n")
    change(hanako, made, "loan_limit.dmn", "&lt;= 5", "&lt;= 4")
    return made


def change(client: FlaskClient, draft: int, path: str, old: str, new: str) -> None:
    file = client.get(f"{API}/{draft}/files/{path}").get_json()
    assert old in file["content"], file["content"]
    headers = {"If-Match": f'"{file["revision"]}"'}
    said: Any = {"content": file["content"].replace(old, new, 1)}
    assert client.put(f"{API}/{draft}/files/{path}", json=said, headers=headers).status_code == 200


def looked(site: Site, draft: int) -> None:
    with database.connection():
        event = store.last_of(draft, WorkspaceAct.SUBMITTED)
    assert event is not None
    gating.examine(site.bench.portal, draft, event.id)


def digest(page: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found, page
    return found.group(1)


def test_from_the_request_to_the_release_by_two_people(
    hanako: FlaskClient, taro: FlaskClient, draft: int, small_site: Site
) -> None:
    address = f"/designer/w/{draft}/release"
    page = hanako.get(address).text
    assert DIAGRAM in page and "分析 太郎" in page
    assert "誤りが" not in page
    asked = hanako.post(address, data={"act": "submit", "note": "名前を改める", "when": "now"}, follow_redirects=True)
    assert "名前を改める" in asked.text and 'name="digest"' not in asked.text
    looked(small_site, draft)
    assert 'name="digest"' not in hanako.get(address).text
    waiting = taro.get(address).text
    refused = hanako.post(address, data={"act": "approve", "digest": digest(waiting)}, follow_redirects=True)
    assert small_site.bench.portal.releases.all_current()[0].number == 1, refused.text
    done = taro.post(address, data={"act": "approve", "digest": digest(waiting)}, follow_redirects=True)
    assert done.status_code == 200
    assert small_site.bench.portal.releases.all_current()[0].number == 2
    history = hanako.get(f"/designer/releases/{LIBRARY}").text
    assert "分析 太郎" in history and "名前を改める" in history
    back = hanako.post(f"/designer/releases/{LIBRARY}/1/restore")
    assert back.status_code == 303 and back.headers["Location"].endswith("/release")
    assert hanako.get(back.headers["Location"]).status_code == 200


def test_it_is_sent_back_and_taken_back(hanako: FlaskClient, taro: FlaskClient, draft: int, small_site: Site) -> None:
    address = f"/designer/w/{draft}/release"
    hanako.post(address, data={"act": "submit", "when": "day", "day": "2026-12-15", "time": "09:00"})
    assert "12" in hanako.get(address).text
    taro.post(address, data={"act": "return", "why": "名前が違います"})
    assert "名前が違います" in hanako.get(f"/designer/w/{draft}/about").text
    asked = {"act": "submit", "note": "名前を改める"}
    for when in ({"when": "day", "day": "いつか"}, {"when": "now", "day": "2026-12-20"}):
        refused = hanako.post(address, data={**asked, **when})
        assert refused.status_code == 422 and "名前を改める</textarea>" in refused.text
    assert 'value="submit"' in hanako.get(address).text, "whoever writes a day does not mean at once"
    assert small_site.bench.portal.releases.all_current()[0].number == 1
    hanako.post(address, data={"act": "submit", "when": "now"})
    hanako.post(address, data={"act": "withdraw", "why": ""})
    assert 'value="submit"' in hanako.get(address).text


def test_a_draft_and_its_release_are_compared_by_what_people_draw_and_write(hanako: FlaskClient, draft: int) -> None:
    base = f"/designer/compare/{LIBRARY}/1/w{draft}"
    page = hanako.get(f"{base}?file={DIAGRAM}").text
    assert "カードの受け取り" in page and "カードをもらう" in page
    states = [json.loads(html.unescape(each)) for each in re.findall(r'data-state="([^"]*)"', page)]
    assert [state["open"] for state in states] == [["collect"], ["collect"]]
    for side in ("before", "after"):
        drawing = hanako.get(f"{base}/{side}/{DIAGRAM}")
        assert drawing.status_code == 200 and b"definitions" in drawing.data
    lines = hanako.get(f"{base}?file=mail/hello.md").text
    assert "<ins># ひとこと</ins>" in lines
    table = hanako.get(f"{base}?file=loan_limit.dmn").text
    assert "&lt;= 5" in table and "&lt;= 4" in table
    assert hanako.get(f"{base}/after/package.toml").status_code == 404
    assert hanako.get(f"{base}?file=nothing.md").status_code == 404
    assert hanako.get(f"/designer/compare/{LIBRARY}/1/9").status_code == 404
    assert hanako.get(f"/designer/compare/other/1/w{draft}").status_code == 404
    assert hanako.get(f"/designer/compare/{LIBRARY}/1/1").status_code == 200


def test_lines_that_are_the_same_are_left_out_between_those_that_differ() -> None:
    old = [f"{n}\n" for n in range(40)]
    new = [*old[:20], "neu\n", *old[21:30], "dazu\n", *old[30:]]
    rows = comparing.side_by_side("".join(old).encode(), "".join(new).encode())
    assert rows is not None
    kinds = [row.kind for row in rows]
    assert kinds.count("gap") == 3 and "changed" in kinds and "added" in kinds
    assert [(row.old, row.new) for row in rows if row.kind == "changed"] == [("20", "neu")]
    assert all(row.old == row.new for row in rows if row.kind == "")
    assert comparing.side_by_side(b"\xff", b"") is None
    more = comparing.side_by_side("".join(old).encode(), "".join([*old, "und\n"]).encode())
    assert more is not None and [row.kind for row in more] == ["gap", "", "", "", "added"], "and where one goes on"


@pytest.mark.parametrize("address", ["/designer/releases/library_card", "/designer/compare/library_card/1/1"])
def test_others_see_none_of_it(small_site: Site, address: str) -> None:
    accounts.add_staff(small_site.bench.portal, "op@example.jp", "窓口", ["operator"], "a password for tests")
    assert small_site.person("op@example.jp").get(address).status_code in (403, 404)
