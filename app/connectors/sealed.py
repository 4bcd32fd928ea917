"""Containers that hide what they hold: signed mails are opened (RFC 8551), encrypted ones and files under a password
are told, so that nobody waits for what cannot be read.

Whose signature it is, is not asked here: it is opened for what it holds, and nothing is believed because of it.
"""

from __future__ import annotations

import io
import logging
import zipfile
from pathlib import PurePosixPath
from typing import Any

import asn1crypto.tsp  # noqa: F401 - it names attributes of cms, which learns no name after its first use
from asn1crypto import cms, core
from msoffcrypto import OfficeFile
from msoffcrypto.exceptions import DecryptionError, InvalidKeyError
from pypdf import PasswordType, PdfReader
from pypdf.errors import PyPdfError

SIGNED_KINDS = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_KNOWN_TO_ALL = "VelvetSweatshop"  # MS-XLS section 2.2.10
_MOST_ENTRIES = 2_000
_OLD = frozenset({".doc", ".xls", ".ppt"})
OFFICE = _OLD | {".xlsx", ".docx", ".pptx", ".xlsm", ".docm"}
LOCKABLE = OFFICE | {".pdf", ".zip"}


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
    """Whether nobody reads the file without its password: a ZIP, an Office file of today or of before 2007, or a PDF. A
    PDF that only keeps its reader from printing or copying is read by anybody, and so is a workbook that is merely
    "recommended to be read only"."""
    if content.startswith(b"PK\x03\x04"):
        return _zip(content)
    if b"%PDF-" in content[:1024]:
        return b"/Encrypt" in content and _pdf(content)
    ending = PurePosixPath(filename.lower()).suffix
    return content.startswith(_OLE) and ending in OFFICE and _office(content, ending)


def _office(content: bytes, ending: str) -> bool:
    """Whether an OLE container is an Office file that its programs ask a password for: MS-OFFCRYPTO (an encrypted
    package), MS-DOC section 2.5.2 (fEncrypted), MS-XLS section 2.4.117 (FilePass), MS-PPT section 2.3.3."""
    try:
        file: Any = OfficeFile(io.BytesIO(content))
        return bool(file.is_encrypted()) and not _opens_by_itself(file)
    except Exception as error:  # a file that is broken in any of a thousand ways is judged by whoever opens it
        logging.getLogger("nintei.files").debug("an Office file that cannot be made out: %r", error)
        return ending not in _OLD and _PACKAGE in content[: 16 << 20]


def _opens_by_itself(file: Any) -> bool:
    """Whether it is under the password that Office tries before it asks anybody."""
    try:
        file.load_key(password=_KNOWN_TO_ALL, **({"verify_password": True} if file.format == "ooxml" else {}))
    except (InvalidKeyError, DecryptionError):
        return False
    return True


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
