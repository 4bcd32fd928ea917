"""A face for every character of a document: patches of xhtml2pdf and ReportLab in the process that draws.

A character that the named families lack is drawn by a stand-in of like kind; a variation sequence by its own glyph
where a face has it, else by its character; what no face has becomes 〓 and is noticed, and never a box. The text layer
holds what was written: ReportLab's own map writes five digits for a character beyond U+FFFF, which no reader
takes (PDF 32000-1, 9.10.3).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.connectors import glyphs

# Serif faces first for a serif text, and the other way about; the rest last.
_MINCHO = ("NotoSerifJP", "NotoSansJP", "BIZUDMincho", "BIZUDGothic")
_GOTHIC = ("NotoSansJP", "NotoSerifJP", "BIZUDGothic", "BIZUDMincho")
_FIRST, _LAST = 0x100000, 0x10FFFD  # private use, plane 16: what a sequence is called while the document is drawn
# What is not text that is seen: a title, a style, a mark-up with its attributes.
_ASIDE = re.compile(rf"<title\b.*?</title\s*>|<style\b.*?</style\s*>|<[^>]*>|{glyphs.SEQUENCE.pattern}", re.I | re.S)


class Fallback:
    """The faces of `fonts`, and the sequences that documents of this process have held."""

    def __init__(self, fonts: Path) -> None:
        self.fonts = fonts
        self.sequences: dict[str, int] = {}
        self.taught: dict[str, int] = {}  # how many of the sequences a face knows already

    def install(self) -> None:
        """Puts this into xhtml2pdf and ReportLab."""
        from reportlab.pdfbase import ttfonts
        from xhtml2pdf import context

        ttfonts.makeToUnicodeCMap = self.unicode_map
        fallback = self

        def by_coverage(self: Any, frag: Any) -> list[Any]:
            return fallback.split(self, frag)

        context.pisaContext._byCoverage = by_coverage

    def called(self, html: str) -> str:
        """The document with a private character in place of each sequence that is seen, and none that is anybody's."""
        if not any(ord(sign) > 0xDFFF for sign in html) or not any(
            glyphs.private(sign) or sign in _SIGNS or ord(sign) >= 0xE0100 for sign in html
        ):
            return html
        html = "".join(glyphs.STAND_IN if glyphs.private(sign) else sign for sign in html)
        return _ASIDE.sub(self._call, html)

    def _call(self, found: re.Match[str]) -> str:
        if found[1] is None or found[1] == ">":
            return found[0]
        code = self.sequences.get(found[0]) or _FIRST + len(self.sequences)
        if code > _LAST:
            return found[1]
        self.sequences[found[0]] = code
        return chr(code)

    def split(self, context: Any, frag: Any) -> list[Any]:
        """`frag` in runs, each in a face that draws all of it. In place of `pisaContext._byCoverage`."""
        from reportlab.lib.fonts import tt2ps
        from xhtml2pdf.util import font_has_glyph, split_by_coverage

        text = getattr(frag, "text", "")
        if not text or not isinstance(text, str):
            return [frag]
        names = [frag.fontName]
        for family in getattr(frag, "fontFamilies", None) or ():
            name = tt2ps(family, frag.bold, frag.italic)
            if name not in names:
                names.append(name)
        if any(_FIRST <= ord(sign) <= _LAST for sign in text):
            for name in names:
                self._teach(name)
        lacking = [
            sign for sign in set(text) if not sign.isspace() and not any(font_has_glyph(name, sign) for name in names)
        ]
        if lacking:
            names += self._stand_ins(frag.fontName, bool(frag.bold))
            text = "".join(self._drawn(context, sign, names) if sign in lacking else sign for sign in text)
        frag.text = text
        if not text or (len(names) == 1 and not lacking):
            return [frag]
        runs = split_by_coverage(text, names)
        parts = []
        for run, name in runs:
            part = frag.clone()
            part.text, part.fontName, part.bulletFontName = run, name, name
            parts.append(part)
        return parts

    def _drawn(self, context: Any, sign: str, names: Sequence[str]) -> str:
        from xhtml2pdf.util import font_has_glyph

        if any(font_has_glyph(name, sign) for name in names):
            return sign
        written = self._written(sign)
        if written != sign:  # a sequence of which no face has the shape: the character alone
            return self._drawn(context, written[0], names)
        if glyphs.unseen(sign):
            return ""
        context._warn_missing_glyphs(sign, list(names))
        return glyphs.STAND_IN

    def _stand_ins(self, name: str, bold: bool) -> list[str]:
        from reportlab.pdfbase import pdfmetrics, ttfonts

        found = []
        for family in _GOTHIC if "gothic" in name.lower() or "sans" in name.lower() else _MINCHO:
            path = self.fonts / f"{family}-{'Bold' if bold else 'Regular'}.ttf"
            if not path.is_file():
                continue
            own = f"nintei-{path.stem}"
            if own not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(ttfonts.TTFont(own, str(path), shapable=False))
            self._teach(own)
            found.append(own)
        return found

    def _teach(self, name: str) -> None:
        """Adds the sequences that have come up since to what a registered face can draw."""
        from reportlab.pdfbase import pdfmetrics
        from xhtml2pdf import util

        known = self.taught.get(name, 0)
        face: Any = getattr(pdfmetrics.getFont(name), "face", None)
        if known == len(self.sequences) or getattr(face, "charToGlyph", None) is None:
            return
        own = face.name.decode("latin-1") if isinstance(face.name, bytes) else str(face.name)
        shapes = next((each.shapes for each in glyphs.faces(self.fonts) if each.name == own), {})
        for written, code in list(self.sequences.items())[known:]:
            glyph = shapes.get((ord(written[0]), ord(written[1])))
            if glyph is not None:
                face.charToGlyph[code] = glyph
                face.charWidths[code] = face.charWidths.get(ord(written[0]), face.defaultWidth)
        self.taught[name] = len(self.sequences)
        util._font_coverage.pop(name, None)

    def _written(self, sign: str) -> str:
        """What a private character stands for; any other is itself."""
        if not _FIRST <= ord(sign) <= _LAST:
            return sign
        return next((written for written, code in self.sequences.items() if code == ord(sign)), glyphs.STAND_IN)

    def unicode_map(self, fontname: str, subset: Sequence[int]) -> str:
        """In place of ReportLab's `makeToUnicodeCMap`: UTF-16BE, at most 100 characters a block (Adobe TN 5411)."""
        lines = [
            f"<{index:02X}> <{self._written(chr(code)).encode('utf-16-be').hex().upper()}>"
            for index, code in enumerate(subset)
        ]
        blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
        return "\n".join(
            [
                "/CIDInit /ProcSet findresource begin",
                "12 dict begin",
                "begincmap",
                "/CIDSystemInfo",
                "<< /Registry (Adobe)",
                "/Ordering (UCS)",
                "/Supplement 0",
                ">> def",
                f"/CMapName /{fontname} def",
                "/CMapType 2 def",
                "1 begincodespacerange",
                f"<00> <{len(subset) - 1:02X}>",
                "endcodespacerange",
                *(row for block in blocks for row in (f"{len(block)} beginbfchar", *block, "endbfchar")),
                "endcmap",
                "CMapName currentdict /CMap defineresource pop",
                "end",
                "end",
            ]
        )


_SIGNS = frozenset(map(chr, range(0xFE00, 0xFE10)))
