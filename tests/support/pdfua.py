"""A checker of PDFs for those who hear or fill them in: what of ISO 14289-1 (PDF/UA-1) a program can judge.

The conditions are those of the Matterhorn Protocol 1.1 that need no person, as far as our documents can break them;
their numbers stand with each. veraPDF, the reference checker, is a Java program that no package of Debian has, so that
tests cannot count on it; this one reads with pypdf what pypdf and ReportLab have written.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject

STANDARD = frozenset(
    {
        "Document", "Part", "Sect", "Div", "BlockQuote", "Caption", "P", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI",
        "Lbl", "LBody", "Table", "TR", "TH", "TD", "Span", "Link", "Figure", "Form",
    }
)  # fmt: skip
WITHIN = {
    "LI": {"L"}, "Lbl": {"LI"}, "LBody": {"LI"}, "TR": {"Table"}, "TH": {"TR"}, "TD": {"TR"},
}  # fmt: skip
SHOWS = frozenset({b"Tj", b"TJ", b"'", b'"'})
PAINTS = SHOWS | {b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"Do", b"sh", b"EI"}
BASE_14 = ("Helvetica", "Times", "Courier", "Symbol", "ZapfDingbats")


def complaints(content: bytes) -> list[str]:
    """What is against the standard, each with its condition; empty when nothing is."""
    return sorted(set(_Document(content).found()))


class _Document:
    def __init__(self, content: bytes) -> None:
        self.reader = pypdf.PdfReader(io.BytesIO(content))
        self.root: Any = self.reader.trailer["/Root"]
        self.owners: dict[int, Any] = dict(self._numbers())

    def found(self) -> Iterator[str]:
        yield from self._whole()
        if "/StructTreeRoot" not in self.root:
            yield "01-005: no structure"
            return
        yield from self._structure()
        for number, page in enumerate(self.reader.pages):
            yield from self._page(number, page)
            yield from self._annotations(page)

    def _whole(self) -> Iterator[str]:
        if not (self.root.get("/MarkInfo") or {}).get("/Marked"):
            yield "06-001: not marked"
        if not str(self.root.get("/Lang") or ""):
            yield "11-006: no language"
        if not (self.reader.metadata and self.reader.metadata.title):
            yield "06-003: no title"
        if not (self.root.get("/ViewerPreferences") or {}).get("/DisplayDocTitle"):
            yield "07-001: the title is not shown"
        if self.reader.is_encrypted:
            yield "26-001: encrypted"

    def _numbers(self) -> Iterator[tuple[int, Any]]:
        tree = self.root.get("/StructTreeRoot", {}).get("/ParentTree", {}).get("/Nums", [])
        for place in range(0, len(tree), 2):
            yield int(tree[place]), tree[place + 1].get_object()

    # Elements

    def _structure(self) -> Iterator[str]:
        heading = 0
        for element, parent in self._elements(self.root["/StructTreeRoot"], ""):
            kind = str(element["/S"])[1:]
            if kind not in STANDARD:
                yield f"02-001: {kind} is no standard type"
            if kind in WITHIN and parent not in WITHIN[kind]:
                yield f"09-004: {kind} within {parent}"
            if kind == "Figure" and not str(element.get("/Alt") or "").strip():
                yield "13-004: a figure without words"
            if kind == "TH" and not (element.get("/A") or {}).get("/Scope"):
                yield "15-003: a header cell that does not say what it heads"
            if kind == "Table" and not any(str(each["/S"]) == "/TR" for each in _kids(element)):
                yield "09-004: a table without rows"
            if len(kind) == 2 and kind[0] == "H" and kind[1].isdigit():
                if int(kind[1]) > heading + 1:
                    yield f"14-003: {kind} after H{heading}"
                heading = int(kind[1])

    def _elements(self, node: Any, parent: str) -> Iterator[tuple[Any, str]]:
        for each in _kids(node):
            yield each, parent
            yield from self._elements(each, str(each["/S"])[1:])

    # Pages

    def _page(self, number: int, page: Any) -> Iterator[str]:
        key = page.get("/StructParents")
        marks = self.owners.get(int(key)) if key is not None else None
        if not isinstance(marks, list):
            yield f"01-005: page {number + 1} has no structure"
            return
        depth, known, font = 0, set[int](), ""
        for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
            if operator in (b"BDC", b"BMC"):
                depth += 1
                said = operands[1] if len(operands) > 1 else {}
                if "/MCID" in said:
                    known.add(int(said["/MCID"]))
                elif str(operands[0]) != "/Artifact":
                    yield f"01-005: content of {operands[0]} that no element has"
                if depth > 1:
                    yield "01-003: marked content within marked content"
            elif operator == b"EMC":
                depth -= 1
            elif operator == b"Tf":
                font = str(operands[0])
            elif operator in PAINTS and depth == 0:
                yield f"01-005: {operator.decode()} on page {number + 1} is neither content nor artifact"
            if operator in SHOWS:
                yield from self._font(page, font)
        if depth:
            yield f"01-005: page {number + 1} ends within marked content"
        if known != set(range(len(marks))):
            yield f"01-005: page {number + 1} marks what the structure does not know"
        for mark, owner in enumerate(marks):
            kids = owner.get_object().get("/K", [])
            if mark not in [each for each in (kids if isinstance(kids, list) else [kids]) if isinstance(each, int)]:
                yield f"01-005: an element does not know its content {mark} on page {number + 1}"

    def _font(self, page: Any, name: str) -> Iterator[str]:
        font = page["/Resources"]["/Font"][name].get_object()
        plain = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        described = (plain.get("/FontDescriptor") or DictionaryObject()).get_object()
        called = str(font.get("/BaseFont", ""))[1:]
        if not any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            yield f"31-009: the font {called} is not in the file"
        if "/ToUnicode" not in font and not called.startswith(BASE_14):
            yield f"10-001: the characters of {called} are not said"

    # What can be pressed or filled in

    def _annotations(self, page: Any) -> Iterator[str]:
        places = [each.get_object() for each in page.get("/Annots") or []]
        places = [each for each in places if not self._unseen(page, each)]
        if places and str(page.get("/Tabs")) != "/S":
            yield "28-009: not in the order of the structure"
        for each in places:
            kind = str(each["/Subtype"])[1:]
            owner = self.owners.get(int(each.get("/StructParent", -1)))
            wanted = {"Link": "/Link", "Widget": "/Form"}.get(kind)
            if wanted and (owner is None or str(owner["/S"]) != wanted):
                yield f"28-010: a {kind} outside of its element"
            if kind == "Link" and not str(each.get("/Contents") or "").strip():
                yield "28-012: a link that does not say where it leads"
            if kind == "Widget" and not str(each.get("/TU") or "").strip():
                yield "28-005: a field without a name"
            left, low, right, high = (float(side) for side in each["/Rect"])
            if left < 0 or low < 0 or right > float(page.cropbox.right) or high > float(page.cropbox.top):
                yield f"a {kind} that goes on beyond the page"

    @staticmethod
    def _unseen(page: Any, annotation: Any) -> bool:
        """Hidden, or beside the page, as a signature that is not drawn: 7.18.1 asks nothing of it."""
        left, low, right, high = (float(side) for side in annotation["/Rect"])
        beside = right < 0 or high < 0 or left > float(page.cropbox.right) or low > float(page.cropbox.top)
        return beside or bool(int(annotation.get("/F", 0)) & 2)


def _kids(node: Any) -> list[Any]:
    """The elements right below it."""
    kids = node.get("/K", [])
    held = kids if isinstance(kids, ArrayObject) else [kids]
    found = [each.get_object() if isinstance(each, IndirectObject) else each for each in held]
    return [each for each in found if isinstance(each, DictionaryObject) and "/S" in each]
