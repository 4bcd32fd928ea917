"""Which characters the faces of documents can draw, and which glyph a variation sequence has (UTS 37, cmap format 14).

A Japanese name may hold a character outside JIS X 0208 (𠮷, 槗), or one with a variation selector behind it (葛 with
U+E0100) that asks for one shape among several. What no face can draw is named here, so that it is said while its writer
looks; in a document `STAND_IN`, the printers' mark for a missing type, takes its place.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont

STAND_IN = "\u3013"  # 〓
SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
#: A character and the selector behind it.
SEQUENCE = re.compile(f"([^{SELECTORS}])([{SELECTORS}])")
_SELECTOR = re.compile(f"[{SELECTORS}]")


@dataclass(frozen=True, slots=True)
class Face:
    """One font file. `name`: its PostScript name; `shapes`: glyph numbers of (character, selector)."""

    name: str
    path: Path
    codes: frozenset[int]
    shapes: Mapping[tuple[int, int], int]


@functools.cache
def faces(folder: Path) -> tuple[Face, ...]:
    """The TrueType files of the folder, by name."""
    return tuple(_face(path) for path in sorted(folder.glob("*.ttf")))


def _face(path: Path) -> Face:
    with TTFont(path, lazy=True) as font:
        codes = font.getBestCmap()
        shapes: dict[tuple[int, int], int] = {}
        for table in font["cmap"].tables:
            if table.format != 14:
                continue
            for selector, pairs in table.uvsDict.items():
                for code, glyph in pairs:
                    named = glyph or codes.get(code)  # none: the character's own glyph has that shape already
                    if named:
                        shapes[(code, selector)] = font.getGlyphID(named)
        return Face(str(font["name"].getDebugName(6)), path, frozenset(codes), shapes)


@functools.cache
def _codes(folder: Path) -> frozenset[int]:
    return frozenset().union(*(face.codes for face in faces(folder)))


def unprintable(text: str, folder: Path) -> tuple[str, ...]:
    """The characters of the text that no face of the folder can draw, each once, as they come.

    A variation selector is none of them: without its shape the character itself is drawn. A folder without faces is
    another fault, told by whoever draws: nothing is named then.
    """
    if _usual(text):
        return ()
    codes = _codes(folder)
    if not codes:
        return ()
    return tuple(dict.fromkeys(sign for sign in text if (ord(sign) not in codes and not unseen(sign)) or private(sign)))


def _usual(text: str) -> bool:
    """Whether it is of JIS X 0208 and what Windows adds, which every face here has; looking it up costs a second."""
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return not any("\ue000" <= sign <= "\uf8ff" for sign in text)  # cp932 has room for 外字


def unseen(sign: str) -> bool:
    """Whether nothing is lost with it: blanks, controls, selectors, joiners (Unicode categories Zs, Cc, Cf)."""
    return bool(_SELECTOR.match(sign)) or unicodedata.category(sign) in ("Zs", "Zl", "Zp", "Cc", "Cf")


def private(sign: str) -> bool:
    """Whether its shape is each system's own (外字): the faces' glyphs there are not what its writer saw."""
    return unicodedata.category(sign) == "Co"
