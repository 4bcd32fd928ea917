"""Typed text: what is dropped, what is unified, and what is left alone."""

from __future__ import annotations

import re

from app.text.marks import even_lines, without_controls
from app.text.normal import normal

# A letter with combining marks behind it, voiced kana among them; Korean syllables in their parts.
_APART = re.compile("[^\\s\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+|[\u1100-\u11ff]{2,}")
_MINUS = str.maketrans(dict.fromkeys("−‐‑‒–—―─﹣－ｰー", "-"))


def typed(value: str) -> str:
    """`value` as typed, without what cannot be stored or turns its direction; line ends as LF."""
    return without_controls(even_lines(value))


def composed(value: str) -> str:
    """Letters and the marks that macOS writes behind them (NFD), as one again; nothing else is touched.

    Not NFC as a whole (Unicode Standard Annex 15): it would turn 神 of the compatibility ideographs, which people write
    in their names on purpose, into another 神.
    """
    return _APART.sub(lambda found: normal("NFC", found[0]), value)


def prose(value: str) -> str:
    """Free text: trimmed, letters and their marks as one, nothing else touched: ㈱ and ① are what the writer meant."""
    return composed(typed(value)).strip()


def line(value: str) -> str:
    """Free text on one line."""
    return re.sub(r"[\t\n]+", " ", prose(value))


def narrow(value: str) -> str:
    """Codes and numbers: full-width letters, digits and signs become half-width (NFKC), spaces around are dropped."""
    return normal("NFKC", typed(value)).strip()


def digits(value: str) -> str:
    """A code of digits as people group it: hyphens, spaces and full-width digits are unified away."""
    return re.sub(r"[\s-]", "", hyphens(narrow(value)))


def hyphens(value: str) -> str:
    """`value` with every kind of dash, hyphen and long-vowel mark that people type for a hyphen made one."""
    return value.translate(_MINUS)
