"""PDFs, calendar files and QR codes, opened and read."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

import icalendar
import pypdf
import segno
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.support.threads import in_thread


def words_of(pdf: bytes) -> str:
    """The text of all pages without white space: lines are broken anywhere in Japanese."""
    assert pdf.startswith(b"%PDF-"), pdf[:40]
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert pages
    text = "".join(page.extract_text() for page in pages)
    assert not re.search(r"■{3}|\ufffd", text), f"letters without a glyph: {text[:400]}"
    return re.sub(r"\s", "", text)


def fonts_of(pdf: bytes) -> list[str]:
    """Names of fonts that lie in the file."""
    found: set[str] = set()
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"].get("/Font", {}).values():  # type: ignore[union-attr,index]
            described = font.get_object()
            inner = [each.get_object() for each in described.get("/DescendantFonts", [])] or [described]
            for each in inner:
                descriptor = each.get("/FontDescriptor")
                if descriptor is not None and {"/FontFile2", "/FontFile3"} & set(descriptor.get_object()):
                    found.add(str(described["/BaseFont"]))
    return sorted(found)


def shows_qr(pdf: bytes, address: str) -> bool:
    """Whether a picture of the PDF is the QR code of this address: its modules are compared one by one."""
    matrix = [[bool(cell) for cell in row] for row in segno.make(address, error="q", micro=False).matrix]
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for found in page.images:
            picture: Any = found.image
            if picture is None or picture.width != picture.height:
                continue
            grey, size = picture.convert("L"), len(matrix) + 4  # a border of two modules on each side
            step = picture.width / size
            seen = [
                [grey.getpixel((int((x + 2.5) * step), int((y + 2.5) * step))) < 128 for x in range(len(matrix))]
                for y in range(len(matrix))
            ]
            if seen == matrix:
                return True
    return False


@in_thread
def signed_as_it_is(pdf: bytes) -> bool:
    """Whether the one signature covers the whole file and the file is what was signed."""
    [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    signer = signature.signer_cert
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[signer], allow_fetching=False))
    return bool(status.intact and status.valid and status.coverage >= SignatureCoverageLevel.ENTIRE_FILE)


def appointment_of(content: bytes) -> tuple[datetime, datetime, str]:
    """(begin, end, summary) of the one appointment in a calendar file."""
    [event] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return event["DTSTART"].dt, event["DTEND"].dt, str(event["SUMMARY"])
