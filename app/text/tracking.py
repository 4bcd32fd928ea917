"""Numbers of parcels.

ヤマト運輸, 佐川急便 and ゆうパック use twelve digits, the last of which is the rest of the eleven before it when they
are divided by seven (7DR). Other lengths are other services', of which nothing is known here.
"""

from __future__ import annotations

import re

from app.text.normal import normal

_DIGITS = 12


def mistyped(number: str) -> bool:
    """Whether a number of twelve digits cannot be one: a digit is wrong, or two have changed places."""
    digits = re.sub(r"[\s‐-―−ー-]", "", normal("NFKC", number))
    if not re.fullmatch(rf"[0-9]{{{_DIGITS}}}", digits):
        return False
    return int(digits[:-1]) % 7 != int(digits[-1])
