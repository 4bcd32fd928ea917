"""What lies in a folder or a bucket and is a secret is sealed: whoever can read the place cannot read the keys."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Sealing:
    """Fernet (AES-128-CBC and HMAC-SHA-256) under keys derived from secrets: the first seals, all of them open. What is
    sealed for one purpose does not open for another (HKDF's `info`, RFC 5869 section 3.2)."""

    def __init__(self, secrets: Sequence[str], purpose: bytes = b"nintei shared folders v1") -> None:
        self._cipher = MultiFernet([_key(each, purpose) for each in dict.fromkeys(secrets) if each])

    def seal(self, content: bytes) -> bytes:
        """Under the first key."""
        return self._cipher.encrypt(content)

    def open(self, sealed: bytes) -> bytes | None:
        """None when no key opens it."""
        try:
            return self._cipher.decrypt(sealed)
        except InvalidToken:
            return None


def _key(secret: str, purpose: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(HKDF(SHA256(), 32, None, purpose).derive(secret.encode())))
