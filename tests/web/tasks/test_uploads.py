"""Uploads that go on where they stopped: the tus protocol, section by section, and what becomes of the file."""

from __future__ import annotations

import base64
import hashlib
import io
import unicodedata
import zipfile
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest

from app.connectors import pdf
from app.services.demo.sampleday import sample_pdf
from app.services.demo.walker import Walker
from app.services.papers import parts
from app.store import database
from app.store.models import Document, Part
from tests.services.steps import actor, go, opened, task
from tests.support.threads import in_thread
from tests.web import tus
from tests.web.conftest import Site
from tests.web.desk_support import Desk, alerts, vendor

FIELD = "registry_certificate"
PDF = sample_pdf("途中から続ける") + b"%" * 5000


@pytest.fixture
def walker(site: Site) -> Walker:
    return go(site.bench, until="submit_documents")


@pytest.fixture
def desk(site: Site, walker: Walker) -> Desk:
    return vendor(site, task(walker, "submit_documents").id)


@pytest.fixture
def url(desk: Desk) -> str:
    """An upload that was announced."""
    begun = tus.create(desk.client, desk.url, len(PDF), FIELD, "登記.pdf")
    assert begun.status_code == 201
    return str(begun.headers["Location"])


def offset(desk: Desk, url: str) -> int:
    seen = tus.head(desk.client, url)
    assert seen.status_code == 200
    return int(seen.headers["Upload-Offset"])


def test_the_server_says_what_it_can_do(desk: Desk) -> None:
    found = desk.client.options(f"{desk.url}/uploads")
    assert found.status_code == 204
    assert found.headers["Tus-Version"] == "1.0.0"
    assert set(found.headers["Tus-Extension"].split(",")) == {"creation", "expiration", "checksum", "termination"}
    assert int(found.headers["Tus-Max-Size"]) == 50 << 20
    assert "sha1" in found.headers["Tus-Checksum-Algorithm"].split(",")


def test_a_file_in_three_pieces_is_taken_whole(walker: Walker, desk: Desk, url: str) -> None:
    for start, end in ((0, 100), (100, 4000), (4000, len(PDF))):
        assert offset(desk, url) == start
        answer = tus.patch(desk.client, url, start, PDF[start:end])
        assert answer.status_code == 204
        assert answer.headers["Upload-Offset"] == str(end)
        assert answer.headers["Upload-Expires"].endswith("GMT")
    taken = desk.client.post(f"{url}/take")
    assert taken.status_code == 200
    assert taken.json is not None
    assert (taken.json["name"], taken.json["size"]) == ("登記.pdf", len(PDF))
    assert desk.client.post(f"{url}/take").json == taken.json  # the answer was lost on its way: asked again
    desk.post("draft", registry_certificate=taken.json["id"])
    assert "登記.pdf" in desk.page().text
    assert desk.client.get(f"/cases/{walker.number}/documents/{taken.json['id']}").data == PDF
    assert opened(walker) == ["submit_documents"]


def test_what_was_announced_is_told_again(desk: Desk, url: str) -> None:
    seen = tus.head(desk.client, url)
    assert seen.headers["Upload-Length"] == str(len(PDF))
    assert seen.headers["Upload-Metadata"] == tus.said(field=FIELD, filename="登記.pdf")
    assert seen.headers["Cache-Control"] == "no-store"
    assert seen.headers["Tus-Resumable"] == "1.0.0"


def test_a_wrong_offset_is_a_conflict_and_changes_nothing(desk: Desk, url: str) -> None:
    tus.patch(desk.client, url, 0, PDF[:100])
    for wrong in (0, 99, 101):
        answer = tus.patch(desk.client, url, wrong, PDF[wrong:])
        assert answer.status_code == 409
        assert answer.json is not None
        assert answer.json["message"] == ""
    assert offset(desk, url) == 100


def test_more_than_was_announced_is_too_large(desk: Desk, url: str) -> None:
    assert tus.patch(desk.client, url, 0, PDF + b"x").status_code == 413
    assert offset(desk, url) == 0


def test_damaged_bytes_are_not_kept(desk: Desk, url: str) -> None:
    for name in ("sha1", "sha256"):
        digest = base64.b64encode(hashlib.new(name, PDF[:200]).digest()).decode()
        answer = tus.patch(desk.client, url, 0, PDF[:199] + b"?", **{"Upload-Checksum": f"{name} {digest}"})
        assert answer.status_code == 460
        assert offset(desk, url) == 0
    assert tus.patch(desk.client, url, 0, PDF[:200], **{"Upload-Checksum": f"sha256 {digest}"}).status_code == 204
    assert offset(desk, url) == 200


@pytest.mark.parametrize("said", ["md5 AAAA", "sha1", "sha1 no-base64!"])
def test_a_checksum_that_is_none_is_refused(said: str, desk: Desk, url: str) -> None:
    assert tus.patch(desk.client, url, 0, PDF, **{"Upload-Checksum": said}).status_code == 400


def test_an_upload_of_another_person_is_none(site: Site, desk: Desk, url: str) -> None:
    other = go(site.bench, until="submit_documents", application={"email": "other@example.com", "system_name": "べつ"})
    thief = site.person("other@example.com")
    theirs = f"/tasks/{task(other, 'submit_documents').id}/uploads/{url.rpartition('/')[2]}"
    for client in (thief, site.operator()):
        for place in (url, theirs):
            assert tus.head(client, place).status_code == 404
            assert tus.patch(client, place, 0, PDF).status_code == 404
            assert client.delete(place, headers=tus.VERSION).status_code == 404
            assert client.post(f"{place}/take").status_code == 404
    assert offset(desk, url) == 0
    assert site.anybody().head(url, headers={**tus.VERSION, "Accept": "application/json"}).status_code == 401


def test_another_version_of_the_protocol_is_not_spoken(desk: Desk, url: str) -> None:
    for headers in ({}, {"Tus-Resumable": "0.2.2"}):
        answer = desk.client.head(url, headers=headers)
        assert answer.status_code == 412
        assert answer.headers["Tus-Version"] == "1.0.0"


def test_a_body_of_another_type_is_not_read(desk: Desk, url: str) -> None:
    answer = desk.client.patch(url, data=PDF, headers={**tus.VERSION, "Upload-Offset": "0"}, content_type="text/plain")
    assert answer.status_code == 415


@pytest.mark.parametrize("length", ["", "-1", "ten", "1e3"])
def test_a_length_that_is_none_is_refused(length: str, desk: Desk) -> None:
    headers = {**tus.VERSION, "Upload-Length": length, "Upload-Metadata": tus.said(field=FIELD, filename="a.pdf")}
    assert desk.client.post(f"{desk.url}/uploads", headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("field", "name", "length", "status", "why"),
    [
        (FIELD, "大きい.pdf", (20 << 20) + 1, 413, "20 MB"),
        (FIELD, "空.pdf", 0, 422, "空"),
        (FIELD, "計算.exe", 10, 422, "計算.exe"),
        (FIELD, "図.gif", 10, 422, "図.gif"),
        ("documents_note", "a.pdf", 10, 404, ""),
        ("no_such_field", "a.pdf", 10, 404, ""),
    ],
)
def test_what_cannot_be_taken_is_said_before_a_byte_travels(
    field: str, name: str, length: int, status: int, why: str, desk: Desk
) -> None:
    answer = tus.create(desk.client, desk.url, length, field, name)
    assert answer.status_code == status
    assert answer.json is not None
    assert why in answer.json["message"]
    assert answer.json["message"]


def test_content_that_is_not_what_the_name_says_is_refused_at_the_end(site: Site, desk: Desk) -> None:
    answer = tus.send(desk.client, desk.url, FIELD, "装い.pdf", b"MZ\x90\x00 no pdf")
    assert answer.status_code == 422
    assert answer.json is not None
    assert "装い.pdf" in answer.json["message"]
    with database.connection():
        assert not Document.select().where(Document.draft).exists()
        assert not Part.select().exists()
    assert not list((site.bench.portal.settings.data_dir / "parts").iterdir())


def test_a_file_that_has_not_arrived_is_not_taken(desk: Desk, url: str) -> None:
    tus.patch(desk.client, url, 0, PDF[:-1])
    assert desk.client.post(f"{url}/take").status_code == 422
    assert offset(desk, url) == len(PDF) - 1


def test_an_upload_that_is_not_wanted_is_gone(site: Site, desk: Desk, url: str) -> None:
    tus.patch(desk.client, url, 0, PDF[:100])
    assert desk.client.delete(url, headers=tus.VERSION).status_code == 204
    assert tus.head(desk.client, url).status_code == 404
    assert not list((site.bench.portal.settings.data_dir / "parts").iterdir())


def test_a_gate_that_lets_only_posts_pass_is_no_hindrance(desk: Desk, url: str) -> None:
    headers = {**tus.VERSION, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert desk.client.post(url, data=PDF[:50], content_type=tus.TYPE, headers=headers).status_code == 204
    assert offset(desk, url) == 50
    gone = desk.client.post(url, headers={**tus.VERSION, "X-HTTP-Method-Override": "DELETE"})
    assert gone.status_code == 204


def test_bytes_that_nobody_counted_are_written_over(site: Site, desk: Desk, url: str) -> None:
    """The power failed while a piece was written: the database counts what was synced before, and no more."""
    tus.patch(desk.client, url, 0, PDF[:100])
    spooled = site.bench.portal.settings.data_dir / "parts" / url.rpartition("/")[2]
    with spooled.open("ab") as file:
        file.write(b"\x00" * 70)
    assert offset(desk, url) == 100
    tus.patch(desk.client, url, 100, PDF[100:])
    assert spooled.read_bytes() == PDF


def test_a_file_that_is_shorter_than_what_was_counted_is_believed(site: Site, desk: Desk, url: str) -> None:
    """A database that was restored without its spool, or a disk that lied."""
    tus.patch(desk.client, url, 0, PDF[:100])
    spooled = site.bench.portal.settings.data_dir / "parts" / url.rpartition("/")[2]
    spooled.write_bytes(PDF[:60])
    assert offset(desk, url) == 60
    spooled.unlink()
    assert offset(desk, url) == 0
    assert tus.patch(desk.client, url, 0, PDF).status_code == 204
    assert desk.client.post(f"{url}/take").status_code == 200


def test_what_came_before_the_line_was_cut_is_kept(desk: Desk, url: str) -> None:
    answer = desk.client.patch(
        url,
        data=PDF[:300],
        content_type=tus.TYPE,
        headers={**tus.VERSION, "Upload-Offset": "0"},
        environ_overrides={"CONTENT_LENGTH": str(len(PDF))},
    )
    assert answer.status_code == 204
    assert offset(desk, url) == 300


def test_two_writers_do_not_mix(site: Site, desk: Desk, url: str) -> None:
    part = url.rpartition("/")[2]
    with parts._spool(site.bench.portal).writing(part):
        assert tus.patch(desk.client, url, 0, PDF).status_code == 423
    assert tus.patch(desk.client, url, 0, PDF).status_code == 204


def test_who_writes_after_another_sees_how_far_that_one_came(site: Site, walker: Walker, desk: Desk, url: str) -> None:
    portal, who = site.bench.portal, actor(walker)
    own, part = task(walker, "submit_documents").id, url.rpartition("/")[2]

    def send(length: int) -> int:
        return parts.append(portal, own, part, 0, io.BytesIO(PDF[:length]), who).offset

    with portal.page():
        assert parts.look(portal, own, part, who).offset == 0
        assert in_thread(send)(100) == 100
        with pytest.raises(parts.WrongOffset):
            send(50)
    assert offset(desk, url) == 100


def test_uploads_that_were_given_up_expire(site: Site, desk: Desk, url: str) -> None:
    tus.patch(desk.client, url, 0, PDF[:100])
    taken = tus.send(desk.client, desk.url, FIELD, "使われない.pdf", PDF)
    assert taken.status_code == 200
    kept = tus.send(desk.client, desk.url, FIELD, "使われる.pdf", PDF)
    assert kept.json is not None
    desk.post("draft", registry_certificate=kept.json["id"])
    assert parts.expire(site.bench.portal) == 0
    site.bench.portal.clock.moment += timedelta(days=8)  # type: ignore[attr-defined]
    assert parts.expire(site.bench.portal) == 3
    assert tus.head(desk.client, url).status_code == 404
    with database.connection():
        assert [row.filename for row in Document.select().where(Document.draft)] == ["使われる.pdf"]
    assert not list((site.bench.portal.settings.data_dir / "parts").iterdir())


def test_one_person_opens_only_so_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_OPEN", 2)
    answers = [tus.create(desk.client, desk.url, 10, FIELD, f"{number}.pdf") for number in range(3)]
    assert [each.status_code for each in answers] == [201, 201, 422]


def test_a_case_holds_only_so_much_and_that_is_said_before_it_travels(site: Site, desk: Desk) -> None:
    portal = site.bench.portal
    site.app.extensions["nintei"] = replace(portal, settings=replace(portal.settings, upload_case_mb=1))
    third = PDF + b"%" * 400_000
    assert tus.send(desk.client, desk.url, FIELD, "一.pdf", third).status_code == 200
    assert tus.create(desk.client, desk.url, len(third), FIELD, "二.pdf").status_code == 201  # its room is set aside
    refused = tus.create(desk.client, desk.url, len(third), FIELD, "三.pdf")
    assert refused.status_code == 413
    assert refused.json is not None
    assert "1 MB" in refused.json["message"]
    plain = desk.post(registry_certificate=(io.BytesIO(third), "三.pdf"))
    assert plain.status_code == 422
    assert "1 MB" in alerts(plain)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("監査\r\nX-Evil: 1.pdf", "監査 X-Evil: 1.pdf"),
        ("請求書\u202efdp.exe.pdf", "請求書fdp.exe.pdf"),
        (unicodedata.normalize("NFD", "プロジェクト計画書.pdf"), "プロジェクト計画書.pdf"),
    ],
)
def test_a_files_name_is_made_even_by_either_way_in(walker: Walker, desk: Desk, sent: str, kept: str) -> None:
    said = tus.send(desk.client, desk.url, FIELD, sent, PDF).json
    assert said is not None
    assert said["name"] == kept
    desk.client.post(desk.url, data={FIELD: (io.BytesIO(PDF), sent), "action": "save"})
    with database.connection():
        rows = list(Document.select().where(Document.draft))
    assert {row.filename for row in rows} == {kept}
    for row in rows:
        answer = desk.client.get(f"/cases/{walker.number}/documents/{row.id}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].endswith(quote(kept))


def test_a_file_that_was_stored_under_a_bad_name_can_be_opened(site: Site, walker: Walker, desk: Desk) -> None:
    tus.send(desk.client, desk.url, FIELD, "a.pdf", PDF)
    bad = unicodedata.normalize("NFD", "監査\r\nX-Evil: グループ\u202e1.pdf")
    good = "監査 X-Evil: グループ1.pdf"
    with database.transaction():
        row = Document.select().where(Document.draft).get()
        database.proxy.obj.execute_sql("UPDATE document SET filename = ?, draft = 0 WHERE id = ?", (bad, row.id))
    for client in (desk.client, site.operator()):
        answer = client.get(f"/cases/{walker.number}/documents/{row.id}")
        assert answer.status_code == 200
        assert answer.data == PDF
        assert "X-Evil" not in answer.headers
        assert answer.headers["Content-Disposition"].endswith(quote(good))
        bundle = zipfile.ZipFile(io.BytesIO(client.get(f"/cases/{walker.number}/all.zip").data))
        assert any(each.endswith(good) for each in bundle.namelist())
        assert good in client.get(f"/cases/{walker.number}?tab=documents").text


@in_thread
def test_what_a_signature_says_comes_with_the_file_without_another_page(site: Site) -> None:
    walker = go(site.bench, until="contracts__vendor")
    desk = vendor(site, task(walker, "contracts__vendor").id)
    signed = pdf.sign(sample_pdf("契約書"), pdf.make_signing_key("見本 花子"))
    taken = tus.send(desk.client, desk.url, "signed_nda", "契約書.pdf", signed)
    assert taken.json is not None
    [said] = taken.json["signatures"]
    assert "見本 花子" in said
    desk.post("draft", signed_nda=taken.json["id"])
    assert said in unescape(desk.page().text)
    other = tus.send(desk.client, desk.url, "signed_nda", "契約書.pdf", sample_pdf("別"))
    assert other.json is not None
    assert other.json["signatures"] == []
