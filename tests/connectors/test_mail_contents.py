"""Files that lie within something: winmail.dat, signed mails, mails within the mail; and what nobody can open."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from app.connectors import rtf, sealed, tnef
from app.connectors.incoming import Flaw, Incoming, read
from tests.support import locked
from tests.support.winmail import IMESSAGE, attribute, file, packed, prop, props, text_prop, winmail

MAILS = Path(__file__).parents[1] / "mails"
PDF = b"%PDF-1.7\n%%EOF\n"
LONG = "情報システム要件確認依頼書（みどり建設システム・第2版・押印済み）.pdf"


def carrying(content: bytes, name: str = "winmail.dat", kind: str = "ms-tnef", text: str = "添付します。") -> Incoming:
    message = EmailMessage()
    message["From"], message["Message-ID"], message["Subject"] = "a@vendor.example", "<1@vendor.example>", "資料"
    message.set_content(text)
    message.add_attachment(content, maintype="application", subtype=kind, filename=name)
    return read(message.as_bytes())


def names(found: Incoming) -> list[tuple[str, bytes]]:
    return [(each.filename, each.content) for each in found.parts]


# winmail.dat


def test_the_file_within_a_winmail_dat_is_offered_with_its_name_and_its_bytes() -> None:
    found = read((MAILS / "winmail.eml").read_bytes())
    (part,) = found.parts
    assert (part.filename, len(part.content), part.inside) == ("システム要件確認依頼書.pdf", 20_124, "winmail.dat")
    assert part.content.startswith(b"%PDF-1.4")
    assert part.content.endswith(b"%%EOF\n")


def test_several_files_have_their_long_names_and_their_order() -> None:
    files = [
        file("システ~1.pdf".encode("cp932"), PDF, text_prop(0x3707, LONG)),
        file(b"FIG.PNG", b"\x89PNG", prop(0x3707, "図①.png".encode("cp932") + b"\x00", 0x001E)),
        file("㈱みどり.xlsx".encode("cp932"), b"PK\x03\x04"),
        file(b"trailing.bin", b"ends in zeros\x00\x00\x00"),
        file(b"x.pdf", None, prop(0x3701, PDF), prop(0x3705, struct.pack("<I", 1))),
    ]
    assert names(carrying(winmail(files))) == [
        (LONG, PDF), ("図①.png", b"\x89PNG"), ("㈱みどり.xlsx", b"PK\x03\x04"),
        ("trailing.bin", b"ends in zeros\x00\x00\x00"), ("x.pdf", PDF),
    ]  # fmt: skip


def test_a_winmail_dat_is_known_by_its_type_or_by_its_name() -> None:
    for name, kind in (("winmail.dat", "octet-stream"), ("attachment.bin", "vnd.ms-tnef"), ("WINMAIL.DAT", "ms-tnef")):
        assert [each.filename for each in carrying(winmail([file(b"a.pdf", PDF)]), name, kind).parts] == ["a.pdf"]


def test_a_name_within_brings_no_path_and_no_turned_direction() -> None:
    found = carrying(winmail([file(b"a", PDF, text_prop(0x3707, "C:\\x\\..\\決算\u202efdp.exe"))]))
    assert found.parts[0].filename == "決算fdp.exe"


def test_a_winmail_dat_of_words_alone_gives_the_words() -> None:
    rich = (
        rb"{\rtf1\ansi\ansicpg932{\fonttbl{\f0 MS Mincho;}}\pard \u26441?\u26412?"
        b"\\'8e\\'91\\'97\\'bfe\\par 2\\'81\\'41\\'835 \\u35388 \\'8e}"
    )
    assert carrying(winmail((), prop(0x1009, packed(rich))), text=" ").text.startswith("杉本資料e\n2、")
    html = "<html><body><p>本文です。</p></body></html>".encode("cp932")
    found = carrying(winmail((), prop(0x1013, html), struct.pack("<HHI", 3, 0x3FDE, 932)), text=" ")
    assert (found.text, found.parts) == ("本文です。", ())
    assert carrying(winmail((), text_prop(0x1000, "平文です。"), prop(0x1013, html)), text=" ").text == "平文です。"
    assert (
        carrying(winmail((), text_prop(0x1000, "平文です。"))).text == "添付します。"
    )  # the mail's own text is enough


def test_rich_text_is_unpacked_and_read() -> None:
    rich = b"{\\rtf1\\ansi {\\*\\generator x;}{\\pict 0102}one\\par\\tab two {\\b three}\\line four}"
    assert rtf.unpacked(packed(rich)) == rich
    assert rtf.words(rich) == "one\n\ttwo three\nfour"
    # The example of the specification: "{\rtf1\ansi\ansicpg1252\pard hello world}\r\n".
    example = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a7 03000a00726370673132354232 0af32068656c09002062 7705b06c647d0a800fa0".replace(
            " ", ""
        )
    )
    assert rtf.unpacked(example) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_a_mail_within_a_winmail_dat_gives_its_files_and_its_words() -> None:
    inner = winmail([file(b"inner.pdf", PDF)], text_prop(0x1000, "転送します。"))
    found = carrying(winmail([file("前のメール".encode("cp932"), None, prop(0x3701, IMESSAGE + inner, 0x000D))]))
    assert dict(names(found)) == {"前のメール.txt": "転送します。".encode(), "inner.pdf": PDF}


def nested_winmail(depth: int) -> bytes:
    inner = winmail([file(b"deep.pdf", PDF)])
    for _ in range(depth):
        inner = winmail([file(b"m", None, prop(0x3701, IMESSAGE + inner, 0x000D))])
    return inner


def test_what_is_broken_or_hostile_ends_the_reading_and_loses_nothing() -> None:
    whole = winmail([file(b"a.pdf", PDF), file(b"b.pdf", PDF)])
    assert [name for name, _ in names(carrying(whole[:-5]))] == ["a.pdf", "b.pdf"]
    for broken in (b"", b"no winmail at all", whole[:6], b"\x78\x9f\x3e\x22\x01\x00" + b"\xff" * 40):
        assert names(carrying(broken)) == [("winmail.dat", broken)]
    huge = props()[:0] + struct.pack("<I", 0xFFFFFFFF) + struct.pack("<HHI", 0x0102, 0x3707, 0xFFFFFFFF)
    assert carrying(winmail([attribute(2, 0x00069002, b""), attribute(2, 0x00069005, huge)])).parts
    many = carrying(winmail([file(b"a.pdf", PDF)] * 400))
    assert (len(many.parts), many.flaw) == (50, Flaw.TOO_MANY)
    assert len(tnef.read(nested_winmail(50)).files) <= 4
    tnef.read(b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 0x00069003, b"") * 100_000)
    rtf.words(b"{" * 500_000)
    rtf.words(b"\\'8e" * 200_000)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_bytes_make_a_winmail_dat_raise(tail: bytes, cut: int) -> None:
    whole = winmail([file(b"a.pdf", PDF, text_prop(0x3707, "あ"))], prop(0x1009, packed(b"{\\rtf1 x}")))
    tnef.read(whole[:cut] + tail)
    tnef.read(b"\x78\x9f\x3e\x22\x01\x00" + tail)
    rtf.words(rtf.unpacked(b"\x00" * 8 + b"LZFu" + tail) + tail)


# Signed and encrypted


@pytest.fixture(scope="module")
def identity() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key, now = rsa.generate_private_key(65537, 2048), datetime(2026, 11, 1, tzinfo=UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=30)).sign(
        key, hashes.SHA256()
    )
    return made, key


def inner_mail() -> bytes:
    inner = EmailMessage()
    inner.set_content("署名付きの本文です。")
    inner.add_attachment(PDF, maintype="application", subtype="pdf", filename="確認依頼書.pdf")
    return inner.as_bytes()


def smime(content: bytes, kind: str = "signed-data", name: str = "smime.p7m", media: str = "pkcs7-mime") -> Incoming:
    message = EmailMessage()
    message["From"], message["Message-ID"] = "a@vendor.example", "<1@vendor.example>"
    message.set_content(
        content,
        maintype="application",
        subtype=media,
        disposition="attachment",
        filename=name,
        params={"smime-type": kind},
    )
    return read(message.as_bytes())


@pytest.mark.parametrize("media", ["pkcs7-mime", "x-pkcs7-mime"])
def test_an_opaque_signed_mail_is_opened(identity: tuple[x509.Certificate, rsa.RSAPrivateKey], media: str) -> None:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(inner_mail()).add_signer(*identity, hashes.SHA256())
    found = smime(builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary]), media=media)
    assert found.text == "署名付きの本文です。"
    assert names(found) == [("確認依頼書.pdf", PDF)]
    assert found.flaw is Flaw.NONE


def test_a_mail_with_its_signature_beside_it_is_read(identity: tuple[x509.Certificate, rsa.RSAPrivateKey]) -> None:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(inner_mail()).add_signer(*identity, hashes.SHA256())
    signed = builder.sign(
        serialization.Encoding.SMIME, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    )
    found = read(b"From: a@vendor.example\nMessage-ID: <1@x>\n" + signed)
    assert found.text == "署名付きの本文です。"
    assert names(found) == [("確認依頼書.pdf", PDF)]


def test_an_encrypted_mail_is_said_to_be_so_and_kept(identity: tuple[x509.Certificate, rsa.RSAPrivateKey]) -> None:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(inner_mail()).add_recipient(identity[0])
    content = builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    found = smime(content, "enveloped-data")
    assert (found.flaw, names(found)) == (Flaw.ENCRYPTED, [("smime.p7m", content)])


def test_what_claims_to_be_signed_and_is_not_is_kept_as_a_file() -> None:
    for content in (b"", b"nonsense", b"0\x80" * 5_000, b"\x30\x84\xff\xff\xff\xff"):
        assert [name for name, _ in names(smime(content))] == ["smime.p7m"]


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_opening_raise(content: bytes) -> None:
    for each in (content, b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + content):
        sealed.opened(each)
        sealed.encrypted(each)
        for name in ("a.zip", "a.xlsx", "a.pdf"):
            sealed.under_password(name, b"PK\x03\x04" + each)
            sealed.under_password(name, each)


@pytest.mark.parametrize("kind", ["doc", "xls", "ppt"])
def test_office_files_of_before_2007_say_whether_they_are_under_a_password(kind: str) -> None:
    assert sealed.under_password(f"古い書類.{kind}", locked.old_office(kind))
    assert not sealed.under_password(f"古い書類.{kind}", locked.old_office(kind, plain=True))


def test_a_workbook_that_is_only_recommended_to_be_read_is_under_no_password() -> None:
    assert not sealed.under_password("閲覧用.xlsx", locked.read_only("VelvetSweatshop"))
    assert sealed.under_password("鍵.xlsx", locked.read_only("ccus2026"))


@pytest.mark.parametrize("kind", ["doc", "xls", "ppt"])
def test_no_damaged_office_file_makes_looking_at_it_raise(kind: str) -> None:
    chance = random.Random(kind)
    for _ in range(60):
        content = bytearray(locked.old_office(kind))
        for _ in range(chance.randrange(1, 40)):
            content[chance.randrange(8, min(len(content), 4096))] = chance.randrange(256)
        sealed.under_password(f"a.{kind}", bytes(content[: chance.randrange(8, len(content))]))


# Mails within the mail


def test_a_forwarded_mail_is_a_file_and_so_are_its_files() -> None:
    inside = EmailMessage()
    inside["Subject"] = "前のメール／資料"
    inside.set_content("中の本文")
    inside.add_attachment(PDF, maintype="application", subtype="pdf", filename="in.pdf")
    message = EmailMessage()
    message["From"] = "a@vendor.example"
    message.set_content("転送します。")
    message.add_attachment(inside)
    found = read(message.as_bytes())
    assert found.text == "転送します。"
    assert [(each.filename, each.inside) for each in found.parts] == [
        ("前のメール／資料.eml", ""),
        ("in.pdf", "前のメール／資料.eml"),
    ]


def test_a_winmail_dat_within_a_forwarded_signed_mail_is_found(
    identity: tuple[x509.Certificate, rsa.RSAPrivateKey],
) -> None:
    inner = EmailMessage()
    inner.set_content("x")
    inner.add_attachment(
        winmail([file(b"a.pdf", PDF)]), maintype="application", subtype="ms-tnef", filename="winmail.dat"
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(inner.as_bytes()).add_signer(*identity, hashes.SHA256())
    found = smime(builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary]))
    assert [(each.filename, each.inside) for each in found.parts] == [("a.pdf", "winmail.dat")]


# Under a password


def test_a_file_under_a_password_is_said_to_be_so() -> None:
    office = locked.office()
    assert carrying(locked.zipped(), "資料.zip", "zip").parts[0].locked
    for algorithm in ("RC4-128", "AES-128", "AES-256"):
        assert carrying(locked.pdf(algorithm=algorithm), "資料.pdf", "pdf").parts[0].locked
        assert not carrying(locked.pdf("", algorithm), "印刷不可.pdf", "pdf").parts[0].locked
    assert not carrying(PDF + b"/Encrypt 5 0 R", "壊れた.pdf", "pdf").parts[0].locked
    assert carrying(office, "表.xlsx", "octet-stream").parts[0].locked
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("a.txt", "x")
    assert not carrying(plain.getvalue(), "資料.zip", "zip").parts[0].locked
    assert not carrying(office, "古い.xls", "octet-stream").parts[0].locked
    assert not carrying(PDF, "a.pdf", "pdf").parts[0].locked
