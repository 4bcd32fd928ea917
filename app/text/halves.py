"""A mail's template in two languages: Japanese, and below a line `+++ en` the same in English."""

from __future__ import annotations

import re

_LINE = re.compile(r"^\+\+\+ en[ \t]*\r?$", re.MULTILINE)


def halves(body: str) -> tuple[str, str]:
    """The Japanese and the English text; the latter is empty where there is none."""
    japanese, *english = _LINE.split(body, maxsplit=1)
    return japanese, english[0].strip() if english else ""
