"""A PDF that no longer holds says so on each page."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
from reportlab.pdfgen.canvas import Canvas

from app.connectors.pdf_stamp import stamp

FONTS = Path(__file__).parents[2] / "app" / "web" / "static" / "dist" / "fonts"


def two_pages() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(842, 595))
    canvas.setTitle("Certificate")
    for number in (1, 2):
        canvas.drawString(100, 100, f"page {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_each_page_says_that_it_is_void_and_what_it_said_is_still_there() -> None:
    made = pypdf.PdfReader(io.BytesIO(stamp(two_pages(), "無効（取消）", "2027年1月8日現在", FONTS)))
    assert len(made.pages) == 2
    for number, page in enumerate(made.pages, 1):
        words = page.extract_text()
        assert "無効（取消）" in words
        assert "2027年1月8日現在" in words
        assert f"page {number}" in words
    assert made.metadata is not None
    assert str(made.metadata.title) == "無効（取消） Certificate"
