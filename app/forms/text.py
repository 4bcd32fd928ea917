"""Answers as text, and numbers as they are typed into forms."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from app.text.typed import hyphens, narrow

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?\Z", re.ASCII)


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
