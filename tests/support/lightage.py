"""A file under a passphrase as age writes it (https://age-encryption.org/v1), whose passphrase is quickly tried.

The library takes a second of a processor for each, so that nobody tries many, and cannot be told to take less. It reads
this one.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from os import urandom

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

WORK = 2  # two to this power: age itself begins at 18


def under_passphrase(content: bytes, passphrase: str) -> bytes:
    """As `app.connectors.age.under_passphrase`, of at most 64 KiB."""
    key, salt, nonce = urandom(16), urandom(16), urandom(16)
    wrapping = Scrypt(b"age-encryption.org/v1/scrypt" + salt, 32, 1 << WORK, 8, 1).derive(passphrase.encode())
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), key, None)
    header = b"age-encryption.org/v1\n-> scrypt %s %d\n%s\n---" % (_text(salt), WORK, _text(body))
    proof = hmac.digest(_derived(key, b"", b"header"), header, "sha256")
    only_and_last = bytes(11) + b"\x01"
    sealed = ChaCha20Poly1305(_derived(key, nonce, b"payload")).encrypt(only_and_last, content, None)
    return header + b" " + _text(proof) + b"\n" + nonce + sealed


def _derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, purpose).derive(key)


def _text(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")
