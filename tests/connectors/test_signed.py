"""Signatures of files that come in: whose, whether they hold, who vouches."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.connectors import pdf, signed
from app.connectors.pdf import Printer
from tests.support.threads import in_thread


@pytest.fixture(scope="module")
def key() -> pdf.SigningKey:
    return pdf.make_signing_key("見本 花子")


@pytest.fixture
def contract(printer: Printer, key: pdf.SigningKey) -> bytes:
    return pdf.sign(printer.render("<p>秘密保持契約書</p>", {}), key, reason="署名")


def test_a_signed_file_says_by_whom_and_that_it_is_unchanged(contract: bytes) -> None:
    [found] = signed.found(contract)
    assert (found.signer, found.intact, found.whole, found.trusted) == ("見本 花子", True, True, False)
    assert found.at and not found.stamped


@in_thread
def test_whoever_runs_an_event_loop_signs_and_reads_signatures_too(printer: Printer, key: pdf.SigningKey) -> None:
    async def within() -> list[signed.Found]:
        return signed.found(pdf.sign(printer.render("<p>契約書</p>", {}), key))

    assert [each.intact for each in asyncio.run(within())] == [True]


def test_a_root_that_the_body_trusts_makes_it_trusted(contract: bytes, key: pdf.SigningKey, tmp_path: Path) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(key.certificate)
    assert signed.found(contract, roots)[0].trusted
    roots.write_bytes(pdf.make_signing_key("別人").certificate)
    assert not signed.found(contract, roots)[0].trusted


def test_what_was_changed_after_it_was_signed_does_not_hold(contract: bytes) -> None:
    [found] = signed.found(contract.replace(b"/Type /Page", b"/Type /Pige", 1))
    assert not found.intact and not found.trusted


def test_what_was_added_behind_a_signature_is_told(contract: bytes, key: pdf.SigningKey) -> None:
    import io

    from pypdf import PdfWriter

    writer = PdfWriter(io.BytesIO(contract), incremental=True)
    writer.add_metadata({"/Title": "別の契約書"})
    writer.add_blank_page(100, 100)
    out = io.BytesIO()
    writer.write(out)
    [found] = signed.found(out.getvalue())
    assert not (found.intact and found.whole)


@pytest.mark.parametrize("content", [b"%PDF-1.7\n/ByteRange junk", b"", b"%PDF-1.4 no signature"])
def test_what_cannot_be_read_has_no_signature_and_harms_nobody(content: bytes) -> None:
    assert signed.found(content) == []
