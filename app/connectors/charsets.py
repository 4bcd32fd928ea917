"""Text of foreign mail: bytes under a charset that may be named wrongly, or not at all. Never raises."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable

from app.connectors import japanese
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
    "windows-1250": "cp1250",
    "windows-1251": "cp1251",
    "koi8-r": "koi8-r",
    "iso-8859-15": "iso8859-15",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ms932": "cp932",
    "cp932": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "cp936": "gb18030",
    "cp949": "cp949",
    "cp950": "big5hkscs",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
_EUC_JP = frozenset({"euc-jp", "x-euc-jp", "eucjp", "eucjp-ms", "eucjp-win", "cp51932", "ujis"})
_ISO_2022_JP = frozenset({"iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-ms", "cp50220", "cp50221", "csiso2022jp"})
# Bytes of another charset are not the first ones by chance; who names one of the last is abroad.
_SURE = frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5hkscs", "cp949"})
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")


def text(content: bytes, charset: str = "") -> str:
    """The text of these bytes: as named where that reads well, else as it reads best."""
    name = charset.strip().strip("\"'").lower().partition("*")[0]  # RFC 2231 section 5: charset*language
    codec = _CODECS.get(name, "")
    if (b"\x1b$" in content or b"\x1b(" in content or name in _ISO_2022_JP) and not codec.startswith("utf-16"):
        return tidy(japanese.iso_2022_jp(content))
    said = _named(content, name, codec)
    if said is None:
        return tidy(japanese.guess(content, codec or "utf-8"))
    return tidy(said if codec in _SURE else _unless_better(said, content))


def _named(content: bytes, name: str, codec: str) -> str | None:
    """The reading under the name that the mail gives; none when the bytes are not so, or the name is none."""
    try:
        if name in _EUC_JP:
            return japanese.euc_jp(content)
        return content.decode(codec) if codec else None
    except UnicodeError:
        return None


def _unless_better(said: str, content: bytes) -> str:
    """What the name says, unless that reads badly and another code of Japan reads well: some mailers name one charset
    and write another. A text that reads well is never touched, nor one too short to tell."""
    likeness = japanese.likeness(said)
    if likeness >= 1.2:
        return said
    other = japanese.best(content, said)
    better = japanese.likeness(other)
    kana = japanese.kana_share(other) >= 0.3 and better >= likeness + 1
    return other if kana or (likeness < 0 and better >= 1.5) else said


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


def raw(value: str) -> str:
    """A header's 8-bit bytes, which `value` holds as surrogates, as text; its encoded words stay as they are."""
    return text(value.encode("ascii", "surrogateescape")) if value.isascii() or _surrogates(value) else value


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
