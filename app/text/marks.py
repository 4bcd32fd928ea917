"""Characters that no text of ours holds: what cannot be stored, and what makes a text read otherwise than it is."""

from __future__ import annotations

import re

# C0 and C1 controls but tab and line feed, lone surrogates, non-characters: no database or PDF takes them, nobody
# types them. Directional embeddings, overrides and isolates (Unicode Standard Annex 9) go too: they let a name read
# otherwise than it is. So do the marks of interlinear annotation, which hide what stands between them.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufeff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
# In a name they are invisible, and two names that look alike are not: marks of direction, spaces without width, soft
# hyphens. The joiners stay: emoji are made of them.
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206f]")
_BREAKS = re.compile("\r\n?|\x85|\u2028|\u2029")


def even_lines(value: str) -> str:
    """The text with each line end as LF: CR LF, CR, NEL, and Unicode's line and paragraph separators."""
    return _BREAKS.sub("\n", value)


def without_controls(value: str) -> str:
    """The text without what cannot be stored, tabs and line feeds kept."""
    return _CONTROL.sub("", value)


def without_unseen(value: str) -> str:
    """A name without what is not seen of it."""
    return _UNSEEN.sub("", value)
