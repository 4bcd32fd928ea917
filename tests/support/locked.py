"""Files under a password, as people lock them before they mail them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from msoffcrypto.format.ooxml import OOXMLFile
from pypdf import PdfWriter

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def pdf(password: str = "ccus2026", algorithm: str = "AES-256") -> bytes:
    """A page that opens with the password; with an empty one anybody reads it, and only printing is kept from them."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt(password, "the owner's", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def office() -> bytes:
    """As Office writes a workbook under a password (MS-OFFCRYPTO section 2.3.4: an OLE container)."""
    return OLE + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")


def old_office(kind: str, *, plain: bool = False) -> bytes:
    """A file of Office before 2007 (`doc`, `xls`, `ppt`), as Office itself has written it."""
    return (Path(__file__).parent / "office" / f"{'plain' if plain else 'locked'}.{kind}").read_bytes()


def read_only(password: str) -> bytes:
    """A workbook of today under this password: "VelvetSweatshop" where Excel only advises not to change it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        archive.writestr("[Content_Types].xml", types)
    out = io.BytesIO()
    OOXMLFile(made).encrypt(password, out)
    return out.getvalue()


def zipped() -> bytes:
    """As a ZIP under a password says it is one: a bit of the flags, in both places."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("資料.pdf", b"%PDF-1.7 x")
    content = bytearray(out.getvalue())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)
