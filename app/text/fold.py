"""What a search takes for the same: width, case, kana, variants of kanji, forms of companies, and every sign between.

Only the text that is looked through is folded, and the words that are looked for; what is shown stays as it was typed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from app.text.normal import normal

_TABLE = Path(__file__).with_name("variants.txt")  # made by scripts/variants.py
_RULES = 1  # counted up by whoever changes what `fold` does
# Ideographic and emoji variation selectors; Mongolian ones: 葛󠄀 is 葛.
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180f]")
# As people shorten the forms of companies, once NFKC has made ㈱ into (株).
_COMPANIES = {
    "株": "株式会社",
    "有": "有限会社",
    "同": "合同会社",
    "資": "合資会社",
    "名": "合名会社",
    "一社": "一般社団法人",
    "一財": "一般財団法人",
    "公社": "公益社団法人",
    "公財": "公益財団法人",
    "社": "社団法人",
    "財": "財団法人",
    "独": "独立行政法人",
    "学": "学校法人",
    "医": "医療法人",
    "協": "協同組合",
}
_SHORT = re.compile(rf"\(({'|'.join(_COMPANIES)})\)")
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")  # キヤノン, キャノン
_BETWEEN = "ーｰ−─~"  # beside all that Unicode calls punctuation, separator, control or format
_FIRST_HIRAGANA, _LAST_HIRAGANA, _TO_KATAKANA = 0x3041, 0x3096, 0x60


class _Letters(dict[int, str | None]):
    """What becomes of each letter: found once, then known."""

    def __missing__(self, code: int) -> str | None:
        letter = chr(code)
        if _FIRST_HIRAGANA <= code <= _LAST_HIRAGANA:
            found: str | None = chr(code + _TO_KATAKANA).translate(_SMALL)
        elif letter in _BETWEEN or unicodedata.category(letter)[0] in "PZC":
            found = None
        else:
            found = letter.translate(_SMALL)
        self[code] = found
        return found


def _variants() -> Iterator[tuple[int, str]]:
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield from ((ord(each), line[0]) for each in line[1:])


_LETTERS = _Letters(_variants())
#: Changes with the rules and with the table: what was folded otherwise is folded anew.
VERSION = f"{_RULES}-{hashlib.sha256(_TABLE.read_bytes()).hexdigest()[:10]}"


def fold(text: str) -> str:
    """The text as it is looked through. Signs between letters are gone: 2026-0001 is 20260001."""
    even = _SELECTORS.sub("", normal("NFKC", text)).casefold()
    return _SHORT.sub(lambda found: _COMPANIES[found[1]], even).translate(_LETTERS)


def words(text: str) -> list[str]:
    """The words of a search, folded: what stands between blanks, as far as anything is left of it."""
    return [word for each in text.split() if (word := fold(each))]
