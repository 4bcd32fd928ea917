"""Whole numbers that come in as text: in addresses, posts and queries."""

from __future__ import annotations

from app.text.typed import narrow

#: The largest row id: both databases keep it (PostgreSQL's `integer` holds no more).
MOST_ID = 2**31 - 1
_DIGITS = len(str(MOST_ID))


def whole(text: object, most: int = MOST_ID) -> int | None:
    """The number from 0 to `most` that the text says, in any width; None for every other text, however long."""
    if not isinstance(text, str):
        return None
    plain = narrow(text[: 4 * _DIGITS])
    if len(text) > 4 * _DIGITS or not plain.isascii() or not plain.isdecimal() or len(plain) > 2 * _DIGITS:
        return None
    number = int(plain)
    return number if number <= most else None
