"""A mail's template in two languages: Japanese, and below a line `+++ en` the same in English."""

from __future__ import annotations

import re

_LINE = re.compile(r"^\+\+\+ en[ \t]*\r?$", re.MULTILINE)


def halves(body: str) -> tuple[str, str]:
    """The Japanese and the English text; the latter is empty where there is none, else each of its lines stands as far
    down as in the whole: what is wrong there is told by its line."""
    japanese, *english = _LINE.split(body, maxsplit=1)
    if not english or not english[0].strip():
        return japanese, ""
    return japanese, "\n" * japanese.count("\n") + english[0].rstrip()
