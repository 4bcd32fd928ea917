"""A PDF marked as no longer holding: a copy of it with words across each page. The signature of the original does not
survive, and is not meant to: the copy is another paper."""

from __future__ import annotations

import io
from pathlib import Path

from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.generic import ArrayObject, NameObject
from reportlab.lib.colors import Color
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from app.connectors.pdf_structure import heard_first

FACE = "BIZUDGothic-Bold"
RED = Color(0.75, 0.05, 0.05, alpha=0.75)


def stamp(content: bytes, words: str, line: str, fonts: Path) -> bytes:
    """The same pages with `words` large in a frame across each, and `line` (what, since when) beneath. The text lies in
    the text layer, too, so that it is heard, before all else on the page where the document is tagged, and found."""
    writer = PdfWriter(clone_from=io.BytesIO(content))
    for page in writer.pages:
        number = heard_first(writer, page)
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        room = min(width, height)
        mark = PdfReader(io.BytesIO(_drawn(words, line, room, fonts, number))).pages[0]
        turned = Transformation().translate(-room, -room).rotate(15)
        page.merge_transformed_page(mark, turned.translate(width / 2, height / 2))
    for signed in ("/AcroForm", "/Perms"):  # else readers would call the copy forged
        if signed in writer.root_object:
            del writer.root_object[NameObject(signed)]
    for page in writer.pages:
        kept = [each for each in page.get("/Annots") or [] if each.get_object().get("/FT") != "/Sig"]
        if "/Annots" in page:
            page[NameObject("/Annots")] = ArrayObject(kept)
    title = str(writer.metadata.get("/Title") or "") if writer.metadata else ""
    writer.add_metadata({"/Title": f"{words} {title}".strip()})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _drawn(words: str, line: str, room: float, fonts: Path, number: int | None) -> bytes:
    """The mark, around the middle of a page of its own, twice as large as the room that it has. `number`: of its words
    as marked content; None where the document is not tagged."""
    if FACE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FACE, str(fonts / f"{FACE}.ttf")))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(2 * room, 2 * room))
    canvas.translate(room, room)
    canvas.setStrokeColor(RED)
    canvas.setFillColor(RED)
    size = min(64.0, 0.8 * room / max(1, len(words)))
    wide = pdfmetrics.stringWidth(words, FACE, size) + size
    small = min(13.0, 0.95 * room / max(1, len(line)))
    wide = max(wide, pdfmetrics.stringWidth(line, FACE, small) + size / 2)
    canvas.setLineWidth(3)
    if number is not None:
        canvas._code.append("/Artifact BMC")
    canvas.rect(-wide / 2, -size * 0.9, wide, size * 2.1)
    if number is not None:
        canvas._code.append(f"EMC /P <</MCID {number}>> BDC")
    canvas.setFont(FACE, size)
    canvas.drawCentredString(0, 0, words)
    canvas.setFont(FACE, small)
    canvas.drawCentredString(0, -size * 0.6, line)
    if number is not None:
        canvas._code.append("EMC")
    canvas.save()
    return out.getvalue()
