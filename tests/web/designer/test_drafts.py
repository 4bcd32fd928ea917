"""A draft as a whole on its pages: new, copied, taken in, written out, handed over, dropped, brought up."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient

from app import catalogue
from app.services.packages import terms
from app.services.people import accounts
from app.services.workspaces import content
from tests.web.conftest import Site


@pytest.fixture
def hanako(small_site: Site) -> FlaskClient:
    """An analyst's browser; 太郎 is a colleague."""
    for email, name in (("hanako@example.jp", "分析 花子"), ("taro@example.jp", "分析 太郎")):
        accounts.add_staff(small_site.bench.portal, email, name, ["analyst"], "a password for tests")
    return small_site.person("hanako@example.jp")


def draft(client: FlaskClient) -> str:
    answer = client.post("/designer/make", data={"package": "library_card", "number": "1", "title": "見直し"})
    return answer.headers["Location"]


def test_a_new_process_begins_with_a_template_or_a_copy(hanako: FlaskClient) -> None:
    for source, name in (("template:application_and_review", "office"), ("copy:library_card", "music")):
        answer = hanako.post("/designer/new", data={"from": source, "id": name, "title": "新しい手続き"})
        assert answer.headers["Location"].startswith("/designer/w/")
    start = hanako.get("/designer").text
    assert "まだ公開していないプロセス" in start and start.count("新しい手続き") >= 2
    again = hanako.post("/designer/new", data={"from": "copy:library_card", "id": "music", "title": "x"})
    assert again.headers["Location"] == "/designer" and "すでにあります" in hanako.get("/designer").text


def test_a_zip_goes_out_and_comes_back_as_a_draft(hanako: FlaskClient) -> None:
    data = hanako.get(f"{draft(hanako)}/export.zip").data
    assert catalogue.from_archive(data).id == "library_card"
    assert hanako.get("/designer/releases/library_card/1.zip").data == data
    made = hanako.post("/designer/import", data={"file": (io.BytesIO(data), "x.zip"), "title": "写し"})
    assert made.headers["Location"].startswith("/designer/w/")
    for file in ((io.BytesIO(b"no zip"), "x.zip"), (io.BytesIO(b""), "")):
        refused = hanako.post("/designer/import", data={"file": file})
        assert refused.headers["Location"] == "/designer"


def test_a_draft_is_handed_over_dropped_and_fetched_back_on_record(hanako: FlaskClient) -> None:
    about = f"{draft(hanako)}/about"
    page = hanako.get(about).text
    to = page.split("分析 太郎</option>")[0].rsplit('value="', 1)[1].split('"')[0]
    hanako.post(about, data={"act": "hand-over", "to": to, "why": "休暇のため"})
    hanako.post(about, data={"act": "rename", "title": "新しい名前"})
    hanako.post(about, data={"act": "drop", "why": "要らない"})
    page = hanako.get(about).text
    assert all(words in page for words in ("休暇のため", "要らない", "新しい名前", "案を元に戻す"))
    assert "新しい名前" not in hanako.get("/designer").text
    assert "新しい名前" in hanako.get("/designer?over=1").text
    hanako.post(about, data={"act": "revive"})
    assert "新しい名前" in hanako.get("/designer").text
    refused = hanako.post(about, data={"act": "hand-over", "to": "999"})
    assert refused.headers["Location"] == about and "この担当者は案を書けません" in hanako.get(about).text


def test_a_newer_release_is_taken_in_after_the_one_question(hanako: FlaskClient, small_site: Site) -> None:
    portal, place = small_site.bench.portal, draft(hanako)
    number = int(place.rsplit("/", 1)[1])
    api, path = f"/designer/api/workspaces/{number}", "mail/hello.md"
    text = hanako.get(f"{api}/files/{path}").get_json()["content"]
    mine = {"content": text.replace("次のリンク", "下のリンク")}
    hanako.put(f"{api}/files/{path}", json=mine, headers={"If-Match": '"0"'})
    files = dict(portal.releases.all_current()[0].package.files)
    files[path] = files[path].decode().replace("次のリンク", "このリンク").encode()
    terms.put(portal, catalogue.from_files(files), terms.Act("太郎"), None)
    assert "版2を取り込む" in hanako.get(place).text
    asked = hanako.get(f"{place}/take-in")
    assert asked.status_code == 200 and "下のリンク" in asked.text and "このリンク" in asked.text
    assert hanako.post(f"{place}/take-in", data={}).status_code == 422
    key = hanako.get(f"{api}/take-in").get_json()["files"][0]["clashes"][0]["key"]
    assert f"{path}|{key}" in asked.text
    done = hanako.post(f"{place}/take-in", data={f"{path}|{key}": "theirs"})
    assert done.headers["Location"] == place
    assert "このリンク".encode() in (content.read(portal, number, path).data or b"")
    assert "取り込むものはありません" in hanako.get(f"{place}/take-in", follow_redirects=True).text


def test_what_two_changed_is_asked_in_the_words_of_the_editors(hanako: FlaskClient, small_site: Site) -> None:
    portal, place = small_site.bench.portal, draft(hanako)
    api = f"/designer/api/workspaces/{place.rsplit('/', 1)[1]}"
    files = dict(portal.releases.all_current()[0].package.files)
    for path, old, mine, theirs in (
        ("library_card.bpmn", 'name="申請の確認"', 'name="申請を見る"', 'name="申請の審査"'),
        ("forms/approve.form", '"label": "判断"', '"label": "可否"', '"label": "決定"'),
    ):
        text = files[path].decode()
        assert old in text, path
        said = {"content": text.replace(old, mine)}
        assert hanako.put(f"{api}/files/{path}", json=said, headers={"If-Match": '"0"'}).status_code == 200
        files[path] = text.replace(old, theirs).encode()
    terms.put(portal, catalogue.from_files(files), terms.Act("太郎"), None)
    asked = hanako.get(f"{place}/take-in").text
    assert re.search(
        r"<legend>申請を見る</legend>.*名前：申請の確認.*名前：申請を見る.*名前：申請の審査", asked, re.DOTALL
    )
    assert re.search(r"<legend>可否</legend>.*見出し：判断.*見出し：可否.*見出し：決定", asked, re.DOTALL)
    assert "案に取り込む" in asked
