"""Files and drafts: by a plain post and by the page's script; what is refused takes nothing else with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.services.demo.walker import Walker
from app.store import database, records
from app.store.models import Document
from tests.services.steps import case_of, go, opened, task
from tests.support import locked
from tests.web import tus
from tests.web.conftest import Site
from tests.web.desk_support import PDF, Desk, alerts, pdf, text, vendor

TOO_LARGE = b"%PDF-1.4\n" + b"x" * (21 << 20)


@pytest.fixture
def walker(site: Site) -> Walker:
    return go(site.bench, until="submit_documents")


@pytest.fixture
def desk(site: Site, walker: Walker) -> Desk:
    return vendor(site, task(walker, "submit_documents").id)


def test_25_files_go_up_in_one_post_and_with_the_case(walker: Walker, desk: Desk) -> None:
    many = [pdf(f"決算書{number}.pdf", PDF + str(number).encode()) for number in range(25)]
    sent = desk.send(registry_certificate=pdf(), financial_statements=many)
    assert sent.location == f"{desk.url}/done"
    assert opened(walker) == ["first_review"]
    with database.connection():
        kept = [row for row in records.documents(case_of(walker).id) if row.key.startswith("submit_documents.fin")]
    assert len(kept) == 25
    assert not any(row.draft for row in kept)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("装った.pdf", b"MZ\x90\x00 no pdf at all", "中身が拡張子と合っていません"),
        ("計算.exe", b"MZ\x90\x00", "ここで受け付けられる種類のファイルではありません（PDF"),
        ("空.pdf", b"", "中身が空です"),
        ("大きい.pdf", TOO_LARGE, "20 MBを超えています"),
        ("図.gif", b"GIF89a" + b"\x00" * 30, "図.gif"),  # harmless, but not what this field takes
        ("鍵.pdf", locked.pdf(), "パスワードがかかっている"),
        ("鍵.xlsx", locked.office(), "パスワードがかかっている"),
        ("鍵.doc", locked.old_office("doc"), "パスワードがかかっている"),
    ],
)
def test_a_refused_file_is_named_at_its_field_and_the_rest_is_kept(
    name: str, content: bytes, said: str, desk: Desk
) -> None:
    answer = desk.post(
        registry_certificate=pdf(name, content), financial_statements=[pdf("よい.pdf")], documents_note="これは残る"
    )
    assert answer.status_code == 422
    assert 'href="#f-registry_certificate"' in answer.text
    assert said in alerts(answer)
    assert 'id="f-registry_certificate-error"' in answer.text
    assert "これは残る" in answer.text
    assert "よい.pdf" in answer.text
    again = desk.page().text
    assert "よい.pdf" in again
    assert name not in again


def test_a_zip_under_a_password_is_refused_as_soon_as_it_is_sent(site: Site) -> None:
    walker = go(site.bench, until="reply_materials")
    desk = vendor(site, task(walker, "reply_materials").id)
    answer = desk.post(system_overview_documents=[pdf("資料.zip", locked.zipped())])
    assert (answer.status_code, "パスワードがかかっている" in alerts(answer)) == (422, True)
    with database.connection():
        assert not [row for row in records.documents(case_of(walker).id) if row.filename == "資料.zip"]


def test_a_kept_file_can_be_taken_away_and_others_cannot_be_named_by_id(walker: Walker, site: Site, desk: Desk) -> None:
    desk.post("draft", registry_certificate=pdf("一枚目.pdf"), financial_statements=[pdf("甲.pdf"), pdf("乙.pdf")])
    page = desk.page().text
    assert "一枚目.pdf" in page
    ids = {row.filename: row.id for row in _drafts(walker)}
    kept = {
        "registry_certificate": ids["一枚目.pdf"],
        "financial_statements": [ids["甲.pdf"], ids["乙.pdf"]],
        "financial_statements--remove": ids["甲.pdf"],
    }
    desk.post("draft", **kept)
    page = desk.page().text
    assert "乙.pdf" in page
    assert "甲.pdf" not in page
    other = go(site.bench, until="submit_documents", application={"email": "other@example.com", "system_name": "べつ"})
    thief = Desk(site.person("other@example.com"), task(other, "submit_documents").id)
    thief.post("draft", registry_certificate=ids["一枚目.pdf"])
    assert "一枚目.pdf" not in thief.page().text


def _drafts(walker: Walker) -> list[Any]:
    with database.connection():
        return list(Document.select().where((Document.case == case_of(walker).id) & Document.draft))


def test_an_attached_draft_opens_for_its_sender_alone(site: Site, walker: Walker, desk: Desk) -> None:
    desk.post("draft", registry_certificate=pdf("見せる.pdf"))
    address = f"/cases/{walker.number}/documents/{_drafts(walker)[0].id}"
    assert f'href="{address}"' in desk.page().text
    assert desk.client.get(address).data == PDF
    assert site.operator().get(address).status_code == 404


def test_an_uploads_names_and_paths_are_harmless(walker: Walker, desk: Desk) -> None:
    desk.post("draft", registry_certificate=pdf("../../etc/<img src=x>.pdf"))
    page = desk.page().text
    assert "&lt;img src=x&gt;.pdf" in page
    assert "<img src=x>" not in page
    assert "etc" not in _drafts(walker)[0].filename


def test_the_script_saves_a_draft_and_learns_of_a_conflict(desk: Desk) -> None:
    first = desk.client.post(desk.url + "/draft", data={"revision": "0", "documents_note": "一"})
    assert first.status_code == 200
    assert first.json is not None
    assert first.json["revision"] == 1
    assert first.json["saved_at"]
    second = desk.client.post(desk.url + "/draft", json={"revision": 1, "documents_note": "二"})
    assert second.json is not None
    assert second.json["revision"] == 2
    late = desk.client.post(desk.url + "/draft", data={"revision": "1", "documents_note": "三"})
    assert late.status_code == 409
    assert late.json is not None
    assert late.json["revision"] == 2
    assert late.json["error"]
    assert "二" in desk.page().text


def test_a_page_left_by_its_script_says_what_is_missing_only_when_asked(desk: Desk) -> None:
    desk.client.post(desk.url + "/draft", data={"revision": "0"})
    assert not alerts(desk.page())


def test_json_that_is_no_form_is_refused(desk: Desk) -> None:
    for body in ("[1]", "no json", '"text"'):
        answer = desk.client.post(desk.url + "/draft", data=body, content_type="application/json")
        assert answer.status_code == 400
    odd = {"revision": 0, "documents_note": {"a": 1}, "financial_statements": [{"id": "x"}], "unknown": "x"}
    assert desk.client.post(desk.url + "/draft", json=odd).status_code == 200


def test_a_file_that_a_script_sent_belongs_to_the_draft_once_the_draft_names_it(walker: Walker, desk: Desk) -> None:
    found = tus.send(desk.client, desk.url, "registry_certificate", "一枚.pdf", PDF)
    assert found.json is not None
    assert "一枚.pdf" not in desk.page().text
    desk.post("draft", registry_certificate=found.json["id"])
    assert "一枚.pdf" in desk.page().text
    assert opened(walker) == ["submit_documents"]


def test_a_refused_upload_leaves_nothing_behind(walker: Walker, desk: Desk) -> None:
    desk.post("draft", registry_certificate=pdf("図.gif", b"GIF89a" + b"\x00" * 30))
    assert not _drafts(walker)


def test_files_stay_with_the_draft_when_other_answers_are_wrong(walker: Walker, desk: Desk) -> None:
    answer = desk.post(registry_certificate=pdf("先に.pdf"))
    assert answer.status_code == 422
    ids = [row.id for row in _drafts(walker)]
    sent = desk.send(registry_certificate=ids[0], financial_statements=pdf("あと.pdf"))
    assert sent.status_code == 303
    assert "先に.pdf" in text(desk.page("/done"))


def test_blobs_lie_under_their_digest_outside_the_web_root(site: Site, desk: Desk) -> None:
    desk.post("draft", registry_certificate=pdf("見本.pdf"))
    names = [path.name for path in Path(site.bench.portal.settings.data_dir / "blobs").rglob("*") if path.is_file()]
    assert any(len(name) == 64 for name in names)
    assert "見本" not in json.dumps(names, ensure_ascii=False)
