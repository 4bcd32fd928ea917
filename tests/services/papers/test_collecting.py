"""What is refused is gone at once, and bytes that no row names go after a day: the disk holds what a case holds."""

from __future__ import annotations

import io
import os
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.errors import Refused
from app.services import upkeep
from app.services.demo.sampleday import sample_pdf
from app.services.demo.walker import Walker
from app.services.papers import collecting, intake, parts, uploads
from app.store import database, models, named, records
from app.store.models import Document, InboundMail, Mail
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, task
from tests.services.tasks.test_last_time import vendor

# Columns that look like names of bytes and are none.
OTHERS = {
    "BankFile.digest",
    "CardDeskRow.token_digest",
    "RecoveryCode.digest",
    "Release.digest",
    "Workspace.submitted_digest",
    "WorkspaceFile.base_digest",
    "WorkspaceFile.digest",
    "WorkspaceVersion.digest",
}


def attach(walker: Walker, name: str, content: bytes) -> None:
    row, who = task(walker, "reply_materials"), vendor(walker)
    uploads.attach(
        walker.portal, uploads.place(walker.portal, row.id, "system_requirements", who), name, io.BytesIO(content), who
    )


def bytes_of(bench: Bench) -> set[str]:
    return {path.name for path in (bench.portal.settings.data_dir / "blobs").rglob("*") if path.is_file()}


def locked_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    raw = bytearray(out.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # general purpose bit 0: encrypted (APPNOTE 4.4.4)
        raw[raw.index(mark) + offset] |= 1
    return bytes(raw)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("会社概要.pdf", os.urandom(4 << 20)),
        ("会社概要.exe", b"MZ" + os.urandom(1000)),
        ("会社概要.pdf", b""),
        ("会社概要.pdf", b"%PDF-1.7 " + os.urandom(21 << 20)),
        ("会社概要.zip", locked_zip()),
    ],
    ids=["not what it says", "no type that is taken", "empty", "too large", "under a password"],
)
def test_a_refused_file_leaves_no_byte(bench: Bench, name: str, content: bytes) -> None:
    walker = go(bench, "reply_materials")
    before = bytes_of(bench)
    with pytest.raises(Refused):
        attach(walker, name, content)
    assert bytes_of(bench) == before


def test_a_file_beyond_the_cases_room_leaves_no_byte(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    walker = go(bench, "reply_materials")
    before = bytes_of(bench)
    monkeypatch.setattr(records, "uploaded_bytes", lambda _case: 2000 << 20)
    with pytest.raises(Refused, match="All files of one case"):
        attach(walker, "one.pdf", sample_pdf("one more"))
    assert bytes_of(bench) == before


def test_what_no_row_names_goes_after_a_day_and_nothing_else(bench: Bench) -> None:
    go(bench, "second_review")
    blobs = bench.portal.blobs
    kept = bytes_of(bench)
    assert kept
    old, young = blobs.put(b"the power failed before its row"), blobs.put(b"its row will follow")
    for digest in [*kept, old]:
        _age(blobs.path(digest), days=2)
    assert collecting.collect(bench.portal) == 1
    assert bytes_of(bench) == kept | {young}


def test_upkeep_collects_once_a_day(bench: Bench) -> None:
    stray = bench.portal.blobs.put(b"stray")
    _age(bench.portal.blobs.path(stray), days=2)
    upkeep.tick(bench.portal)
    assert stray not in bytes_of(bench)


def test_the_files_of_a_draft_that_was_given_up_go_with_it(bench: Bench) -> None:
    walker = go(bench, "reply_materials")
    before = bytes_of(bench)
    attach(walker, "one.pdf", sample_pdf("a draft"))
    [new] = bytes_of(bench) - before
    walker.clock.moment += timedelta(days=40)
    _age(bench.portal.blobs.path(new), days=40)
    upkeep.tick(bench.portal)
    assert new not in bytes_of(bench)


def test_every_way_in_which_a_row_names_bytes_is_looked_at(bench: Bench) -> None:
    case = case_of(go(bench, "second_review"))
    with database.connection():
        assert not named.unnamed([row.digest for row in Document.select()])
        attached = [each["digest"] for row in Mail.select() for each in row.attachments]
        assert attached and not named.unnamed(attached)
        now = bench.portal.now()
        for number, names in enumerate(({"digest": "1" * 64}, {"attachments": [{"digest": "2" * 64}]})):
            InboundMail.create(message_id=f"<{number}@x>", case=case, received_at=now, state="waiting", **names)
        assert named.unnamed(["1" * 64, "2" * 64, "3" * 64]) == {"3" * 64}


def test_no_column_that_may_name_bytes_is_forgotten() -> None:
    looked_at = {f"{each.model.__name__}.{each.name}" for each in (*named.DIGESTS, *named.LISTS)}
    may = {
        f"{model.__name__}.{name}"
        for model in _models()
        for name in model._meta.fields
        if "digest" in name or "attachments" in name
    }
    assert may - looked_at - OTHERS == set(), "say in app/store/named.py, or here, what it is"


def _models() -> list[Any]:
    return [each for each in vars(models).values() if isinstance(each, type) and hasattr(each, "_meta")]


def _age(path: Path, *, days: int) -> None:
    at = time.time() - days * 86_400
    os.utime(path, (at, at))


def test_the_limit_is_the_fields_own_or_the_portals(bench: Bench) -> None:
    assert intake.limit(bench.portal, 1) == 1 << 20
    assert intake.limit(bench.portal, 999) == bench.portal.settings.upload_max_mb << 20


@pytest.mark.parametrize("name", ["会社概要.heic", "会社概要.zip"])
def test_what_a_field_refuses_is_told_with_what_it_takes_and_nothing_else(bench: Bench, name: str) -> None:
    """A type that the portal never takes and one that only this field refuses: the same sentence."""
    walker = go(bench, "reply_materials")
    row, who = task(walker, "reply_materials"), vendor(walker)
    for send in (
        lambda: uploads.attach(
            walker.portal,
            uploads.place(walker.portal, row.id, "system_requirements", who),
            name,
            io.BytesIO(b"PK\x03\x04"),
            who,
        ),
        lambda: parts.begin(walker.portal, row.id, parts.Announced("system_requirements", name, 100), who),
    ):
        with pytest.raises(Refused) as refused:
            send()
        assert refused.value.params["types"] == "PDF, XLSX, DOCX"
        assert "Office" not in refused.value.message and "ZIP" not in refused.value.message


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\x00" + b"\0" * 60 + b"%PDF-1.7", b"<html><script>x()</script>%PDF-1.7", b"#!/bin/sh\n%PDF-1.7"],
    ids=["a program", "a page", "a script"],
)
def test_a_pdf_header_behind_something_else_makes_no_pdf(content: bytes) -> None:
    with pytest.raises(Refused, match="not what its name says"):
        intake.content_type("会社概要.pdf", content)


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\x1b%-12345X@PJL SET RENDERMODE=GRAYSCALE\r\n"])
def test_a_pdf_behind_the_words_of_a_printer_is_one(before: bytes) -> None:
    assert intake.content_type("会社概要.pdf", before + b"%PDF-1.7\n") == "application/pdf"


def test_only_a_pdf_may_have_something_before_its_beginning() -> None:
    with pytest.raises(Refused):
        intake.content_type("a.png", b"words \x89PNG")
