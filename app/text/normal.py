"""Unicode's normal forms (Unicode Standard Annex 15), in a time that grows with the text and no faster.

Marks behind one letter are put in order one by one, and while that goes on the whole process stands: 80 KB of nothing
but marks take seconds, 1 MB minutes. No word of any language has more than a few. So a run of more than 30 is
interrupted as the annex has it for texts of strangers (section 13, Stream-Safe Text Format): nothing is taken out, and
the text reads as before.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

MOST = 30  # marks in a row (UAX 15, section 13)
JOINER = "\u034f"  # COMBINING GRAPHEME JOINER: not seen, and no mark is put in order across it
# What may hold such a run: no letter, digit, blank or ASCII in between. All marks are among these.
_RUN = re.compile(r"[^\w\s\x00-\x7f]{16,}")  # 16: one character may be two marks

Form = Literal["NFC", "NFKC", "NFKD"]


def normal(form: Form, text: str) -> str:
    """The text in this form; behind each 30 marks in a row stands a JOINER."""
    return unicodedata.normalize(form, _RUN.sub(_interrupted, text))


def _interrupted(found: re.Match[str]) -> str:
    parts, count = [], 0
    for letter in found[0]:
        marks = [unicodedata.combining(each) > 0 for each in unicodedata.normalize("NFKD", letter)]
        if not marks[0]:
            count = 0
        elif count + len(marks) > MOST:
            parts.append(JOINER)
            count = 0
        parts.append(letter)
        count = count + len(marks) if all(marks) else marks[::-1].index(False)
    return "".join(parts)
