"""Readers differ in what they answer themselves (PC/SC part 3 pseudo-APDUs, CLA FF). One dialect per
maker, chosen by the reader's name.

FeliCa Lite-S blocks are the reason: each maker has its own way to Read/Write Without Encryption (JIS X 6319-4, 9.6.3
and 9.6.4). Sources: PC/SC 2.01 part 3, 3.2.2.1.3; Sony, "PC/SC: SDK for NFC" pseudo-APDU list; ACS ACR1252U reference
manual, "Pseudo APDU for contactless interface"; Identiv CLOUD 370x F reference manual, 6.2.13–6.2.17. Only FF CA was
tried here, on the virtual card: the others wait for a reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from hardware.apdu import Command, exchange, require
from hardware.errors import BadResponse, Unsupported
from hardware.transport import Transport

FELICA_BLOCK: Final = 16
READ_ONLY_SERVICE: Final = 0x000B
READ_WRITE_SERVICE: Final = 0x0009


class ReaderDialect(Protocol):
    """What a maker's readers understand."""

    name: str

    def understands(self, reader: str) -> bool:
        """Is this the dialect of the reader with that PC/SC name?"""
        ...

    def uid(self, transport: Transport) -> bytes:
        """UID (ISO/IEC 14443-3), PUPI or IDm; empty when reader and card give none (contact cards)."""
        ...


@runtime_checkable
class FelicaDialect(ReaderDialect, Protocol):
    """One with a known way to open FeliCa blocks."""

    def read_block(self, transport: Transport, block: int) -> bytes:
        """16 bytes of an open block."""
        ...

    def write_block(self, transport: Transport, block: int, data: bytes) -> None:
        """Write 16 bytes to an open block."""
        ...


def contactless(atr: bytes) -> bool:
    """Does this ATR come from a contactless reader? They make one up: 3B 8N 80 01 … (PC/SC part 3, 3.1.3.2.3)."""
    return len(atr) >= 4 and atr[0] == 0x3B and atr[1] >> 4 == 0x8 and atr[2:4] == b"\x80\x01"


def get_uid(transport: Transport) -> bytes:
    """FF CA 00 00 00 (PC/SC part 3, 3.2.2.1.3). Empty when refused.

    A contact card has no UID and is not asked: its reader would hand CLA FF through, and there are cards
    that hang on it.
    """
    if not contactless(transport.atr):
        return b""
    response = exchange(transport, Command(0xFF, 0xCA, 0x00, 0x00, le=0))
    return response.data if response.ok and 4 <= len(response.data) <= 10 else b""


class Standard:
    """PC/SC part 3 and nothing more."""

    name = "standard"

    def understands(self, reader: str) -> bool:  # noqa: ARG002 the last resort takes any reader
        return True

    def uid(self, transport: Transport) -> bytes:
        return get_uid(transport)


class Sony(Standard):
    """PaSoRi RC-S300, RC-S380: FF A4 selects a service, FF B0 and FF D6 read and write a block of it."""

    name = "sony"

    def understands(self, reader: str) -> bool:
        return any(word in reader.upper() for word in ("SONY", "FELICA PORT", "PASORI", "RC-S"))

    def _select(self, transport: Transport, service: int) -> None:
        require(
            exchange(transport, Command(0xFF, 0xA4, 0x00, 0x01, service.to_bytes(2, "little"))),
            "select FeliCa service",
        )

    def read_block(self, transport: Transport, block: int) -> bytes:
        self._select(transport, READ_ONLY_SERVICE)
        data = require(exchange(transport, Command(0xFF, 0xB0, 0x00, block, le=0)), "read FeliCa block")
        return _whole(data)

    def write_block(self, transport: Transport, block: int, data: bytes) -> None:
        self._select(transport, READ_WRITE_SERVICE)
        require(exchange(transport, Command(0xFF, 0xD6, 0x00, block, _whole(data))), "write FeliCa block")


class Acs(Standard):
    """ACR1251, ACR1252: FF 00 00 00 carries a whole FeliCa command packet, length byte included."""

    name = "acs"

    def understands(self, reader: str) -> bool:
        return reader.upper().startswith(("ACS ", "ACR"))

    def _felica(self, transport: Transport, code: int, rest: bytes) -> bytes:
        idm = get_uid(transport)
        if len(idm) != 8:
            raise Unsupported("The card in %(reader)s is not a FeliCa card", reader=transport.reader)
        packet = bytes((code,)) + idm + rest
        packet = bytes((len(packet) + 1,)) + packet
        answer = require(exchange(transport, Command(0xFF, 0x00, 0x00, 0x00, packet, 0)), "FeliCa command")
        if len(answer) < 12 or answer[1] != code + 1 or answer[2:10] != idm:
            raise BadResponse("The reader's FeliCa answer is not what the standard says")
        _status(answer[10:12])
        return answer[12:]

    def read_block(self, transport: Transport, block: int) -> bytes:
        answer = self._felica(transport, 0x06, _one_block(READ_ONLY_SERVICE, block))
        return _whole(answer[1:])

    def write_block(self, transport: Transport, block: int, data: bytes) -> None:
        self._felica(transport, 0x08, _one_block(READ_WRITE_SERVICE, block) + _whole(data))


class Identiv(Standard):
    """uTrust / CLOUD 3700 F, 4700 F: FF 46 and FF 48 with service and block lists; the answer begins with
    IDm and two status flags.
    """

    name = "identiv"

    def understands(self, reader: str) -> bool:
        return any(word in reader.upper() for word in ("IDENTIV", "IDENTIVE", "SCM MICROSYSTEMS", "UTRUST"))

    def _felica(self, transport: Transport, ins: int, rest: bytes) -> bytes:
        answer = require(exchange(transport, Command(0xFF, ins, 0x01, 0x01, rest, 0)), "FeliCa command")
        if len(answer) < 10:
            raise BadResponse("The reader's FeliCa answer is not what the standard says")
        _status(answer[8:10])
        return answer[10:]

    def read_block(self, transport: Transport, block: int) -> bytes:
        lists = READ_ONLY_SERVICE.to_bytes(2, "little") + bytes((0x80, block))
        return _whole(self._felica(transport, 0x46, lists)[1:])

    def write_block(self, transport: Transport, block: int, data: bytes) -> None:
        lists = READ_WRITE_SERVICE.to_bytes(2, "little") + bytes((0x80, block))
        self._felica(transport, 0x48, lists + _whole(data))


def _one_block(service: int, block: int) -> bytes:
    return b"\x01" + service.to_bytes(2, "little") + b"\x01" + bytes((0x80, block))


def _whole(data: bytes) -> bytes:
    if len(data) != FELICA_BLOCK:
        raise BadResponse("A FeliCa block has 16 bytes, not %(length)d", length=len(data))
    return data


def _status(flags: bytes) -> None:
    if flags[0] != 0:
        raise BadResponse("The FeliCa card refused (status flags %(flags)s)", flags=flags.hex().upper())


DIALECTS: Final[tuple[ReaderDialect, ...]] = (Sony(), Acs(), Identiv(), Standard())


def dialect_for(reader: str) -> ReaderDialect:
    """The dialect of the reader with that PC/SC name; the standard one when the maker is not known."""
    return next(dialect for dialect in DIALECTS if dialect.understands(reader))


def felica_dialect_for(reader: str) -> FelicaDialect:
    """The same, for someone who needs FeliCa blocks; Unsupported when that reader has no known way."""
    dialect = dialect_for(reader)
    if not isinstance(dialect, FelicaDialect):
        raise Unsupported("The reader %(reader)s has no known way to FeliCa blocks", reader=reader)
    return dialect


@dataclass(frozen=True, slots=True)
class Technology:
    """What the ATR tells of a contactless storage card (PC/SC part 3, 3.1.3.2.3.2)."""

    name: str
    writable: bool
    reason: str = ""


_CARD_NAMES: Final = {
    0x0001: Technology("MIFARE Classic 1K", False, "MIFARE Classic is broken and is not supported"),
    0x0002: Technology("MIFARE Classic 4K", False, "MIFARE Classic is broken and is not supported"),
    0x0003: Technology("MIFARE Ultralight", False),
    0x003A: Technology("MIFARE Ultralight C", False),
    0x003B: Technology("FeliCa", False),
    0xF004: Technology("Topaz / Jewel", False),
    0xF011: Technology("FeliCa 212K", False),
    0xF012: Technology("FeliCa 424K", False),
}
_RID: Final = bytes.fromhex("A000000306")


def technology(atr: bytes) -> Technology:
    """Name the kind of card: `ISO/IEC 7816` for processor cards (also contactless, ISO/IEC 14443-4), else
    the storage card's name.
    """
    at = atr.find(_RID)
    if at < 0 or len(atr) < at + 8:
        return Technology("ISO/IEC 7816", True)
    return _CARD_NAMES.get(int.from_bytes(atr[at + 6 : at + 8], "big"), Technology("contactless storage card", False))
