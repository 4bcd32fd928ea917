"""Text of foreign mail: bytes under a charset that may be named wrongly, or not at all. Never raises."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable

from app.text.typed import typed

# Charsets as mails name them → Python's codec. A name that is not here counts as no name: some codecs of Python
# are no charsets of mail (unicode_escape, idna), and one guesses better than those who misname.
_CODECS = {
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-15": "iso8859-15",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ms932": "cp932",
    "cp932": "cp932",
    "euc-jp": "euc_jp",
    "x-euc-jp": "euc_jp",
    "eucjp": "euc_jp",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
_ISO_2022_JP = frozenset({"iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-ms", "cp50220", "cp50221", "csiso2022jp"})
_ESCAPES = re.compile(rb"(\x1b\$\(?[@BD]|\x1b\([BJIH])")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")


def text(content: bytes, charset: str = "") -> str:
    """The text of these bytes: as named where that works, else as it reads best."""
    name = charset.strip().strip("\"'").lower().partition("*")[0]  # RFC 2231 section 5: charset*language
    if name in _ISO_2022_JP:
        return tidy(_iso_2022_jp(content))
    codec = _CODECS.get(name)
    if codec and not (codec == "utf-8" and b"\x1b" in content):
        try:
            return tidy(content.decode(codec))
        except UnicodeError:
            pass
    return tidy(_guess(content, codec))


def tidy(value: str) -> str:
    """Without what no text holds: control characters, marks that turn the direction (they make `gpj.exe` look like
    `exe.jpg`), lone surrogates; line ends as LF."""
    return typed(value)


def header(value: str) -> str:
    """A header's text: encoded words (RFC 2047), also split within a character as old mailers do, and raw 8-bit or
    ISO-2022-JP bytes, which `value` holds as surrogates."""
    line = re.sub(r"\r?\n[ \t]", " ", value)
    raw = line.encode("ascii", "surrogateescape") if line.isascii() or _surrogates(line) else None
    if raw is not None and (b"\x1b" in raw or _surrogates(line)):
        line = text(raw)
    joined = _BETWEEN_WORDS.sub(r"\1", line)
    found: list[str] = []
    end = 0
    run: list[tuple[str, bytes]] = []
    for match in _WORD.finditer(joined):
        if match.start() > end:
            found += [_words(run), joined[end : match.start()]]
            run = []
        run.append((match[1].lower(), _bytes(match[2].lower(), match[3])))
        end = match.end()
    found += [_words(run), joined[end:]]
    return " ".join(tidy("".join(found)).split())


def _words(run: Iterable[tuple[str, bytes]]) -> str:
    """Neighbouring words of one charset are one text."""
    found, last, gathered = "", "", b""
    for charset, content in run:
        if charset != last:
            found += text(gathered, last)
            last, gathered = charset, b""
        gathered += content
    return found + text(gathered, last)


def _bytes(encoding: str, word: str) -> bytes:
    plain = word.encode("ascii", "ignore")
    if encoding == "q":
        return binascii.a2b_qp(plain, header=True)
    try:
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return plain


def _surrogates(value: str) -> bool:
    return any("\ud800" <= each <= "\udfff" for each in value)


def _guess(content: bytes, codec: str | None) -> str:
    if b"\x1b$" in content or b"\x1b(" in content:
        return _iso_2022_jp(content)
    for each in ("utf-8", "euc_jp", "cp932"):  # hiragana of Shift_JIS are no EUC-JP, those of EUC-JP are kana there
        try:
            return content.decode(each)
        except UnicodeDecodeError:
            continue
    return content.decode(codec or "utf-8", "replace")


def _iso_2022_jp(content: bytes) -> str:
    """ISO-2022-JP as it is written in Japan: with circled digits, Roman numerals and half-width kana, which Python's
    own codec refuses (Microsoft's code page 50221). Each run is carried over to code page 932."""
    found, mode = [], b"\x1b(B"
    for piece in _ESCAPES.split(content):
        if _ESCAPES.fullmatch(piece):
            mode = piece
        elif mode in {b"\x1b$B", b"\x1b$@", b"\x1b$(B", b"\x1b$(@"}:
            found.append(_two_bytes(piece))
        elif mode == b"\x1b(I":
            found.append(bytes(each | 0x80 for each in piece if each > 0x20).decode("cp932", "replace"))
        elif mode == b"\x1b$(D":
            found.append((b"\x1b$(D" + piece).decode("iso2022_jp_1", "replace"))
        else:
            found.append(piece.decode("utf-8", "replace"))
    return "".join(found)


def _two_bytes(piece: bytes) -> str:
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
    return bytes(shifted).decode("cp932", "replace")
