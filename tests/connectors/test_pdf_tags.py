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


def unmarked(content: bytes) -> list[str]:
    """What is drawn on the pages outside of every marked content."""
    found: list[str] = []
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        depth = 0
        for _, operator in pypdf.generic.ContentStream(page.get_contents(), page.pdf).operations:
            depth += {b"BDC": 1, b"BMC": 1, b"EMC": -1}.get(operator, 0)
            if depth == 0 and operator in (b"Tj", b"TJ", b"S", b"f", b"B", b"Do", b"f*"):
                found.append(operator.decode())
        assert depth == 0
    return found


@pytest.mark.parametrize("document_id", package.documents())
def test_every_document_is_tagged_and_nothing_is_drawn_outside(document_id: str, printer: Printer) -> None:
    content = drawn(printer, document_id, package.full())
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "ja" and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None and reader.metadata.title
    if document_id != "card_labels":
        assert any(kind == "H1" for kind, _ in elements(content))
    assert set(unmarked(content)) <= ({"S", "B", "f"} if "/AcroForm" in root else set())
    assert all(int(page["/StructParents"]) == number for number, page in enumerate(reader.pages))


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
