"""Several PDFs as one, for the printer."""

from __future__ import annotations

import io
from collections.abc import Sequence

from pypdf import PdfWriter


def merge(files: Sequence[bytes]) -> bytes:
    """One PDF with all pages in order. A signature in one of them does not survive: this is for paper."""
    writer = PdfWriter()
    for content in files:
        writer.append(io.BytesIO(content), import_outline=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
