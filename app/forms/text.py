"""Typed text: what is dropped, what is unified, and what is left alone."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

# C0 and C1 controls but tab and line feed, lone surrogates, non-characters: no database or PDF takes them,
# nobody types them.
# Direction overrides go too: they let a file or company name read otherwise than it is.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff\ufeff]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?\Z", re.ASCII)
_MINUS = str.maketrans(dict.fromkeys("−‐‑–—―ｰー", "-"))


def typed(value: str) -> str:
    """`value` as typed, without what cannot be stored: control characters and lone surrogates."""
    return _UNWANTED.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def prose(value: str) -> str:
    """Free text: trimmed, canonically composed (NFC), nothing else touched: ㈱ and ① are what the writer
    meant.
    """
    return unicodedata.normalize("NFC", typed(value)).strip()


def line(value: str) -> str:
    """Free text on one line."""
    return re.sub(r"[\t\n]+", " ", prose(value))


def narrow(value: str) -> str:
    """Codes and numbers: full-width letters, digits and signs become half-width (NFKC), spaces around are
    dropped.
    """
    return unicodedata.normalize("NFKC", typed(value)).strip()


def digits(value: str) -> str:
    """A code of digits as people group it: hyphens, spaces and full-width digits are unified away."""
    return re.sub(r"[\s-]", "", narrow(value).translate(_MINUS))


def hyphens(value: str) -> str:
    """`value` with every kind of dash, hyphen and long-vowel mark that people type for a hyphen made one."""
    return value.translate(_MINUS)


def number(value: str, *, prefix: str = "", suffix: str = "") -> Decimal | None:
    """`１２，３４５円` → 12345. At most 15 digits before and 10 after the point; else None."""
    text = hyphens(narrow(value))
    for unit in (narrow(prefix), "¥"):
        text = text.removeprefix(unit) if unit else text
    for unit in (narrow(suffix), "円"):
        text = text.removesuffix(unit) if unit else text
    text = text.strip().replace(",", "").replace("、", "")
    if not _NUMBER.match(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern admits numbers alone
        return None


def text_of(value: object) -> str:
    """A typed value as text; JSON's numbers and booleans too: answers come back from the store as such."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value) if isinstance(value, int | float) else ""
