"""`CCUS-TEST v1`: our own test profile, byte by byte; docs/cards.md is its prose. It is **not** the CCUS
card, whose technology the operator has not published; it lets the whole path be built, tried and tested
until the operator's ICカード発行仕様書 brings the real profile.

Both the desk (`ccus_test.py`) and the virtual card (`hardware.virtual.chip`) read this page and share
nothing else but the algorithms.
"""

from __future__ import annotations

from typing import Final

from hardware.facts import LifeCycle, Role

PROFILE: Final = "CCUS-TEST v1"
VERSION: Final = b"\x01\x00"
AID: Final = bytes.fromhex("F0434355535445535401")  # category F, proprietary (ISO/IEC 7816-4, 8.2.1.2)
SYSTEM_ID: Final = b"NINTEI"
"""With a 4-, 7- or 10-byte UID and the AID this makes 20, 23 or 26 bytes of AN10922 input."""
KEY_CONTEXT: Final = AID + SYSTEM_ID

# Instructions. The secured ones go with CLA 84 (80 | secure messaging) or 04 (00 | secure messaging).
INS_SELECT: Final = 0xA4
INS_GET_CHALLENGE: Final = 0x84
INS_MUTUAL_AUTHENTICATE: Final = 0x82
INS_READ_BINARY: Final = 0xB0
INS_UPDATE_BINARY: Final = 0xD6
INS_PUT_DATA: Final = 0xDA
INS_PUT_KEY: Final = 0xD8
INS_SET_STATUS: Final = 0xF0
INS_WIPE: Final = 0xE4
INS_GET_UID: Final = 0xCA

SFI_INFO: Final = 1
SFI_WORKER: Final = 2
SFI_TEST_DATA: Final = 3
SIZES: Final = {SFI_WORKER: 9, SFI_TEST_DATA: 256}
TAG_WORKER: Final = 0xC1

# Objects of SFI 1.
TAG_SERIAL: Final = 0xC2
TAG_VERSION: Final = 0xC3
TAG_LIFE_CYCLE: Final = 0xC4
TAG_KEY_VERSIONS: Final = 0xC5  # issuer, reader: one byte each

MAX_SERIAL: Final = 16
RETRIES: Final = 10

KEY_REFERENCE: Final = {Role.ISSUER: 0x80, Role.READER: 0x81}
LIFE_CYCLES: Final = {
    LifeCycle.BLANK: 0x01,
    LifeCycle.PERSONALISING: 0x03,
    LifeCycle.PERSONALISED: 0x07,
    LifeCycle.WIPED: 0x0F,
    LifeCycle.TERMINATED: 0x7F,
}

# A blank's keys are diversified from these, which are public like the test keys of any card maker: they
# guard nothing. A real maker would hand over a batch's transport keys as components; the key store takes
# them instead of these.
PUBLIC_TRANSPORT_MASTERS: Final = {
    Role.ISSUER: bytes(range(0x40, 0x50)),
    Role.READER: bytes(range(0x50, 0x60)),
}


def pack_worker_id(worker_id: str) -> bytes:
    """14 digits → BER-TLV C1 with 7 bytes of BCD."""
    return bytes((TAG_WORKER, 7)) + bytes.fromhex(worker_id)


def unpack_worker_id(raw: bytes) -> str:
    """Back to 14 digits; "" for an empty file. ValueError when it is neither."""
    if not any(raw):
        return ""
    if len(raw) != 9 or raw[:2] != bytes((TAG_WORKER, 7)) or not raw[2:].hex().isdecimal():
        raise ValueError("not a worker id")
    return raw[2:].hex()
