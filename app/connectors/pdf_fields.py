"""Fields that can be filled in on the screen (AcroForm, PDF 32000-1, 12.7): what a template says as `<input>`
or `<textarea>` is as wide as its place, and named for readers by its `title`.

What is typed is drawn by the reader's program (NeedAppearances): none of the fonts that a field may name without
bringing it has Japanese.
"""

from __future__ import annotations

from typing import Any

_LINE = 16.0  # points: one line of a field
_BOX = 11.0  # points: a side of a box to tick
_NARROW = 24.0  # points: the narrowest field that can be typed into


def install() -> None:
    """Puts this into xhtml2pdf, in this process."""
    from reportlab.pdfbase import pdfform
    from xhtml2pdf import tags, xhtml2pdf_reportlab

    field = xhtml2pdf_reportlab.PmlInput

    def wrap(self: Any, room: float, _height: float) -> tuple[float, float]:
        if self.type == "text":
            self.width = room
            self.height = _LINE * (int(self.multiline) if self.multiline else 1)
        else:
            self.width = self.height = _BOX
        return self.width, self.height

    def draw(self: Any) -> None:
        canvas, name = self.canv, self.name
        if self.type == "text":
            many = 1 if self.multiline else 0
            pdfform.textFieldRelative(canvas, name, 0, 0, self.width, self.height, self.default or "", 1000000, many)
        elif self.type == "checkbox":
            value = "Yes" if self.default else "Off"
            pdfform.buttonFieldRelative(canvas, name, value, 0, 0, width=self.width, height=self.height)
            canvas.setLineWidth(0.6)
            canvas.rect(0, 0, self.width, self.height)  # seen on paper, too

    def least(self: Any) -> float:
        # What a field needs, not what it was last offered: measured without a bound, it would be as wide as that.
        return _NARROW if self.type == "text" else _BOX

    field.wrap, field.draw, field.minWidth = wrap, draw, least
    tags.pisaTagTEXTAREA._render = _render_lines


def _render_lines(_tag: Any, context: Any, attributes: Any) -> None:
    """In place of `pisaTagTEXTAREA._render`: as high as its `rows` say."""
    from xhtml2pdf.xhtml2pdf_reportlab import PmlInput

    rows = int(getattr(attributes, "rows", 0) or 3)
    context.addStory(PmlInput(attributes.name, input_type="text", default="", multiline=rows))


def finish(writer: Any, titles: dict[str, str]) -> bool:
    """Names the fields of a `pypdf.PdfWriter` and has readers draw what is typed; false when there are none."""
    from pypdf.generic import BooleanObject, NameObject, TextStringObject

    form = writer._root_object.get("/AcroForm")
    if form is None or not form.get_object().get("/Fields"):
        return False
    form = form.get_object()
    form[NameObject("/NeedAppearances")] = BooleanObject(True)
    for reference in form["/Fields"]:
        each = reference.get_object()
        title = titles.get(str(each.get("/T", "")))
        if title:
            each[NameObject("/TU")] = TextStringObject(title)
    return True
