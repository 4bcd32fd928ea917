"""Tagged PDF (PDF 32000-1, 14.7 and 14.8): what a document says carries its structure, for whoever hears it read.

Headings, paragraphs, tables whose header cells say what they head, and pictures with their text alternative are
elements in the order of drawing; running feet, backgrounds and rules are artifacts. Not tagged: lists (their points are
paragraphs) and links; a table that goes on over a page is a table on each. So no document claims PDF/UA (ISO 14289).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_NAME = "_nintei_cell"


@dataclass(eq=False)
class Element:
    """An element of the structure. `marks`: (page from 0, number of its marked content there)."""

    kind: str
    alternative: str = ""
    heads: str = "Row"  # of a header cell: a Row or a Column
    children: list[Element] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)


class Tags:
    """The structure of one drawing of a document."""

    def __init__(self) -> None:
        self.root = Element("Document")
        self.parent = self.root
        self.numbers: dict[int, int] = {}  # by page: how many marks there are
        self.inside = False  # within marked content, which does not nest
        self.rows: dict[int, tuple[Element, Any]] = {}

    def mark(self, canvas: Any, element: Element) -> None:
        """Begins marked content of the element."""
        page = canvas.getPageNumber() - 1
        number = self.numbers.get(page, 0)
        self.numbers[page] = number + 1
        element.marks.append((page, number))
        self.parent.children.append(element)
        canvas._code.append(f"/{element.kind} <</MCID {number}>> BDC")
        self.inside = True

    def artifact(self, canvas: Any) -> None:
        """Begins what belongs to no element."""
        canvas._code.append("/Artifact BMC")
        self.inside = True

    def end(self, canvas: Any) -> None:
        """Ends the marked content."""
        canvas._code.append("EMC")
        self.inside = False


class Tagger:
    """Keeps the structure of whatever this process draws last: a document may be drawn twice, for its page numbers."""

    def __init__(self) -> None:
        self.last = Tags()
        self._canvas: Any = None

    def of(self, canvas: Any) -> Tags:
        """The structure that belongs to a canvas."""
        if canvas is not self._canvas:
            self._canvas, self.last = canvas, Tags()
        return self.last

    def begin(self) -> None:
        """A document is drawn from here on."""
        self._canvas, self.last = None, Tags()

    def install(self) -> None:
        """Puts this into xhtml2pdf, in this process."""
        from xhtml2pdf import tables, tags, xhtml2pdf_reportlab

        library = xhtml2pdf_reportlab
        self._texts(library.PmlParagraph)
        self._pictures(library.PmlImage)
        self._tables(library.PmlTable)
        self._artifacts(library.PmlPageTemplate, "beforeDrawPage", lambda _self, canvas, *_more: canvas)
        self._artifacts(library.PmlTable, "_drawBkgrnd", lambda table: table.canv)
        self._artifacts(library.PmlTable, "_drawLines", lambda table: table.canv)
        self._artifacts(tags.HRFlowable, "draw", lambda rule: rule.canv)
        for cell, kind in ((tables.pisaTagTD, "TD"), (tables.pisaTagTH, "TH")):
            _remember_cells(cell, kind)
        _remember_alternatives(tags.pisaTagIMG)

    def _artifacts(self, owner: Any, method: str, canvas_of: Any) -> None:
        plain, tagger = getattr(owner, method), self

        def drawn(*arguments: Any, **named: Any) -> Any:
            canvas = canvas_of(*arguments)
            tags = tagger.of(canvas)
            if tags.inside:
                return plain(*arguments, **named)
            tags.artifact(canvas)
            try:
                return plain(*arguments, **named)
            finally:
                tags.end(canvas)

        setattr(owner, method, drawn)

    def _texts(self, paragraph: Any) -> None:
        plain, tagger = paragraph.draw, self

        def draw(self: Any) -> Any:
            tags = tagger.of(self.canv)
            if tags.inside:
                return plain(self)
            tags.mark(self.canv, _of_text(self))
            try:
                return plain(self)
            finally:
                tags.end(self.canv)

        paragraph.draw = draw

    def _pictures(self, picture: Any) -> None:
        plain, tagger = picture.draw, self

        def draw(self: Any) -> Any:
            tags = tagger.of(self.canv)
            if tags.inside:
                return plain(self)
            tags.mark(self.canv, Element("Figure", str(getattr(self, "alternative", ""))))
            try:
                return plain(self)
            finally:
                tags.end(self.canv)

        picture.draw = draw

    def _tables(self, table: Any) -> None:
        plain_draw, plain_cell, tagger = table.draw, table._drawCell, self

        def draw(self: Any) -> Any:
            tags, before = tagger.of(self.canv), tagger.of(self.canv).parent
            if not tags.inside and _has_headings(self):
                found = Element("Table")
                before.children.append(found)
                tags.rows[id(self)] = (found, None)
                tags.parent = found
            try:
                return plain_draw(self)
            finally:
                tags.parent = before
                tags.rows.pop(id(self), None)

        def draw_cell(self: Any, value: Any, style: Any, position: Any, size: Any) -> Any:
            tags = tagger.of(self.canv)
            if tags.inside or id(self) not in tags.rows:
                return plain_cell(self, value, style, position, size)
            whole, at = tags.rows[id(self)]
            if at != position[1]:
                whole.children.append(Element("TR"))
                tags.rows[id(self)] = (whole, position[1])
            row = self._cellvalues[min(len(whole.children), len(self._cellvalues)) - 1]
            heads = "Column" if len(row) > 1 and all(_kind_of(each) == "TH" for each in row) else "Row"
            cell = Element(_kind_of(value), heads=heads)
            whole.children[-1].children.append(cell)
            tags.parent = cell
            try:
                return plain_cell(self, value, style, position, size)
            finally:
                tags.parent = whole

        table.draw, table._drawCell = draw, draw_cell


def _of_text(paragraph: Any) -> Element:
    pictures = [frag.cbDefn for frag in paragraph.frags if getattr(getattr(frag, "cbDefn", None), "kind", "") == "img"]
    if pictures and not any(str(getattr(frag, "text", "") or "").strip() for frag in paragraph.frags):
        return Element("Figure", " ".join(str(getattr(each, "alternative", "")) for each in pictures).strip())
    if getattr(paragraph, "outline", False):
        return Element(f"H{min(6, int(getattr(paragraph, 'outlineLevel', 0) or 0) + 1)}")
    return Element("P")


def _flowables(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [found for each in value for found in _flowables(each)]
    held = getattr(value, "_content", None)  # a cell's flowables in their frame
    return _flowables(held) if isinstance(held, list) else [value]


def _kind_of(value: Any) -> str:
    return "TH" if any(getattr(each, _NAME, "") == "TH" for each in _flowables(value)) else "TD"


def _has_headings(table: Any) -> bool:
    return any(_kind_of(value) == "TH" for row in table._cellvalues for value in row)


def _remember_cells(tag: Any, kind: str) -> None:
    """What a cell holds knows whether it is a heading: the table itself has forgotten by then."""
    if "end" not in vars(tag) and kind != "TH":
        return
    plain = tag.end

    def end(self: Any, context: Any) -> Any:
        context.addPara()
        if kind == "TH" or type(self).__name__ == "pisaTagTD":
            for each in context.story:
                setattr(each, _NAME, kind)
        return plain(self, context)

    tag.end = end


def _remember_alternatives(tag: Any) -> None:
    plain = tag.start

    def start(self: Any, context: Any) -> Any:
        known, placed = len(context.fragList), len(context.story)
        result = plain(self, context)
        said = self.node.getAttribute("alt") or ""
        for frag in context.fragList[known:]:
            if getattr(getattr(frag, "cbDefn", None), "kind", "") == "img":
                frag.cbDefn.alternative = said
        for each in [*context.story[placed:], *([context.image] if context.image is not None else [])]:
            each.alternative = said
        return result

    tag.start = start


_PAGE = b"q\n1 0 0 1 0 0 cm  BT /F1"  # how ReportLab begins a page


def _background(page: Any) -> None:
    """The picture behind a page, which xhtml2pdf merges in front of what the page draws, is an artifact."""
    from pypdf.generic import ContentStream, NameObject

    contents = page.get_contents()
    before, begin, rest = contents.get_data().partition(_PAGE) if contents is not None else (b"", b"", b"")
    if not begin or b" Do" not in before:
        return
    stream = ContentStream(None, page.pdf)
    stream.set_data(b"/Artifact BMC\n" + before + b"\nEMC\n" + begin + rest)
    page[NameObject("/Contents")] = page.pdf._add_object(stream.flate_encode())


def finish(writer: Any, tags: Tags, language: str = "ja") -> None:
    """Puts the structure into a `pypdf.PdfWriter`."""
    from pypdf.generic import (
        ArrayObject,
        BooleanObject,
        DictionaryObject,
        NameObject,
        NumberObject,
        TextStringObject,
    )

    name, number = NameObject, NumberObject
    pages = [page.indirect_reference for page in writer.pages]
    owners: dict[int, dict[int, Any]] = {}

    def made(element: Element, parent: Any) -> Any:
        entry = DictionaryObject({name("/Type"): name("/StructElem"), name("/S"): name(f"/{element.kind}")})
        reference = writer._add_object(entry)
        entry[name("/P")] = parent
        if element.alternative or element.kind == "Figure":
            entry[name("/Alt")] = TextStringObject(element.alternative or " ")
        if element.kind == "TH":
            scope = DictionaryObject({name("/O"): name("/Table"), name("/Scope"): name(f"/{element.heads}")})
            entry[name("/A")] = scope
        kids = ArrayObject(made(each, reference) for each in element.children if each.children or each.marks)
        for page, mark in element.marks:
            owners.setdefault(page, {})[mark] = reference
            entry[name("/Pg")] = pages[page]
            kids.append(number(mark))
        entry[name("/K")] = kids
        return reference

    root = DictionaryObject({name("/Type"): name("/StructTreeRoot")})
    reference = writer._add_object(root)
    root[name("/K")] = ArrayObject([made(tags.root, reference)])
    numbers = ArrayObject()
    for page, marks in sorted(owners.items()):
        numbers.append(number(page))
        numbers.append(writer._add_object(ArrayObject(marks[each] for each in sorted(marks))))
    root[name("/ParentTree")] = writer._add_object(DictionaryObject({name("/Nums"): numbers}))
    root[name("/ParentTreeNextKey")] = number(len(pages))
    for index, page in enumerate(writer.pages):
        _background(page)
        page[name("/StructParents")] = number(index)
        page[name("/Tabs")] = name("/S")
    catalogue = writer._root_object
    catalogue[name("/StructTreeRoot")] = reference
    catalogue[name("/MarkInfo")] = DictionaryObject({name("/Marked"): BooleanObject(True)})
    catalogue.setdefault(name("/Lang"), TextStringObject(language))
    shown = catalogue.get("/ViewerPreferences")
    shown = shown.get_object() if shown is not None else DictionaryObject()
    shown[name("/DisplayDocTitle")] = BooleanObject(True)
    catalogue[name("/ViewerPreferences")] = shown
