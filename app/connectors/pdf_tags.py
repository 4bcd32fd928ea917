"""Tagged PDF (PDF 32000-1, 14.7 and 14.8): what a document says carries its structure, for whoever hears it read.

Headings, paragraphs, lists with their marks, tables whose header cells say what they head, links, fields, and
pictures with their text alternative are elements in the order of drawing; running feet, backgrounds and rules are
artifacts. A table that goes on over a page is a table on each, and a link's words stand beside it in their paragraph.
What the elements become in the file is `pdf_structure`'s; tests/support/pdfua.py holds them to ISO 14289-1 as far as
a program can.
"""

from __future__ import annotations

from typing import Any

from app.connectors.pdf_elements import Element, Tags
from app.connectors.pdf_lists import Reading, path_of

_NAME = "_nintei_cell"


class Tagger:
    """Keeps the structure of whatever this process draws last: a document may be drawn twice, for its page numbers."""

    def __init__(self) -> None:
        self.last = Tags()
        self._canvas: Any = None
        self.reading = Reading()

    def of(self, canvas: Any) -> Tags:
        """The structure that belongs to a canvas."""
        if canvas is not self._canvas:
            self._canvas, self.last = canvas, Tags()
        return self.last

    def begin(self) -> None:
        """A document is drawn from here on."""
        self._canvas, self.last = None, Tags()
        self.reading.begin()

    def install(self) -> None:
        """Puts this into xhtml2pdf, in this process."""
        from xhtml2pdf import context, reportlab_paragraph, tables, tags, xhtml2pdf_reportlab

        library = xhtml2pdf_reportlab
        self.reading.install(context.pisaContext, tags)
        self._marks(reportlab_paragraph)
        self._annotations(reportlab_paragraph, "_doLink", "Link", lambda text, *_more: text._canvas)
        self._annotations(library.PmlInput, "draw", "Form", lambda field: field.canv)
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
            path, element = path_of(self), _of_text(self)
            if path and self.bulletText:
                tags.label = (path, element)
                tags.artifact(self.canv)  # its box, until the mark is drawn
            else:
                tags.mark(self.canv, element, tags.body(path) if path else None)
            try:
                return plain(self)
            finally:
                tags.label = None
                tags.end(self.canv)

        paragraph.draw = draw

    def _marks(self, library: Any) -> None:
        """The mark before an item: a label, and what follows it the item's text."""

        def labelled(plain: Any) -> Any:
            def drawn(canvas: Any, *arguments: Any) -> Any:
                tags = self.of(canvas)
                if tags.label is None:
                    return plain(canvas, *arguments)
                (path, element), tags.label = tags.label, None
                tags.end(canvas)
                tags.mark(canvas, Element("Lbl"), tags.item(path))
                result = plain(canvas, *arguments)
                tags.end(canvas)
                tags.mark(canvas, element, tags.body(path))
                return result

            return drawn

        library._drawBullet, library._drawBulletRTL = labelled(library._drawBullet), labelled(library._drawBulletRTL)

    def _annotations(self, owner: Any, name: str, kind: str, canvas_of: Any) -> None:
        """What can be pressed or filled in: an element of its own, where its words are."""
        plain = getattr(owner, name)

        def drawn(*arguments: Any, **named: Any) -> Any:
            canvas = canvas_of(*arguments)
            tags, known = self.of(canvas), len(canvas._annotationrefs)
            outside = not tags.inside
            if outside:
                tags.artifact(canvas)  # the frame of a field
            try:
                return plain(*arguments, **named)
            finally:
                if outside:
                    tags.end(canvas)
                page, parent = canvas.getPageNumber() - 1, tags.parent if outside else tags.current
                for place in range(known, len(canvas._annotationrefs)):
                    parent.children.append(Element(kind, annotations=[(page, place)]))

        setattr(owner, name, drawn)

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
