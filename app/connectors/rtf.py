"""Rich text as Outlook packs it into winmail.dat: unpacked ([MS-OXRTFCP]) and read as plain text.

Only words come out: pictures, objects and fields are left where they are. Never raises; costs at most what
its length allows.
"""

from __future__ import annotations

import re

from app.connectors import charsets

LONGEST = 2 << 20  # bytes of rich text that are read
_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans "
    rb"SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
_UNSEEN = frozenset(
    b"fonttbl colortbl stylesheet info pict object header footer headerl headerr footerl footerr generator themedata "
    b"colorschememapping latentstyles datastore listtable listoverridetable rsidtbl xmlnstbl fldinst filetbl".split()
)
_BREAKS = {b"par": b"\n", b"line": b"\n", b"row": b"\n", b"sect": b"\n", b"page": b"\n", b"tab": b"\t", b"cell": b"\t"}
_SIGNS = {
    b"bullet": "•",
    b"endash": "–",
    b"emdash": "—",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
}
_JAPANESE, _DEEPEST = 932, 200


def unpacked(content: bytes) -> bytes:
    """The rich text of a compressed body; empty when it is none."""
    if len(content) < 16:
        return b""
    kind, body = content[8:12], content[16:]
    if kind == b"MELA":
        return body[: min(int.from_bytes(content[4:8], "little"), LONGEST)]
    if kind != b"LZFu":
        return b""
    window = bytearray(_START.ljust(4096, b" "))
    found, write, at = bytearray(), len(_START), 0
    while at < len(body) and len(found) < LONGEST:
        flags, at = body[at], at + 1
        for bit in range(8):
            if flags >> bit & 1:
                pair, at = body[at : at + 2], at + 2
                if len(pair) < 2 or (pair[0] << 4 | pair[1] >> 4) == write:
                    return bytes(found)
                start = pair[0] << 4 | pair[1] >> 4
                for step in range((pair[1] & 15) + 2):
                    letter = window[(start + step) % 4096]
                    found.append(letter)
                    window[write], write = letter, (write + 1) % 4096
            elif at < len(body):
                found.append(body[at])
                window[write], write = body[at], (write + 1) % 4096
                at += 1
    return bytes(found)


def words(content: bytes, codepage: int = _JAPANESE) -> str:
    """What a rich text says."""
    reader = _Reader(codepage)
    for match in _TOKEN.finditer(content[:LONGEST]):
        reader.take(*match.groups())
    reader.flush()
    lines = [line.rstrip() for line in "".join(reader.found).splitlines()]
    return charsets.tidy(re.sub(r"\n{3,}", "\n\n", "\n".join(lines))).strip()


class _Reader:
    """Groups with what they hide; bytes are gathered, since a character may be two of them."""

    def __init__(self, codepage: int) -> None:
        self.found: list[str] = []
        self._bytes = bytearray()
        self._codec = f"cp{codepage}"
        self._hidden, self._stack = False, [False]
        self._skip = 0
        self._fallback, self._fallbacks = 1, [1]  # how many characters stand for one of \u to older readers

    def take(
        self, word: bytes | None, number: bytes | None, code: bytes | None, sign: bytes | None, brace: bytes | None,
        plain: bytes | None,
    ) -> None:  # fmt: skip
        if brace:
            self._group(brace)
        elif code:
            self._add(bytes([int(code, 16)]))
        elif word:
            self._word(word, number)
        elif sign == b"*":
            self._hidden = True
        elif sign:
            self._add({b"~": b" ", b"_": b"-", b"-": b""}.get(sign, sign))
        elif plain:
            for at in range(len(plain)):
                self._add(plain[at : at + 1])

    def _group(self, brace: bytes) -> None:
        self._skip = 0
        if brace == b"{" and len(self._stack) < _DEEPEST:
            self._stack.append(self._hidden)
            self._fallbacks.append(self._fallback)
        elif brace == b"}" and len(self._stack) > 1:
            self._hidden, self._fallback = self._stack.pop(), self._fallbacks.pop()

    def _word(self, word: bytes, number: bytes | None) -> None:
        self._skip = 0
        if word in _UNSEEN:
            self._hidden = True
        elif word == b"ansicpg" and number:
            self._codec = "cp932" if int(number) == 0 else f"cp{int(number)}"
        elif word == b"uc" and number:
            self._fallback = max(0, min(10, int(number)))
        elif word == b"u" and number and not self._hidden:
            self.flush()
            self.found.append(chr(int(number) % 0x10000))
            self._skip = self._fallback
        elif not self._hidden and word in _BREAKS:
            self._bytes += _BREAKS[word]
        elif not self._hidden and word in _SIGNS:
            self.flush()
            self.found.append(_SIGNS[word])

    def _add(self, piece: bytes) -> None:
        if self._skip:
            self._skip -= 1
        elif not self._hidden:
            self._bytes += piece

    def flush(self) -> None:
        """What was gathered is a text."""
        if self._bytes:
            self.found.append(charsets.text(bytes(self._bytes), self._codec))
            self._bytes.clear()
