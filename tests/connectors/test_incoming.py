"""Mails as they are written in Japan, and as enemies write them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.connectors import charsets, contents
from app.connectors.incoming import Flaw, read
from app.states import Writer

HEAD = b"From: =?utf-8?B?5L6LIOS4gOmDjg==?= <Ichiro.Rei@Example.com>\r\nMessage-ID: <1@example.com>\r\nSubject: x\r\n"


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Message-ID"], message["Subject"] = "a@example.jp", "<1@example.jp>", "件名"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content("本文です。\n")
    return message


def multipart(*parts: bytes) -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + body + b"--b--\r\n"


def named(disposition: bytes, kind: bytes = b"application/pdf") -> str:
    """The name that a file gets whose part has this Content-Disposition."""
    found = read(multipart(b"Content-Type: " + kind + b"\r\nContent-Disposition: " + disposition + b"\r\n\r\n%PDF-"))
    return found.parts[0].filename


# As they are written


def test_who_what_and_answering_which_mail_is_read() -> None:
    date = "Tue, 1 Dec 2026 10:00:00 +0900"
    message = mail(In_Reply_To="<our-2@nintei>", References="<our-1@nintei> <our-2@nintei>", Date=date)
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="確認依頼書.pdf")
    found = read(message.as_bytes())
    assert (found.message_id, found.sender, found.subject) == ("<1@example.jp>", "a@example.jp", "件名")
    assert found.answers == ("<our-2@nintei>", "<our-1@nintei>")
    assert found.text == "本文です。"
    assert found.written_at == datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    assert [(part.filename, part.content) for part in found.parts] == [("確認依頼書.pdf", b"%PDF-1.7")]
    assert (found.kind, found.flaw) == (Writer.PERSON, Flaw.NONE)


def test_the_address_is_in_small_letters_and_the_name_in_words() -> None:
    found = read(HEAD + b"\r\nx")
    assert (found.sender, found.sender_name) == ("ichiro.rei@example.com", "例 一郎")


def test_iso_2022_jp_with_circled_digits_and_half_width_kana_is_read() -> None:
    body = b"\x1b$B!X-!BhF~!Y\x1b(B 1\x1b(I6E\x1b(B\n"
    found = read(HEAD + b"Content-Type: text/plain; charset=ISO-2022-JP\r\n\r\n" + body)
    assert "①" in found.text
    assert "ｶ" in found.text
    assert "\ufffd" not in found.text


@pytest.mark.parametrize("charset", ["iso-2022-jp", "shift_jis", "euc-jp", "utf-8"])
def test_every_japanese_charset_is_read_under_its_name_and_under_none(charset: str) -> None:
    words = "表示能力の資料ソフト"
    assert charsets.text(words.encode(charset), charset) == words
    assert charsets.text(words.encode(charset)) == words
    assert charsets.text(words.encode(charset), "x-nonsense") == words


def test_a_subject_cut_within_a_character_is_whole_again() -> None:
    first, second = b"=?iso-2022-jp?B?GyRCRnw=?=", b"=?iso-2022-jp?B?S1wbKEI=?="
    found = read(HEAD.replace(b"Subject: x", b"Subject: " + first + b"\r\n " + second) + b"\r\n")
    assert found.subject == "日本"


def test_a_subject_in_raw_bytes_is_read() -> None:
    found = read(HEAD.replace(b"Subject: x", b"Subject: Re: " + "書類の提出".encode("cp932")) + b"\r\n")
    assert found.subject == "Re: 書類の提出"


def test_file_names_are_read_however_they_are_written() -> None:
    assert named(b"attachment; filename*=iso-2022-jp''%1B%24BF%7CK%5C%1B%28B.pdf") == "日本.pdf"
    assert named(b"attachment; filename*=Shift_JIS''%95%5C.pdf") == "表.pdf"
    assert named(b"attachment; filename*0*=utf-8''%E8%A1%A8;\r\n filename*1=end.pdf") == "表end.pdf"
    assert named(b'attachment; filename="=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=.pdf"') == "日本.pdf"
    assert named(b'attachment; filename="' + "表ソ能.pdf".encode("cp932") + b'"') == "表ソ能.pdf"
    assert named(b'attachment; filename="' + "資料.pdf".encode() + b'"') == "資料.pdf"
    assert named(b"attachment", b'application/pdf; name="=?utf-8?B?6LOH5paZ?=.pdf"') == "資料.pdf"
    assert named(b"attachment") == "attachment-1.pdf"


def test_a_name_brings_no_path_no_turned_direction_and_no_control_characters() -> None:
    assert named(b'attachment; filename="..\\\\..\\\\C:\\\\x.pdf"') == "x.pdf"
    assert named(b'attachment; filename="../../etc/x.pdf"') == "x.pdf"
    assert named('attachment; filename="a\u202efdp.exe"'.encode()) == "afdp.exe"
    assert "\x00" not in named(b"attachment; filename*=utf-8''a%00b.pdf")
    assert len(named(b'attachment; filename="' + b"n" * 900 + b'.pdf"')) <= 180


def test_html_becomes_text_and_runs_nothing() -> None:
    html = b"<html><head><style>p{}</style><script>alert(1)</script></head><body><p>one</p><p>two &lt;b&gt;</p></body>"
    found = read(HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html)
    assert found.text == "one\n\ntwo <b>"


def test_what_html_quotes_is_marked_as_in_plain_text() -> None:
    html = "<div>送ります。</div><blockquote><p>1. 方式は</p><blockquote>前の</blockquote></blockquote><p>TLS 1.3</p>"
    found = read(HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode())
    assert [line for line in found.text.splitlines() if line.strip("> ")] == [
        "送ります。",
        "> 1. 方式は",
        ">> 前の",
        "TLS 1.3",
    ]


def test_plain_text_is_preferred_and_a_text_file_that_is_attached_is_a_file() -> None:
    message = mail()
    message.add_alternative("<p>html</p>", subtype="html")
    message.add_attachment(b"a,b", maintype="text", subtype="csv", filename="a.csv")
    found = read(message.as_bytes())
    assert found.text == "本文です。"
    assert [part.filename for part in found.parts] == ["a.csv"]


def test_a_logo_in_the_text_is_told_from_a_file_and_a_signature_is_no_file() -> None:
    found = read(multipart(
        b"Content-Type: image/png\r\nContent-ID: <l>\r\nContent-Disposition: inline; filename=logo.png\r\n\r\nx",
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nx",
        b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx"))  # fmt: skip
    assert [(part.filename, part.inline) for part in found.parts] == [("logo.png", True), ("a.pdf", False)]


# As enemies write them


@pytest.mark.parametrize(("line", "sender"), [
    (b'From: "vendor@example.com" <evil@example.net>', "evil@example.net"),
    (b"From: a@example.com, b@example.com", ""),
    (b"From: a@example.com\r\nFrom: b@example.com", ""),
    (b"From: =?utf-8?q?a=40example=2Ecom?=", ""),
    (b"From: nobody", ""),
    (b"From: <a@example.com\x00@evil>", ""),
    (b"X: y", ""),
])  # fmt: skip
def test_a_sender_is_one_address_or_none(line: bytes, sender: str) -> None:
    assert read(line + b"\r\nMessage-ID: <1@x>\r\n\r\nx").sender == sender


def test_a_mail_without_a_usable_message_id_is_known_by_its_bytes() -> None:
    for line in (b"X: y", b"Message-ID: none", b"Message-ID: <" + b"x" * 300 + b">"):
        raw = b"From: a@b.jp\r\n" + line + b"\r\n\r\nx"
        assert read(raw).message_id.startswith("sha256:")
        assert read(raw).message_id == read(raw).message_id
    assert read(b"a: b\r\n\r\nx").message_id != read(b"a: b\r\n\r\ny").message_id


def nested(depth: int) -> bytes:
    inner = b"Content-Type: text/plain\r\n\r\ndeep\r\n"
    for number in range(depth):
        mark = b"b%d" % number
        head = b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n--" + mark
        inner = head + b"\r\n" + inner + b"\r\n--" + mark + b"--\r\n"
    return HEAD + inner


def test_parts_within_parts_end_somewhere() -> None:
    assert read(nested(10)).text == "deep"
    assert read(nested(60)).text == ""
    assert read(nested(5000)).flaw is Flaw.UNREADABLE


def test_mails_within_mails_end_somewhere() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"Subject: end\r\n\r\nx"
    assert read(HEAD + inner).flaw is Flaw.UNREADABLE


def test_more_files_than_anybody_sends_are_left_out_and_said() -> None:
    part = b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nx"
    found = read(multipart(*[part] * 80))
    assert len(found.parts) == contents.MOST_PARTS
    assert found.flaw is Flaw.TOO_MANY


@pytest.mark.parametrize("raw", [
    HEAD + b"Content-Type: multipart/mixed; boundary=b" + b";x=\"" * 200_000 + b"\r\n\r\nx",
    HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 500_000,
    HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a " * 500_000,
    HEAD + b"Content-Type: text/html\r\n\r\n" + b"</" * 500_000,
    HEAD + b"Subject: " + b"=?utf-8?q?" * 300_000 + b"\r\n\r\nx",
    b"From: " + b"(" * 500_000 + b"\r\n\r\nx",
    b"From: " + b"a@b.jp, " * 200_000 + b"\r\n\r\nx",
    HEAD + b"References: " + b"<a@b> " * 300_000 + b"\r\n\r\nx",
    HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 300_000,
    HEAD + b"Content-Type: text/plain; charset=idna\r\n\r\n" + b"a" * 2_000_000,
    HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 666 x\r\n" + b"M" * 1_000_000,
    HEAD + b"\r\n" + b"\n" * 20_000_000,
    HEAD + b"\r\n" + b"\r" * 20_000_000,
    HEAD + b"\r\n" + b"Content-Type: " + b"\n " * 500_000,
])  # fmt: skip
def test_a_mail_that_is_made_to_cost_time_is_read_to_its_end(raw: bytes) -> None:
    assert read(raw).message_id  # minutes, or for ever, without the limits


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_make_reading_raise(tail: bytes) -> None:
    for raw in (tail, HEAD + tail, multipart(tail), HEAD + b"Content-Type: " + tail):
        found = read(raw)
        assert found.message_id
        for words in (found.subject, found.text, found.sender_name, *(part.filename for part in found.parts)):
            assert "\x00" not in words
            words.encode("utf-8")
