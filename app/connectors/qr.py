"""QR codes (ISO/IEC 18004) for documents."""

from __future__ import annotations

from functools import lru_cache

import segno
from markupsafe import Markup, escape


@lru_cache(maxsize=256)  # each mail and each paper of a certificate shows the same
def qr(url: str, *, size_mm: int = 28) -> Markup:
    """An `<img>` of the address, drawn inline as PNG: xhtml2pdf and browsers both show it. Error correction
    Q: a stamp may touch it."""
    picture = segno.make(url, error="q", micro=False).png_data_uri(scale=8, border=2)
    return Markup('<img class="qr" src="{}" alt="{}" style="width: {}mm; height: {}mm"/>').format(
        picture, escape(url), size_mm, size_mm
    )
