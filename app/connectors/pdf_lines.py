"""Japanese lines for xhtml2pdf: where a line may end, how it is filled, and the ideographic space kept.

xhtml2pdf's own breaking for CJK text forgets `<br>`, splits words and numbers anywhere, lets a bracket end
a line and folds U+3000 away with other white space; its way of cutting a paragraph between pages puts
blanks between Japanese characters. The rules here are those of JIS X 4051 that a business letter needs: no
closing mark or small kana at a line's start, no opening mark at its end, Latin words and numbers whole, and
lines filled to the margin (両端揃え).
"""

from __future__ import annotations

import re
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


def break_points(
    characters: list[str], widths: list[float], breaks: set[int], first: float, later: float
) -> list[int]:
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


def _break_lines(self: Any, width: Any) -> Any:
    """In place of `Paragraph.breakLinesCJK`."""
    from xhtml2pdf import reportlab_paragraph as paragraph

    widths = list(width) if isinstance(width, (list, tuple)) else [width]
    paragraph._handleBulletWidth(self.bulletText, self.style, widths, rtl=self.dir == "rtl")
    auto = getattr(self, "autoLeading", getattr(self.style, "autoLeading", ""))
    units = [unit for frag in self.frags for unit in _units(frag, self.encoding)]
    breaks = {index for index, unit in enumerate(units) if hasattr(unit.frag, "lineBreak")}
    ends = break_points(
        [str(unit) for unit in units], [unit.width for unit in units], breaks, widths[0], widths[-1]
    )
    lines, start = [], 0
    for number, end in enumerate(ends):
        line = units[start:end]
        room = widths[min(number, len(widths) - 1)]
        shown = len(line)
        while shown and (line[shown - 1] in (" ", "") and not hasattr(line[shown - 1].frag, "cbDefn")):
            shown -= 1
        made = paragraph.makeCJKParaLine(
            line, room - sum(unit.width for unit in line[:shown]), auto not in ("", "off")
        )
        filled = end < len(units) and end - 1 not in breaks
        made.gaps = shown - 1 if filled and shown > 1 and 0 < made.extraSpace < room / 4 else 0
        lines.append(made)
        start = end
    if not any(unit.width for unit in units) and not breaks:
        lines = []
    return paragraph.ParaLines(kind=1, lines=lines)


def _units(frag: Any, encoding: str) -> list[Any]:
    from xhtml2pdf import reportlab_paragraph as paragraph

    text = getattr(frag, "text", None)
    if text is None:
        text = " ".join(getattr(frag, "words", []))
    if isinstance(text, bytes):
        text = text.decode(encoding)
    text = str(text)
    return (
        [paragraph.cjkU(part, frag, encoding) for part in text]
        if text
        else [paragraph.cjkU("", frag, encoding)]
    )


def _rest(lines: Any, start: int, stop: int) -> list[Any]:
    """In place of `_split_blParaHard`: the fragments of some lines, with nothing put between them."""
    return [word for line in lines.lines[start:stop] for word in line.words]
