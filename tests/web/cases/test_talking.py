"""A question may bring files, and says by when the answer comes."""

from __future__ import annotations

import io

from app.services.cases import talking
from app.states import Rights
from app.store import database, records
from app.store.models import Document, Member, Note
from tests.services.steps import case_of, go
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR, pdf, text


def test_a_question_brings_files_which_the_other_side_opens(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    here, vendor, sato = f"/cases/{walker.number}", site.person(VENDOR), site.operator()
    assert "添付" in text(vendor.get(f"{here}?tab=messages"))
    sent = vendor.post(
        f"{here}/messages", data={"voice": "open", "text": "この書類でよいですか", "files": [pdf("案.pdf")]}
    )
    assert sent.status_code == 303
    with database.connection():
        row = next(each for each in records.documents(case_of(walker).id) if each.key.startswith("note."))
    for who in (vendor, sato):
        page = who.get(f"{here}?tab=messages")
        assert "案.pdf" in text(page)
        assert f"{here}/documents/{row.id}" in page.text
        assert who.get(f"{here}/documents/{row.id}").data.startswith(b"%PDF")
    assert "お返事は" in text(vendor.get(f"{here}?tab=messages"))
    site.bench.drain()
    letter = site.bench.mailbox.of("new-message")[-1]
    assert "案.pdf" in letter.text
    sato.post(f"{here}/messages", data={"voice": "open", "text": "結構です"})
    assert "お返事は" not in text(vendor.get(f"{here}?tab=messages"))


def test_a_file_of_an_internal_note_is_the_staffs_alone(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    here, vendor, sato = f"/cases/{walker.number}", site.person(VENDOR), site.operator()
    sato.post(f"{here}/messages", data={"voice": "internal", "text": "内部の控え", "files": [pdf("内部.pdf")]})
    with database.connection():
        row = next(each for each in records.documents(case_of(walker).id) if each.key.startswith("note."))
    assert sato.get(f"{here}/documents/{row.id}").status_code == 200
    assert vendor.get(f"{here}/documents/{row.id}").status_code == 404
    assert "内部.pdf" not in text(vendor.get(f"{here}?tab=documents"))


def test_where_a_file_is_refused_nothing_is_said_and_what_was_typed_stays(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    here, vendor = f"/cases/{walker.number}", site.person(VENDOR)
    bad = (io.BytesIO(b"MZ not a paper"), "番号.pdf")
    said = {"voice": "open", "text": "この書類でよいですか", "files": [pdf("案.pdf"), bad]}
    page = vendor.post(f"{here}/messages", data=said)
    assert page.status_code == 422
    assert "この書類でよいですか" in page.text
    many = {**said, "files": [pdf(f"{number}.pdf") for number in range(talking.MOST_FILES + 1)]}
    assert vendor.post(f"{here}/messages", data=many).status_code == 422
    with database.connection():
        assert records.notes(case_of(walker).id, internal=True) == []
        assert Document.select().where(Document.key == "note").count() == 0


def test_guideline_days_say_of_when_they_are(site: Site) -> None:
    walker = go(site.bench, until="check_audit_materials")
    page = text(site.operator().get(f"/cases/{walker.number}?tab=flow"))
    assert "から、" in page
    assert "に終了" in page


def test_who_may_only_read_reads_and_writes_nothing(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    here, vendor = f"/cases/{walker.number}", site.person(VENDOR)
    with database.transaction():
        Member.update(rights=Rights.READ).where(Member.case == case_of(walker).id).execute()
    page = vendor.get(f"{here}?tab=messages")
    assert page.status_code == 200
    assert f'action="{here}/messages"' not in page.text
    sent = vendor.post(f"{here}/messages", data={"voice": "open", "text": "書きました", "files": [pdf("案.pdf")]})
    assert sent.status_code == 403
    with database.connection():
        assert not Note.select().exists()
        assert not [row for row in records.documents(case_of(walker).id) if row.key.startswith("note.")]
