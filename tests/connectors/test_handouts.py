"""Every PDF that the portal hands out can be heard: tagged, with a title and a language. Those that lie in a package
as files as well, what is signed, and what is marked as void."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from app.connectors import pdf
from app.connectors.pdf import Printer
from app.connectors.pdf_merge import merge
from app.connectors.pdf_stamp import stamp
from scripts.handouts import sources
from tests.connectors import package
from tests.connectors.test_glyphs import drawn, signs
from tests.connectors.test_pdf_tags import elements
from tests.support import pdfua

HANDED_OUT = sorted(package.ROOT.glob("*/files/*.pdf"))
OF_TEMPLATES = sorted(package.ROOT.glob("_templates/*/pdf/*.html"))


@pytest.mark.parametrize("path", HANDED_OUT, ids=lambda path: path.stem)
def test_every_file_of_a_package_is_tagged_has_a_title_and_a_language(path: Path) -> None:
    content = path.read_bytes()
    assert pdfua.complaints(content) == []
    assert any(kind == "H1" for kind, _ in elements(content))


def test_every_file_says_what_its_source_says_on_one_page(printer: Printer) -> None:
    """Else: scripts/handouts.py."""
    wanted = sources(package.PACKAGE.name)
    assert {f"files/{path.name}" for path in HANDED_OUT} == set(wanted)
    for path, html in wanted.items():
        content = package.files()[path]
        assert signs(content) == signs(printer.render(html, {})), path
        assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1, path


@pytest.mark.parametrize("path", OF_TEMPLATES, ids=lambda path: path.stem)
def test_the_papers_of_a_package_to_begin_with_are_tagged_too(path: Path, printer: Printer) -> None:
    source, files = package.source(path.read_text("utf-8")), package.files()
    sheet = pdf.compose(source, package.full(), files, document_id=path.stem)
    assert pdfua.complaints(printer.render(sheet.html, files)) == []


def test_a_signed_certificate_and_its_copy_that_no_longer_holds_are_tagged_too(printer: Printer) -> None:
    key = pdf.make_signing_key("認定機構")
    signed = pdf.sign(drawn(printer, "certificate", package.full(english=True)), key)
    assert pdfua.complaints(signed) == []
    void = stamp(signed, "無効（取消）", "2027年1月8日現在", printer.fonts_dir)
    assert pdfua.complaints(void) == []
    [first, *_] = [element for kind, element in elements(void) if kind != "Document"]
    marks = elements(void)[0][1]["/K"][0].get_object()["/K"]
    assert first["/S"] == "/P" and list(marks) == [pypdf_marks(void) - 1], "that it does not hold is heard first"


def test_letters_joined_for_the_printer_keep_the_structure_of_each(printer: Printer) -> None:
    papers = [drawn(printer, name, package.full()) for name in ("card_auth_request_form", "loan_form_test")]
    joined = merge(papers, "送付する書類")
    assert pdfua.complaints(joined) == []
    found = [kind for kind, _ in elements(joined)]
    assert found == [kind for paper in papers for kind, _ in elements(paper)]


def pypdf_marks(content: bytes) -> int:
    """How many pieces of marked content the first page has."""
    root = pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]["/StructTreeRoot"]
    return len(root["/ParentTree"]["/Nums"][1].get_object())
