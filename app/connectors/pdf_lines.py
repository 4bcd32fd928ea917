"""Japanese lines for xhtml2pdf: where a line may end, how it is filled, and the ideographic space kept.

xhtml2pdf's own breaking for CJK text forgets `<br>`, splits words and numbers anywhere, lets a bracket end
a line and folds U+3000 away with other white space; its way of cutting a paragraph between pages puts
blanks between Japanese characters. The rules here are those of JIS X 4051 that a business letter needs: no
closing mark or small kana at a line's start, no opening mark at its end, Latin words and numbers whole, and
lines filled to the margin (両端揃え).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import Any

IDEOGRAPHIC_SPACE = "\u3000"
_NOT_FIRST = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー―‐–〜～’”）〕］｝〉》」』】°′″℃％‰ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}%"
)
_NOT_LAST = frozenset("‘“（〔［｛〈《「『【￥＄£([{№〒")
_PAIRS = frozenset("…‥―—")
_AFTER_SLASH = frozenset("/?&=")


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two characters."""
    if after in ("", " "):
        return False
    if before in ("", " ", IDEOGRAPHIC_SPACE):
        return True
    if after in _NOT_FIRST or before in _NOT_LAST or (before == after and before in _PAIRS):
        return False
    return before in _AFTER_SLASH or not (_narrow(before) and _narrow(after))


def _narrow(character: str) -> bool:
    return ord(character) < 0x2000 and character != "\u00a0"


def break_points(characters: list[str], widths: list[float], breaks: set[int], first: float, later: float) -> list[int]:
    """The ends (exclusive) of the lines. `breaks` are the positions of forced line breaks; blanks at a
    line's end hang.
    """
    ends: list[int] = []
    start, used, width = 0, 0.0, first
    candidate = 0
    index = 0
    while index < len(characters):
        if index > start and may_break(characters[index - 1], characters[index]):
            candidate = index
        used += widths[index]
        if index in breaks:
            ends.append(index + 1)
            start, used, width, candidate = index + 1, 0.0, later, 0
        elif used > width + 1e-6 and index > start and characters[index] != " ":
            end = candidate if candidate > start else index
            ends.append(end)
            start, used, width, candidate, index = end, 0.0, later, 0, end - 1
        index += 1
    if start < len(characters):
        ends.append(len(characters))
    return ends


def install() -> None:
    """Puts these rules into xhtml2pdf, in this process."""
    from xhtml2pdf import context, reportlab_paragraph

    paragraph = reportlab_paragraph
    paragraph.Paragraph.breakLinesCJK = _break_lines
    paragraph._split_blParaHard = _rest
    plain = paragraph._justifyDrawParaLineX

    def justified(text: Any, offset: float, line: Any, last: int = 0) -> None:
        gaps = getattr(line, "gaps", 0)
        if not gaps:
            plain(text, offset, line, last)
            return
        text.setCharSpace(line.extraSpace / gaps)
        paragraph._leftDrawParaLineX(text, offset, line)
        text.setCharSpace(0)

    paragraph._justifyDrawParaLineX = justified
    add = context.pisaContext.addFrag

    def add_keeping_spaces(self: Any, text: Any = "", frag: Any = None) -> None:
        if not isinstance(text, str) or IDEOGRAPHIC_SPACE not in text:
            add(self, text, frag)
            return
        for piece in re.split(f"({IDEOGRAPHIC_SPACE})", text):
            if piece == IDEOGRAPHIC_SPACE:
                known = len(self.fragList)
                add(self, context.NBSP, frag)  # what it does not fold; turned into what was meant
                for added in self.fragList[known:]:
                    added.text = IDEOGRAPHIC_SPACE if added.text == context.NBSP else added.text
            elif piece:
                add(self, piece, frag)

    context.pisaContext.addFrag = add_keeping_spaces


@dataclass(slots=True)
class _Text:
    """A paragraph's characters, each with its width (points) and the fragment that it belongs to."""

    characters: list[str] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    frags: list[Any] = field(default_factory=list)

    def add(self, frag: Any, text: str) -> None:
        inline = getattr(frag, "cbDefn", None)
        if inline is not None or not text:
            self.characters.append("")
            self.widths.append(float(getattr(inline, "width", 0) or 0))
            self.frags.append(frag)
            return
        self.characters.extend(text)
        self.widths.extend(_width(character, frag.fontName, frag.fontSize) for character in text)
        self.frags.extend([frag] * len(text))


@functools.lru_cache(maxsize=20_000)
def _width(character: str, font: str, size: float) -> float:
    from xhtml2pdf.util import stringWidth

    return float(stringWidth(character, font, size))


def _break_lines(self: Any, width: Any) -> Any:
    """In place of `Paragraph.breakLinesCJK`."""
    from xhtml2pdf import reportlab_paragraph as paragraph

    widths = list(width) if isinstance(width, (list, tuple)) else [width]
    paragraph._handleBulletWidth(self.bulletText, self.style, widths, rtl=self.dir == "rtl")
    text = _Text()
    for frag in self.frags:
        text.add(frag, _words(frag, self.encoding))
    breaks = {index for index, frag in enumerate(text.frags) if hasattr(frag, "lineBreak")}
    lines, start = [], 0
    if any(text.widths) or breaks:
        ends = break_points(text.characters, text.widths, breaks, widths[0], widths[-1])
        for number, end in enumerate(ends):
            last = end == len(text.characters) or end - 1 in breaks
            lines.append(_line(text, start, end, widths[min(number, len(widths) - 1)], fill=not last))
            start = end
    return paragraph.ParaLines(kind=1, lines=lines)


def _line(text: _Text, start: int, end: int, room: float, *, fill: bool) -> Any:
    """One line as xhtml2pdf draws it: a word for each run of one fragment. `gaps`: where space may be added."""
    from xhtml2pdf import reportlab_paragraph as paragraph

    words, size, ascent, descent = [], 0.0, 0.0, 0.0
    at = start
    while at < end:
        frag, first = text.frags[at], at
        while at < end and text.frags[at] is frag:
            at += 1
        word = frag.clone()
        word.text = "".join(text.characters[first:at])
        words.append(word)
        inline = getattr(frag, "cbDefn", None)
        if inline is not None and hasattr(inline, "width"):  # an anchor has none
            low, high = paragraph.imgVRange(inline.height, inline.valign, frag.fontSize)
        else:
            high, low = paragraph.getAscentDescent(frag.fontName, frag.fontSize)
        size, ascent, descent = max(size, frag.fontSize), max(ascent, high), min(descent, low)
    shown = end
    while shown > start and text.characters[shown - 1] in (" ", "") and not hasattr(text.frags[shown - 1], "cbDefn"):
        shown -= 1
    spare = room - sum(text.widths[start:shown])
    line = paragraph.FragLine(
        kind=1, extraSpace=spare, wordCount=1, words=words, fontSize=size, ascent=ascent, descent=descent
    )
    line.gaps = shown - start - 1 if fill and shown - start > 1 and 0 < spare < room / 4 else 0
    return line


def _words(frag: Any, encoding: str) -> str:
    text = getattr(frag, "text", None)
    if text is None:
        text = " ".join(getattr(frag, "words", []))
    return text.decode(encoding) if isinstance(text, bytes) else str(text)


def _rest(lines: Any, start: int, stop: int) -> list[Any]:
    """In place of `_split_blParaHard`: the fragments of some lines, with nothing put between them."""
    return [word for line in lines.lines[start:stop] for word in line.words]
