"""A letter on the wire: seven bits, no line that a server may refuse, and what arrives is what was written."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.header import decode_header
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors import mime
from app.connectors.letter import Attachment, Letter

LETTER = Letter(
    "review-5", "<job.7@body.example>", "認定事務局 <n@body.example>", ("a@vendor.example",), "office@body.example",
    "件名", "本文です。\n", "<p>本文です。</p>\n",
)  # fmt: skip
LONG = "認定を受けるすべてのシステムについて、" * 250  # 4,750 characters without a break
# What a mail may say: no control characters (a template takes them out), no half of a pair.
texts = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=400)
words = texts.filter(lambda text: text.strip() == text and text != "")


def wire(letter: Letter) -> bytes:
    """As it goes out; held to RFC 5321 section 4.5.3.1.6 and RFC 2045 section 2.7."""
    raw = mime.build(letter).as_bytes()
    for line in raw.split(b"\r\n"):
        assert len(line) <= 998
        assert b"\n" not in line and b"\r" not in line
        assert all(each < 128 and each != 0 for each in line)
    return raw


def read(letter: Letter) -> EmailMessage:
    """As a mail program reads it."""
    found = email.message_from_bytes(wire(letter), policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None and not part.defects
    return str(part.get_content())


def lines(text: str) -> list[str]:
    """Lines as mails have them; how a line ends, and whether the last one does, is the mail's affair."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


@pytest.mark.parametrize("text", [LONG, "a" * 4000, "<a>" * 2000, "x " * 3000, ".\n..\nFrom me\n", " \t\n \n", "="])
def test_a_text_of_any_length_without_a_break_arrives_as_it_was_written(text: str) -> None:
    message = read(replace(LETTER, text=text, html=text))
    assert lines(body(message, "plain")) == lines(text)
    assert lines(body(message, "html")) == lines(text)


@given(text=texts)
def test_whatever_is_typed_arrives(text: str) -> None:
    assert lines(body(read(replace(LETTER, text=text)), "plain")) == lines(text)


@given(subject=words)
def test_whatever_stands_in_a_subject_arrives(subject: str) -> None:
    assert str(read(replace(LETTER, subject=subject))["Subject"]) == subject


@pytest.mark.parametrize(
    "subject", [LONG, "a" * 3000, "Re: =?utf-8?b?AAA=?= and more", "𠮷" * 200, "long words " * 200 + "x"]
)
def test_a_very_long_subject_is_folded_into_encoded_words(subject: str) -> None:
    raw = wire(replace(LETTER, subject=subject))
    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(len(line) for line in head) <= 78  # RFC 5322 section 2.1.1
    assert str(read(replace(LETTER, subject=subject))["Subject"]) == subject


@given(filename=words)
def test_whatever_a_file_is_called_it_is_called_so_on_arrival(filename: str) -> None:
    [part] = read(replace(LETTER, attachments=(Attachment(filename, "application/pdf", b"%PDF"),))).iter_attachments()
    assert part.get_filename() == filename


@pytest.mark.parametrize(
    "filename", ["認定契約書（株式会社みほん）" * 15 + ".pdf", "a" * 250 + ".pdf", 'a"b\\c;.pdf', "a b.pdf"]
)
def test_a_very_long_file_name_is_said_in_parts(filename: str) -> None:
    content = bytes(range(256)) * 40
    file = Attachment(filename, "application/pdf", content)
    calendar = Attachment("exam.ics", "text/calendar; method=PUBLISH; charset=utf-8", "予定".encode())
    first, second = read(replace(LETTER, attachments=(file, calendar))).iter_attachments()
    assert (first.get_filename(), first.get_content()) == (filename, content)
    assert (second.get_content_type(), second.get_param("method")) == ("text/calendar", "PUBLISH")
    assert second.get_content() == "予定"


@given(name=words)
def test_a_senders_name_arrives_beside_the_address(name: str) -> None:
    sender = f'"{name.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}" <n@body.example>'
    said = email.message_from_bytes(wire(replace(LETTER, sender=sender)))["From"]
    phrase, _, address = said.rpartition(" <")
    # Not by the email package's parser of addresses: it keeps the space between two encoded words (RFC 2047 section 6.2
    # says that there is none).
    parts = ((part, charset) for part, charset in decode_header(phrase.replace("\r\n", "")))
    read_as = "".join(part.decode(charset or "ascii") if isinstance(part, bytes) else part for part, charset in parts)
    assert (read_as, address) == (name, "n@body.example>")


def test_many_recipients_stay_within_the_line() -> None:
    to = tuple(f"person{n}@vendor.example" for n in range(300))
    assert tuple(each.addr_spec for each in read(replace(LETTER, to=to))["To"].addresses) == to


def test_a_japanese_domain_goes_as_idna() -> None:
    letter = replace(LETTER, to=("a@日本語.example",))
    assert str(read(letter)["To"]) == "a@xn--wgv71a119e.example"
    assert mime.envelope(letter.to[0]) == "a@xn--wgv71a119e.example"
