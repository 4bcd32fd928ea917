"""Japanese text in the codes of mails: decoders that know what Windows writes, and which reading is likely.

Python's `euc_jp` and `iso2022_jp` refuse row 13 (①, ㈱) and the vendors' kanji (髙, 﨑); its `euc_jis_2004` reads other
kanji there. Here every code goes by way of code page 932, so that a text is the same whichever way it came.
"""

from __future__ import annotations

import re
import unicodedata

_ESCAPES = re.compile(rb"(\x1b\$\(?[@BD]|\x1b\([BJIH]|\x0e|\x0f)")
_DOUBLE = frozenset({b"\x1b$B", b"\x1b$@", b"\x1b$(B", b"\x1b$(@"})
_EUC = re.compile(rb"([\x00-\x7f]+)|((?:[\xa1-\xfe][\xa1-\xfe])+)|\x8e([\xa1-\xdf])|(\x8f[\xa1-\xfe]{2})")
_SAMPLE = 2_000  # characters that are weighed


def euc_jp(content: bytes, errors: str = "strict") -> str:
    """EUC-JP with row 13 and the vendors' rows (code page 51932). Raises UnicodeError for what it is not, unless
    `errors` is replace."""
    found, end = [], 0
    while end < len(content):
        match = _EUC.match(content, end)
        if match is None:
            if errors == "strict":
                raise UnicodeDecodeError("euc_jp", content, end, end + 1, "no character begins so")
            found.append("\ufffd")
            end += 1
            continue
        plain, double, kana, triple = match.groups()
        if plain:
            found.append(plain.decode("ascii"))
        elif double:
            found.append(_two_bytes(bytes(each & 0x7F for each in double), errors))
        elif kana:
            found.append(kana.decode("cp932"))
        else:
            found.append(triple.decode("euc_jp", errors))
        end = match.end()
    return "".join(found)


def iso_2022_jp(content: bytes) -> str:
    """ISO-2022-JP as it is written in Japan: with circled digits, Roman numerals and half-width kana (Microsoft's code
    pages 50221 and 50222). Never raises; bytes outside any run are read as whatever fits best."""
    found, mode, shifted = [], b"\x1b(B", False
    for piece in _ESCAPES.split(content):
        if piece in {b"\x0e", b"\x0f"}:
            shifted = piece == b"\x0e"
        elif _ESCAPES.fullmatch(piece):
            mode = piece
        elif shifted or mode == b"\x1b(I":
            found.append(bytes(each | 0x80 if each > 0x20 else each for each in piece).decode("cp932", "replace"))
        elif mode in _DOUBLE:
            found.append(_two_bytes(piece))
        elif mode == b"\x1b$(D":
            found.append((b"\x1b$(D" + piece).decode("iso2022_jp_1", "replace"))
        else:
            found.append(guess(piece))
    return "".join(found)


def _two_bytes(piece: bytes, errors: str = "replace") -> str:
    """Rows and cells of JIS X 0208 with the vendors' rows, by way of Shift_JIS (JIS X 0208 annex 1)."""
    shifted, at = bytearray(), 0
    while at < len(piece):
        row = piece[at]
        if row <= 0x20 or at + 1 >= len(piece):  # a line end within the run: the escape back was left out
            shifted.append(row)
            at += 1
            continue
        cell = piece[at + 1]
        at += 2
        first = ((row - 0x21) >> 1) + 0x81
        second = (cell + 0x1F + (cell >= 0x60)) if row % 2 else cell + 0x7E
        shifted += bytes((first + 0x40 if first > 0x9F else first, second)) if second < 0x100 else b"?"
    return bytes(shifted).decode("cp932", errors)


def best(content: bytes, otherwise: str = "") -> str:
    """Of the codes of Japan under which these bytes are whole, the likeliest reading; `otherwise` where there is none.
    UTF-8 has a start: hardly any text of another code is whole under it."""
    found: dict[str, float] = {}
    for decode, start in ((_utf_8, 0.6), (euc_jp, 0.0), (_cp932, 0.0)):
        try:
            said = decode(content)
        except UnicodeError:
            continue
        found.setdefault(said, likeness(said) + start)
    return max(found, key=lambda each: found[each], default=otherwise)


def guess(content: bytes, codec: str = "utf-8") -> str:
    """The likeliest reading; where none is whole, the one that loses least. `codec`: one more to be tried then."""
    if content.isascii():
        return content.decode("ascii")
    whole = best(content)
    if whole:
        return whole
    broken = [content.decode(each, "replace") for each in dict.fromkeys((codec, "utf-8", "cp932"))]
    return max([*broken, euc_jp(content, "replace")], key=likeness)


def _utf_8(content: bytes) -> str:
    return content.decode("utf-8")


def _cp932(content: bytes) -> str:
    return content.decode("cp932")


def likeness(text: str) -> float:
    """How much a text looks like one that people write here: about 2 to 3 for Japanese, below 1 for what came out of
    the wrong code. The mean over the characters that are not ASCII; 0 when there are none."""
    weights, last = [], ""
    for at, each in enumerate(text):
        if not each.isascii():
            weights.append(_weight(each, last, text[at + 1 : at + 2]))
            if len(weights) == _SAMPLE:
                break
        last = each
    return sum(weights) / len(weights) if weights else 0.0


def kana_share(text: str) -> float:
    """Which part of the characters that are not ASCII is full-width kana."""
    foreign = [each for each in text[: 4 * _SAMPLE] if not each.isascii()]
    return sum("\u3041" <= each <= "\u30fe" for each in foreign) / len(foreign) if foreign else 0.0


def _weight(each: str, before: str, after: str) -> float:
    code = ord(each)
    if 0x3041 <= code <= 0x30FE:
        return 3.0
    if 0x3000 <= code <= 0x303F or 0xFF01 <= code <= 0xFF5E:
        return 2.5
    if 0x4E00 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF:
        return _kanji(each)
    if 0xFF61 <= code <= 0xFF9F:
        return _half_width(code, before)
    if 0x2160 <= code <= 0x217F or 0x2460 <= code <= 0x24FF or 0x3200 <= code <= 0x33FF:
        return 1.5
    if code == 0xFFFD or unicodedata.category(each) in {"Cc", "Co", "Cn", "Cs"}:
        return -10.0
    if each.isalpha() and (_latin(before) or _latin(after)):
        return 2.2  # café: more than one kanji in its place
    return 0.5 if unicodedata.category(each) in {"So", "Sm", "Sk", "Po", "Pd", "Zs", "Cf", "Mn"} else -1.0


def _latin(letter: str) -> bool:
    return letter.isalpha() and letter.isascii()


def _kanji(each: str) -> float:
    """Level 1 of JIS X 0208 is what people write; the wrong code gives level 2."""
    try:
        return 2.0 if each.encode("euc_jp")[0] < 0xD0 else 0.5
    except UnicodeEncodeError:
        return 0.3


def _half_width(code: int, before: str) -> float:
    """Voicing marks stand behind the kana that can be voiced (か to と, は to ほ, ウ), in text and not by chance."""
    if code < 0xFF9E:
        return 0.8 if code > 0xFF65 else 0.3
    return (
        1.6 if before and ("\uff76" <= before <= "\uff84" or "\uff8a" <= before <= "\uff8e" or before == "ｳ") else -1.0
    )
