"""What is kept sealed: under the first key of NINTEI_SEALING_KEYS; every one of them opens.

The secret key is always the last: what was stored before there were keys of this kind was sealed under it.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config.settings import Settings


def cipher(settings: Settings, purpose: str) -> MultiFernet:
    """What seals and opens for one purpose: what was sealed for another does not open (RFC 5869 section 3.2)."""
    return MultiFernet([_key(each, purpose) for each in dict.fromkeys((*settings.sealing_keys, settings.secret_key))])


def _key(text: str, purpose: str) -> Fernet:
    derived = HKDF(SHA256(), 32, None, f"nintei {purpose} v1".encode()).derive(text.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
