"""Documents carry their structure: headings, paragraphs, tables with their heads, pictures with words."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest

from app.connectors.pdf import Printer
from tests.connectors import package
from tests.connectors.test_glyphs import drawn
from tests.support import pdfua


def elements(content: bytes) -> list[tuple[str, Any]]:
    """(kind, element) of the structure, in order."""

    def walk(node: Any) -> Iterator[tuple[str, Any]]:
        node = node.get_object()
        if isinstance(node, pypdf.generic.DictionaryObject) and "/S" in node:
            yield str(node["/S"])[1:], node
        kids = node.get("/K", []) if isinstance(node, pypdf.generic.DictionaryObject) else []
        for each in kids if isinstance(kids, list) else [kids]:
            if not isinstance(each, int):
                yield from walk(each)

    return list(walk(pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]["/StructTreeRoot"]))


@pytest.mark.parametrize("document_id", package.documents())
def test_every_document_passes_the_checker_of_tags(document_id: str, printer: Printer) -> None:
    content = drawn(printer, document_id, package.full(english=True))
    assert pdfua.complaints(content) == []
    if document_id != "card_labels":
        assert any(kind == "H1" for kind, _ in elements(content))


def test_the_points_of_a_list_have_their_marks_and_their_text(printer: Printer) -> None:
    html = "<p>前</p><ol><li>一</li><li>二<ul style='list-style-type: square'><li>甲</li></ul></li></ol><p>後</p>"
    content = printer.render(f"<title>表</title>{html}", {})
    kinds = [kind for kind, _ in elements(content)]
    first, inner = ["L", "LI", "Lbl", "LBody", "P"], ["LI", "Lbl", "LBody", "P"]
    assert kinds == ["Document", "P", *first, *inner, *first, "P"]
    numbering = [str(each["/A"]["/ListNumbering"]) for kind, each in elements(content) if kind == "L"]
    assert numbering == ["/Decimal", "/Disc"]
    assert pdfua.complaints(content) == []


def test_a_list_that_goes_on_over_a_page_stays_one_list(printer: Printer) -> None:
    small = "<style>@page { size: 80mm 50mm; margin: 5mm; }</style><title>長い</title>"
    content = printer.render(small + "<ul>" + "<li>就業履歴データを登録します。</li>" * 12 + "</ul>", {})
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) > 1
    assert [kind for kind, _ in elements(content)].count("L") == 1
    assert pdfua.complaints(content) == []


def test_a_link_is_an_element_and_says_where_it_leads(printer: Printer) -> None:
    content = printer.render('<title>先</title><p>くわしくは<a href="https://n.example/a">こちら</a>。</p>', {})
    assert [kind for kind, _ in elements(content)] == ["Document", "P", "Link"]
    [page] = pypdf.PdfReader(io.BytesIO(content)).pages
    assert [each.get_object()["/Contents"] for each in page["/Annots"]] == ["https://n.example/a"]
    assert pdfua.complaints(content) == []


def test_the_checker_finds_what_is_missing(printer: Printer) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(printer.render("<title>票</title><p>一</p>", {})))
    del writer._root_object["/StructTreeRoot"], writer._root_object["/Lang"]
    out = io.BytesIO()
    writer.write(out)
    assert pdfua.complaints(out.getvalue()) == ["01-005: no structure", "11-006: no language"]


def test_the_qr_code_has_words(printer: Printer) -> None:
    content = drawn(printer, "certificate", package.full())
    [figure] = [each for kind, each in elements(content) if kind == "Figure"]
    assert figure["/Alt"] == package.full()["certificate"]["url"]


def test_cells_say_what_they_head_and_layout_is_no_table(printer: Printer) -> None:
    html = (
        "<table><tr><td>左</td><td>右</td></tr></table>"
        "<table><tr><th>品</th><th>額</th></tr><tr><td>甲</td><td>1</td></tr></table>"
        "<table><tr><th>名</th><td>乙</td></tr></table>"
    )
    found = elements(printer.render(html, {}))
    assert [kind for kind, _ in found].count("Table") == 2
    scopes = [str(each["/A"]["/Scope"]) for kind, each in found if kind == "TH"]
    assert scopes == ["/Column", "/Column", "/Row"]


def test_each_document_has_its_own_structure(printer: Printer) -> None:
    first = elements(printer.render("<h1>一</h1><p>二</p>", {}))
    assert [kind for kind, _ in first] == ["Document", "H1", "P"]
    assert [kind for kind, _ in elements(printer.render("<p>三</p>", {}))] == ["Document", "P"]
