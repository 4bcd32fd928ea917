"""What the key store does with its own key: every secret in it lies under a key of its own, and the whole is proven.

Wrapping is AES-KW (RFC 3394) under a key that HKDF (RFC 5869) makes from the store's key and the entry's names (role,
version), so entries cannot be swapped. Longer texts are sealed with AES-256-GCM (NIST SP 800-38D).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hardware.crypto import Key, aes_cmac, unwrap_key, wrap_key
from hardware.errors import BadKeyStore
from hardware.keys.guard import KEY_LENGTH

_NONCE: Final = 12


def derive_kek(secret: bytes, purpose: str = "card key store") -> Key:
    """A key of 32 bytes out of a longer secret of the installation (HKDF-SHA-256)."""
    if len(secret) < 16:
        raise BadKeyStore("The secret for the key store is too short")
    return Key(_hkdf(secret, f"nintei {purpose}"))


class Vault:
    """The store's key at work."""

    def __init__(self, key: Key) -> None:
        self._key = key

    @classmethod
    def fresh(cls) -> Vault:
        return cls(Key.random(KEY_LENGTH))

    @property
    def key(self) -> Key:
        """For the guard alone."""
        return self._key

    def wrap(self, key: Key, *names: str) -> str:
        """Hex, 8 bytes longer than the key."""
        return wrap_key(self._of(*names), key.reveal()).hex()

    def unwrap(self, wrapped: str, *names: str) -> Key:
        """Raises ValueError when it is not authentic, or of another name."""
        return Key(unwrap_key(self._of(*names), bytes.fromhex(wrapped)))

    def mac(self, content: Mapping[str, Any]) -> bytes:
        """CMAC over all of a JSON text but its own `mac`."""
        body = json.dumps({name: value for name, value in content.items() if name != "mac"}, sort_keys=True)
        return aes_cmac(self._of("mac"), body.encode())

    def _of(self, *names: str) -> bytes:
        return _hkdf(self._key.reveal(), " ".join(("nintei key store", *names)))


def seal(key: Key, text: bytes, purpose: str) -> bytes:
    """12 bytes of nonce, then the text encrypted, with `purpose` bound to it."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key.reveal()).encrypt(nonce, text, purpose.encode())


def unseal(key: Key, sealed: bytes, purpose: str) -> bytes:
    """Undo it; ValueError when key or purpose do not fit or it was altered."""
    try:
        return AESGCM(key.reveal()).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
    except InvalidTag as error:
        raise ValueError("what was sealed is not authentic") from error


def _hkdf(secret: bytes, info: str) -> bytes:
    return HKDF(hashes.SHA256(), KEY_LENGTH, salt=None, info=info.encode()).derive(secret)
