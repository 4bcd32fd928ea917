"""Any ISO/IEC 7816 card, read only: enough to say what lies on the reader and why we do not write to it."""

from __future__ import annotations

from typing import Final

from hardware.apdu import Command, Response, exchange
from hardware.dialects import technology
from hardware.profiles import Look
from hardware.transport import Transport

_MAX_SHOWN: Final = 64


class Iso7816:
    """CardProfile `ISO 7816 (read only)`. Sends SELECT and READ BINARY only; never VERIFY, never a write."""

    id = "ISO 7816 (read only)"
    reason = "This card does not carry a profile that Nintei may write"

    def look(self, transport: Transport) -> Look | None:
        kind = technology(transport.atr)
        details = {"historical_bytes": historical_bytes(transport.atr).hex().upper()}
        if kind.reason:
            details["reason"] = kind.reason
        if not kind.writable:  # a storage card knows no SELECT
            return Look(details=details)
        master_file = self._select(transport, 0x3F00)
        details["master_file"] = "present" if master_file.ok else f"{master_file.sw:04X}"
        for name, identifier in (("ef_dir", 0x2F00), ("ef_atr", 0x2F01)):  # ISO/IEC 7816-4, 8.2.1.1
            if not self._select(transport, identifier).ok:
                continue
            content = exchange(transport, Command(0x00, 0xB0, 0x00, 0x00, le=0))
            if content.ok and any(content.data):
                details[name] = content.data[:_MAX_SHOWN].hex().upper()
        return Look(details=details)

    def _select(self, transport: Transport, identifier: int) -> Response:
        """SELECT by file identifier, no FCI wanted; with FCI for cards that do not know P2 = 0C."""
        quiet = exchange(transport, Command(0x00, 0xA4, 0x00, 0x0C, identifier.to_bytes(2, "big")))
        if quiet.ok:
            return quiet
        return exchange(transport, Command(0x00, 0xA4, 0x00, 0x00, identifier.to_bytes(2, "big"), 0))


def historical_bytes(atr: bytes) -> bytes:
    """The historical bytes of an ATR (ISO/IEC 7816-3, 8.2.4); empty when the ATR is cut short."""
    if len(atr) < 2:
        return b""
    count, follows, at = atr[1] & 0x0F, atr[1] >> 4, 2
    while follows:
        at += bin(follows & 0b0111).count("1")
        if not follows & 0b1000:
            break
        if at >= len(atr):
            return b""
        follows = atr[at] >> 4
        at += 1
    return atr[at : at + count]
