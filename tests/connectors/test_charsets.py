"""Bytes that claim a charset, or none: a clean text is never turned into another."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.connectors import charsets
from app.connectors.charsets import text
from app.connectors.incoming import read

# As Windows writes them: row 13, the vendors' kanji, the wave that code page 932 has.
EVERYDAY = "あいうえおかがきくけこさしすせそたちつてとなにのはひへほまみめもやゆよらりるれろわをん"
EVERYDAY += "アイウエオカキシステムンー、。「」０１２ＡＢ"
KANJI = "日本認定審査資料確認提出書類会社建設東京都港区電話番号担当者要件変更"
VENDORS = "①②⑳ⅠⅩ㈱㈲№℡㍻㎡髙﨑"


def in_code(words: str, charset: str) -> bytes:
    """The bytes that mailers of Windows write."""
    if charset == "utf-8":
        return words.encode()
    shifted = words.encode("cp932")
    if charset == "shift_jis":
        return shifted
    out, at, mode = bytearray(), 0, b"\x1b(B"
    while at < len(shifted):
        first = shifted[at]
        wide = first >= 0x80 and not 0xA1 <= first <= 0xDF
        code = _jis(first, shifted[at + 1]) if wide else bytes([first])
        at += 2 if wide else 1
        if charset == "euc-jp":
            out += bytes(each | 0x80 for each in code) if wide else (b"\x8e" + code if first >= 0x80 else code)
            continue
        wanted = b"\x1b$B" if wide else b"\x1b(I" if first >= 0x80 else b"\x1b(B"
        out += (wanted if wanted != mode else b"") + bytes(each & 0x7F for each in code)
        mode = wanted
    return bytes(out) + (b"\x1b(B" if charset == "iso-2022-jp" and mode != b"\x1b(B" else b"")


def _jis(first: int, second: int) -> bytes:
    if (first, second) in {
        (0xFB, 0xFC),
        (0xFA, 0xB1),
    }:  # 髙 and 﨑: from IBM's rows to NEC's, as code page 51932 has them
        first, second = {(0xFB, 0xFC): (0xEE, 0xE0), (0xFA, 0xB1): (0xED, 0x95)}[first, second]
    row = (first - (0xC1 if first > 0xA0 else 0x81)) * 2 + 0x21
    if second > 0x9E:
        return bytes((row + 1, second - 0x7E))
    return bytes((row, second - 0x1F - (second >= 0x80)))


CHARSETS = ("utf-8", "euc-jp", "shift_jis", "iso-2022-jp")


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("words", [
    "追加資料をお送りします。\n① システム要件確認依頼書\n② 情報システム要件確認依頼書", "①", "①みどり", "㈱みどり",
    "髙橋", "宮﨑", "①㈱髙Ⅹ",
    "ｶﾌﾞｼｷｶﾞｲｼﾔ ﾐﾄﾞﾘ", "ﾃｽﾄ", "ｱ", "〒105-0014 東京都港区芝1-2-3", "No.1", "～－∥", "表示能力ソフト十",
])  # fmt: skip
def test_what_is_named_rightly_is_read_as_it_was_written(charset: str, words: str) -> None:
    assert text(in_code(words, charset), charset) == words


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize(
    "words", ["①みどり", "㈱みどり建設", "資料を送ります", "はい", "了解です", "髙橋です", "①はい②いいえ", "テスト"]
)
def test_a_short_text_under_no_name_or_a_nonsense_one_is_read(charset: str, words: str) -> None:
    assert text(in_code(words, charset)) == words
    assert text(in_code(words, charset), "x-nonsense") == words


def test_the_bytes_of_the_two_examples_are_read() -> None:
    assert text(b"\xad\xa1\xad\xe2" + "みどり".encode("euc_jp"), "euc-jp") == "①№みどり"
    assert text(b"\xad\xa1\xad\xea" + "みどり".encode("euc_jp")) == "①㈱みどり"


WORDS = "お世話になっております。①システム要件確認依頼書を提出します。㈱みどり"


@pytest.mark.parametrize("claimed", ["iso-2022-jp", "shift_jis", "euc-jp", "us-ascii", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("written", CHARSETS)
def test_what_is_named_wrongly_is_read_as_it_was_written(written: str, claimed: str) -> None:
    assert text(in_code(WORDS, written), claimed) == WORDS


@pytest.mark.parametrize(("words", "charset"), [
    ("Café Müller, naïve façade", "iso-8859-1"), ("déjà vu", "utf-8"), ("Grüße", "windows-1252"),
    ("5 € – ok", "windows-1252"),
    ("你好，谢谢", "gb2312"), ("안녕하세요", "euc-kr"), ("Привет", "utf-8"), ("😀", "utf-8"),
])  # fmt: skip
def test_other_languages_are_left_as_they_are(words: str, charset: str) -> None:
    assert text(words.encode("cp1252" if charset.startswith(("iso-8859", "windows")) else charset), charset) == words


def test_a_text_with_one_broken_byte_keeps_the_rest() -> None:
    for charset in ("euc-jp", "shift_jis", "utf-8"):
        broken = in_code(WORDS, charset) + b"\xff" + in_code(WORDS, charset)
        assert text(broken, charset).count("要件確認依頼書") == 2
    assert "要件確認依頼書" in text(in_code(WORDS, "iso-2022-jp")[:-3] + b"\n\xff", "iso-2022-jp")


def test_runs_of_seven_bits_hold_shifted_kana_and_bare_bytes() -> None:
    assert text(b"\x0e6E6\x0f abc", "iso-2022-jp") == "ｶﾅｶ abc".replace("ﾅ", chr(0xFF61 + 0x45 - 0x21))
    assert text(b"\x1b$B!X\x1b(B " + "追加です".encode("cp932"), "iso-2022-jp") == "『 追加です"


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(EVERYDAY + KANJI + VENDORS + "ab1 \n", min_size=1, max_size=40), st.sampled_from(CHARSETS))
def test_no_clean_text_is_changed_under_its_own_name(words: str, charset: str) -> None:
    assert text(in_code(words, charset), charset) == words


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(EVERYDAY + KANJI + VENDORS + "ab1 \n", min_size=4, max_size=40), st.sampled_from(CHARSETS))
def test_no_clean_text_with_kana_is_changed_under_no_name(words: str, charset: str) -> None:
    words = "みどり" + words
    assert text(in_code(words, charset)) == words


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.binary(max_size=80), st.sampled_from([*CHARSETS, "", "us-ascii", "cp50221", "gb18030"]))
def test_no_bytes_make_reading_raise(content: bytes, charset: str) -> None:
    charsets.text(content, charset).encode("utf-8")


def test_a_mail_in_euc_jp_has_its_circled_digits() -> None:
    raw = (Path(__file__).parents[1] / "mails" / "euc-jp-circled-digits.eml").read_bytes()
    found = read(raw).text
    assert "① システム要件確認依頼書" in found
    assert "② セキュリティ要件確認依頼書" in found
    assert "\ufffd" not in found
