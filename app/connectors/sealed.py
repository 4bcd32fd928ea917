"""Containers that hide what they hold: signed mails are opened (RFC 8551), encrypted ones and files under a password
are told, so that nobody waits for what cannot be read.

Whose signature it is, is not asked here: it is opened for what it holds, and nothing is believed because of it.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

from asn1crypto import cms, core
from pypdf import PasswordType, PdfReader
from pypdf.errors import PyPdfError

SIGNED_KINDS = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_ENTRIES = 2_000


def opened(content: bytes) -> bytes | None:
    """The mail that is within a signed one (CMS SignedData, RFC 5652 section 5); none when it is no such thing."""
    try:
        info = cms.ContentInfo.load(content)
        if info["content_type"].native != "signed_data":
            return None
        inner = info["content"]["encap_content_info"]["content"]
        return bytes(inner.native) if isinstance(inner, core.OctetString) else None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OverflowError):
        return None


def encrypted(content: bytes) -> bool:
    """Whether it is a mail that only the holder of a key reads (CMS EnvelopedData and its kin)."""
    try:
        kind = str(cms.ContentInfo.load(content)["content_type"].native)
        return kind in {"enveloped_data", "encrypted_data", "authenticated_data", "authenticated_enveloped_data"}
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return False


def under_password(filename: str, content: bytes) -> bool:
    """Whether nobody reads the file without its password: a ZIP, an Office file of today, or a PDF. A PDF that only
    keeps its reader from printing or copying is read by anybody."""
    ending = PurePosixPath(filename.lower()).suffix
    if content.startswith(b"PK\x03\x04"):
        return _zip(content)
    if b"%PDF-" in content[:1024]:
        return b"/Encrypt" in content and _pdf(content)
    if content[:8] == _OLE and ending in {".xlsx", ".docx", ".pptx", ".xlsm", ".docm"}:
        return "EncryptedPackage".encode("utf-16-le") in content[: 16 << 20]
    return False


def _pdf(content: bytes) -> bool:
    """Whether the empty password does not open it (ISO 32000-1 section 7.6.3: the standard security handler)."""
    try:
        reader = PdfReader(io.BytesIO(content))
        return reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OverflowError):
        return False  # what nobody can make out is judged by whoever opens it
    except NotImplementedError:  # locked for the holder of a key
        return True


def _zip(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(each.flag_bits & 0x1 for each in archive.infolist()[:_MOST_ENTRIES])
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, UnicodeError):
        return False
