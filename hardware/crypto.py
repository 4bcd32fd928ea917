"""The few algorithms cards need, each from its standard and on top of `cryptography`. Keys and results
are bytes, 16 long unless said otherwise; nothing here keeps state.
"""

from __future__ import annotations

import secrets
from typing import Final, NoReturn

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFCMAC, CounterLocation, Mode
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

BLOCK: Final = 16
KCV_LENGTH: Final = 3


class Key:
    """A secret key that does not print itself: repr, str, formatting and pickling show or give nothing
    but its KCV.

    `reveal()` is the one way to the bytes, so that a reader can find every place where a key is used.
    """

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        if len(value) not in (16, 24, 32):
            raise ValueError("an AES key has 16, 24 or 32 bytes")
        self._value = bytes(value)

    def reveal(self) -> bytes:
        return self._value

    @property
    def kcv(self) -> bytes:
        return kcv(self._value)

    @classmethod
    def random(cls, length: int = BLOCK) -> Key:
        return cls(secrets.token_bytes(length))

    def __repr__(self) -> str:
        return f"Key(kcv={self.kcv.hex().upper()})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and same(self._value, other._value)

    def __hash__(self) -> int:
        return hash(self.kcv)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")


def same(a: bytes, b: bytes) -> bool:
    """Compare in constant time."""
    return bytes_eq(a, b)


def aes_block(key: bytes, block: bytes) -> bytes:
    """AES of one 16-byte block (FIPS 197)."""
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 one block is a permutation, not a mode
    return encryptor.update(block)


def aes_cbc_encrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    """AES-CBC of whole blocks (SP 800-38A, 6.2)."""
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def aes_cbc_decrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def pad(data: bytes) -> bytes:
    """ISO/IEC 9797-1 padding method 2: 80 00 … up to a whole block; at least one byte is added."""
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK)


def unpad(data: bytes) -> bytes:
    """Take that padding off; ValueError when it is not there."""
    stripped = data.rstrip(b"\x00")
    if not stripped.endswith(b"\x80") or len(data) - len(stripped) >= BLOCK:
        raise ValueError("no ISO 9797-1 method 2 padding")
    return stripped[:-1]


def aes_cmac(key: bytes, message: bytes) -> bytes:
    """AES-CMAC, 16 bytes (NIST SP 800-38B; RFC 4493 for AES-128)."""
    mac = CMAC(algorithms.AES(key))
    mac.update(message)
    return mac.finalize()


def kcv(key: bytes) -> bytes:
    """Key check value: the first 3 bytes of AES(K, 01×16) (GlobalPlatform Card Specification, B.6 for AES)."""
    return aes_block(key, b"\x01" * BLOCK)[:KCV_LENGTH]


def diversify_an10922(master: bytes, m: bytes) -> bytes:
    """A card's AES-128 key out of a master key (NXP AN10922, 2.2): CMAC(master, 01 ‖ M).

    `m` has 16 to 31 bytes. AN10922 always works on two blocks; from 16 bytes on that *is* plain CMAC,
    shorter inputs would differ.
    """
    if len(master) != BLOCK:
        raise ValueError("AN10922 AES-128 needs a 16-byte master key")
    if not 16 <= len(m) <= 31:
        raise ValueError("the diversification input has 16 to 31 bytes")
    return aes_cmac(master, b"\x01" + m)


def kdf_counter(key: bytes, before: bytes, after: bytes, length: int) -> bytes:
    """NIST SP 800-108r1, 4.1, KDF in counter mode with CMAC and an 8-bit counter between `before` and
    `after`. `length` bytes.
    """
    if before and after:
        kdf = KBKDFCMAC(
            algorithms.AES,
            Mode.CounterMode,
            length,
            1,
            None,
            CounterLocation.MiddleFixed,
            None,
            None,
            before + after,
            break_location=len(before),
        )
    else:
        location = CounterLocation.AfterFixed if before else CounterLocation.BeforeFixed
        kdf = KBKDFCMAC(algorithms.AES, Mode.CounterMode, length, 1, None, location, None, None, before + after)
    return kdf.derive(key)


def scp03_derive(key: bytes, constant: int, context: bytes, length: int = BLOCK) -> bytes:
    """Data derivation of GlobalPlatform Amendment D (GPC_SPE_014), 4.1.5.

    Fixed input: label (11 × 00 ‖ constant) ‖ 00 ‖ L in bits, 2 bytes ‖ counter, 1 byte ‖ context.
    """
    before = bytes(11) + bytes([constant]) + b"\x00" + (length * 8).to_bytes(2, "big")
    return kdf_counter(key, before, context, length)


def wrap_key(wrapping: bytes, key: bytes) -> bytes:
    """AES Key Wrap (RFC 3394; SP 800-38F KW): 8 bytes longer than the key."""
    return aes_key_wrap(wrapping, key)


def unwrap_key(wrapping: bytes, wrapped: bytes) -> bytes:
    """Undo it; ValueError when the wrapping key does not fit or the text was altered."""
    try:
        return aes_key_unwrap(wrapping, wrapped)
    except InvalidUnwrap as error:
        raise ValueError("the wrapped key is not authentic") from error


def xor(a: bytes, b: bytes) -> bytes:
    """Join two key components. Neither alone says anything about the result."""
    if len(a) != len(b):
        raise ValueError("components differ in length")
    return bytes(x ^ y for x, y in zip(a, b, strict=True))
