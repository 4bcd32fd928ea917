"""Downloads of a case: named as they are, guarded, on record."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from app.connectors import ics
from app.engine import Engine
from app.services.cases import talking
from app.services.demo.walker import Walker
from app.services.papers import seen
from app.store import cases, database, records
from app.store.models import Document, Mail
from app.web.frame import sending
from tests.services.steps import case_of, go
from tests.services.tasks.test_last_time import vendor
from tests.web.conftest import Site, open_site

VENDOR = "ichiro.rei@example.com"


class World:
    """A case with uploads, letters, released files and mails with attachments."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.walker: Walker = go(site.bench, until="submit_loan_form", business_days_ago=40)
        self.number = self.walker.number
        self.vendor, self.operator = site.person(VENDOR), site.operator()

    def documents(self, audience: str = "both") -> list[Document]:
        with database.connection():
            return [row for row in records.documents(case_of(self.walker).id) if row.audience == audience]

    def taken(self) -> list[tuple[str, str]]:
        """(who, which file), newest first."""
        with database.connection():
            return [(row.user_name, row.filename) for row in seen.of_case(case_of(self.walker).id)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[World]:
    yield World(open_site(tmp_path_factory.mktemp("files"), engine))


def test_a_pdf_is_shown_in_a_sandbox_and_saved_under_its_japanese_name(world: World) -> None:
    document = next(row for row in world.documents() if row.mime == "application/pdf" and not row.filename.isascii())
    url = f"/cases/{world.number}/documents/{document.id}"
    shown = world.vendor.get(f"{url}?inline=1")
    assert shown.headers["Content-Disposition"].startswith("inline;")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == "private, no-store"
    saved = world.vendor.get(f"{url}?download=1")
    assert saved.headers["Content-Disposition"].startswith("attachment;")
    assert f"filename*=UTF-8''{quote(document.filename)}" in saved.headers["Content-Disposition"]
    assert saved.data.startswith(b"%PDF")


def test_what_a_browser_should_not_show_is_always_saved(world: World) -> None:
    with database.transaction():
        document = Document.create(
            id="page",
            case=case_of(world.walker),
            key="x",
            kind="uploaded",
            title="x",
            filename="x.html",
            mime="text/html",
            size=5,
            digest=world.site.bench.portal.blobs.put(b"<b>x"),
            created_at=world.site.bench.portal.now(),
        )
    answer = world.vendor.get(f"/cases/{world.number}/documents/{document.id}?inline=1")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    with database.transaction():
        document.delete_instance()


def test_every_download_is_on_record_with_who_took_it(world: World) -> None:
    document = world.documents()[0]
    world.vendor.get(f"/cases/{world.number}/documents/{document.id}")
    world.operator.get(f"/cases/{world.number}/documents/{document.id}")
    assert {("担当 1", document.filename), ("例 一郎", document.filename)} <= set(world.taken())
    with database.connection():
        lines = [row.title for row in cases.timeline(case_of(world.walker).id, internal=True, kinds=["download"])]
    assert document.filename in lines
    page = world.operator.get(f"/cases/{world.number}?tab=documents").text
    assert "最終閲覧" in page
    assert "閲覧・ダウンロードの記録" in page
    assert "閲覧・ダウンロードの記録" not in world.vendor.get(f"/cases/{world.number}?tab=documents").text


def test_a_released_file_opens_with_its_group_and_not_before(world: World) -> None:
    package = world.site.bench.portal.releases.current("ccus_api_certification").package
    with database.connection():
        opened = {row.grp for row in records.openings(case_of(world.walker).id)}
    assert opened
    files = {name for group in opened for name in package.downloads[group].files}
    later = {name for key, group in package.downloads.items() if key not in opened for name in group.files} - files
    assert later
    for name in files:
        assert world.vendor.get(f"/cases/{world.number}/files/{name}").status_code == 200
        assert world.taken()[0] == ("例 一郎", name)
    for name in later:
        assert world.vendor.get(f"/cases/{world.number}/files/{name}").status_code == 404


@pytest.mark.parametrize("name", ["../package.toml", "..%2fpackage.toml", "nothing.pdf", "package.toml"])
def test_no_other_file_of_the_package_is_handed_out(name: str, world: World) -> None:
    assert world.vendor.get(f"/cases/{world.number}/files/{name}").status_code == 404
    assert world.operator.get(f"/cases/{world.number}/files/{name}").status_code == 404


def test_the_zip_holds_all_that_its_reader_may_see_and_nothing_else(world: World) -> None:
    names = {}
    for who, client in (("vendor", world.vendor), ("operator", world.operator)):
        answer = client.get(f"/cases/{world.number}/all.zip")
        assert answer.headers["Content-Disposition"] == f"attachment; filename={world.number}.zip"
        with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
            assert bundle.testzip() is None
            names[who] = bundle.namelist()
            assert len(set(names[who])) == len(names[who])
    inner = [row.filename for row in world.documents("operator") if row.kind != "sealed"]
    assert inner
    sealed = [row.filename for row in world.documents("operator") if row.kind == "sealed"]
    assert sealed
    assert not [name for filename in sealed for name in names["vendor"] + names["operator"] if filename in name]
    for filename in inner:
        assert not any(filename in name for name in names["vendor"])
        assert any(filename in name for name in names["operator"])
    assert len([name for name in names["vendor"] if "/documents/" in name]) == len(world.documents())
    with database.connection():
        subjects = {row.mail_id: row.subject for row in records.mails(case_of(world.walker).id)}
    assert any(subjects["review-1"][:20] in name for name in names["vendor"])
    assert f"{world.number}.zip" in {file for _, file in world.taken()}


def test_entries_of_the_zip_say_their_field_and_the_hour_in_japan(world: World) -> None:
    with database.transaction():
        paper = Document.select().where((Document.kind == "uploaded") & ~Document.draft).get()
        mail = records.mails(case_of(world.walker).id)[0]
        Document.update(created_at=datetime(2026, 3, 31, 16, 5, tzinfo=UTC)).where(Document.id == paper.id).execute()
        Mail.update(written_at=datetime(2026, 3, 31, 22, 30, 7, tzinfo=UTC), subject="申請 ④/5: お知らせ").where(
            Mail.id == mail.id
        ).execute()
    with zipfile.ZipFile(io.BytesIO(world.operator.get(f"/cases/{world.number}/all.zip").data)) as bundle:
        by_name = {info.filename: info.date_time for info in bundle.infolist()}
    folder = world.number
    assert paper.title not in paper.filename
    assert by_name[f"{folder}/documents/20260401-v{paper.version}-{paper.title}-{paper.filename}"] == (
        2026, 4, 1, 1, 5, 0,
    )  # fmt: skip
    assert by_name[f"{folder}/mail/20260401-073007-申請 ④／5： お知らせ.txt"] == (
        2026,
        4,
        1,
        7,
        30,
        6,
    )  # in steps of 2 s


def test_the_zip_holds_what_was_answered_and_what_was_written(world: World) -> None:
    talking.say(world.site.bench.portal, world.number, "締切を教えてください。", vendor(world.walker))
    world.site.bench.drain()
    with zipfile.ZipFile(io.BytesIO(world.vendor.get(f"/cases/{world.number}/all.zip").data)) as bundle:
        names = bundle.namelist()
        assert "締切を教えてください。" in bundle.read(f"{world.number}/messages.txt").decode()
        [profile] = [name for name in names if "/answers/" in name and "会社" in name]
        assert "法人番号: " in bundle.read(profile).decode()
    assert not [name for name in names if "審査（1次）" in name], "what the body decided is the body's"
    assert all(name == unicodedata.normalize("NFC", name) for name in names)


def test_an_attachment_is_what_went_out_with_the_mail(world: World) -> None:
    with database.connection():
        row = next(row for row in records.mails(case_of(world.walker).id) if row.attachments)
    url = f"/cases/{world.number}/mails/{row.id}/attachments"
    answer = world.vendor.get(f"{url}/1")
    assert (answer.status_code, len(answer.data)) == (200, row.attachments[0]["size"])
    assert world.taken()[0] == ("例 一郎", row.attachments[0]["filename"])
    assert world.vendor.get(f"{url}/0").status_code == 404
    assert world.vendor.get(f"{url}/{len(row.attachments) + 1}").status_code == 404
    assert f"{url}/1" in world.vendor.get(f"/cases/{world.number}/mails/{row.id}").text


def test_what_names_its_parameters_is_served_under_them_once() -> None:
    assert sending.file(b"x", ics.MIME, "a.ics").headers["Content-Type"] == ics.MIME
    assert sending.file(b"x", "text/plain", "a.txt").headers["Content-Type"] == "text/plain; charset=utf-8"


def test_staff_have_the_whole_case_made_as_one_pdf(world: World) -> None:
    url = f"/cases/{world.number}/file.pdf"
    assert world.operator.get(url).status_code == 404
    assert "PDFを作成する" in world.operator.get(f"/cases/{world.number}?tab=documents").text
    for _ in range(2):  # pressed twice, made once
        assert world.operator.post(url).status_code == 303
    waiting = world.operator.get(f"/cases/{world.number}?tab=documents").text
    assert "作成しています" in waiting
    assert world.site.bench.drain() == ["done"]
    answer = world.operator.get(url)
    text = answer.data.decode()
    assert answer.mimetype == "application/pdf"
    assert "申し込み" in text
    assert "担当 1" in text
    assert all(row.digest in text for row in world.documents())
    assert "file.pdf" in world.operator.get(f"/cases/{world.number}?tab=documents").text


def test_the_case_file_is_for_staff_alone(world: World) -> None:
    assert world.vendor.get(f"/cases/{world.number}/file.pdf").status_code == 403
    assert world.vendor.post(f"/cases/{world.number}/file.pdf").status_code == 403
    assert "file.pdf" not in world.vendor.get(f"/cases/{world.number}?tab=documents").text


def test_what_a_step_makes_and_mails_is_one_document(world: World) -> None:
    with database.connection():
        invoices = [row for row in records.documents(case_of(world.walker).id) if row.key == "initial_invoice"]
        mail = next(row for row in records.mails(case_of(world.walker).id) if row.mail_id == "review-5")
    assert len(invoices) == 1
    assert [each["digest"] for each in mail.attachments] == [invoices[0].digest]
