"""Command and response APDUs (ISO/IEC 7816-4, 5.1), short form, and the exchange with its
two courtesies (61xx, 6Cxx).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from hardware.errors import AuthenticationFailed, BadResponse, KeyBlocked, StatusError
from hardware.transport import Transport

OK: Final = 0x9000
MAX_DATA: Final = 255

_WORDS: Final = {
    0x6300: "verification failed",
    0x6581: "memory failure",
    0x6700: "wrong length",
    0x6882: "secure messaging not supported",
    0x6982: "security status not satisfied",
    0x6983: "key or PIN blocked",
    0x6985: "conditions of use not satisfied",
    0x6987: "secure messaging data missing",
    0x6988: "secure messaging data incorrect",
    0x6A80: "incorrect data",
    0x6A81: "function not supported",
    0x6A82: "file or application not found",
    0x6A84: "not enough memory",
    0x6A86: "incorrect P1-P2",
    0x6A88: "referenced data not found",
    0x6B00: "offset outside the file",
    0x6D00: "instruction not supported",
    0x6E00: "class not supported",
    0x6F00: "unspecified failure",
}


def explain(sw: int) -> str:
    """What a status word means, in words (ISO/IEC 7816-4, table 6)."""
    if sw & 0xFFF0 == 0x63C0:
        return f"verification failed, {sw & 0xF} tries left"
    return _WORDS.get(sw, "unspecified")


@dataclass(frozen=True, slots=True)
class Command:
    """A command APDU. `le` None: no answer data expected; 0: whatever there is (up to 256)."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    le: int | None = None

    @property
    def header(self) -> bytes:
        return bytes((self.cla, self.ins, self.p1, self.p2))

    def encode(self) -> bytes:
        if len(self.data) > MAX_DATA:
            raise ValueError("a short APDU carries at most 255 bytes")
        body = bytes((len(self.data),)) + self.data if self.data else b""
        return self.header + body + (b"" if self.le is None else bytes((self.le & 0xFF,)))

    @classmethod
    def parse(cls, raw: bytes) -> Command:
        """Read the four short cases; ValueError for anything else."""
        if len(raw) < 4:
            raise ValueError("shorter than a header")
        (cla, ins, p1, p2), body = raw[:4], raw[4:]
        if not body:
            return cls(cla, ins, p1, p2)
        if len(body) == 1:
            return cls(cla, ins, p1, p2, le=body[0])
        length = body[0]
        if length == 0 or len(body) not in (length + 1, length + 2):
            raise ValueError("Lc does not fit the length")
        le = body[length + 1] if len(body) == length + 2 else None
        return cls(cla, ins, p1, p2, body[1 : length + 1], le)


@dataclass(frozen=True, slots=True)
class Response:
    data: bytes = field(repr=False)
    sw: int

    @property
    def ok(self) -> bool:
        return self.sw == OK

    def encode(self) -> bytes:
        return self.data + self.sw.to_bytes(2, "big")

    @classmethod
    def parse(cls, raw: bytes) -> Response:
        if len(raw) < 2:
            raise BadResponse("The card's answer has no status word (%(length)d bytes)", length=len(raw))
        return cls(raw[:-2], int.from_bytes(raw[-2:], "big"))


def exchange(transport: Transport, command: Command) -> Response:
    """Send one command; follow 61xx (more data waits) and 6Cxx (repeat with this Le), ISO/IEC 7816-4, 5.3.4."""
    response = Response.parse(transport.transmit(command.encode()))
    if response.sw >> 8 == 0x6C:
        again = Command(command.cla, command.ins, command.p1, command.p2, command.data, response.sw & 0xFF)
        response = Response.parse(transport.transmit(again.encode()))
    data = response.data
    for _ in range(256):
        if response.sw >> 8 != 0x61:
            return Response(data, response.sw)
        response = Response.parse(transport.transmit(bytes((command.cla & 0x03, 0xC0, 0, 0, response.sw & 0xFF))))
        data += response.data
    raise BadResponse("The card announces more data without end")


def require(response: Response, what: str) -> bytes:
    """The data of a successful response; else the error that its status word stands for. `what` names the
    act for people.
    """
    if response.ok:
        return response.data
    sw = response.sw
    if sw & 0xFFF0 == 0x63C0:
        raise AuthenticationFailed(
            "%(what)s: the key does not fit, %(retries)s tries left (%(sw)s)",
            sw=sw,
            retries=sw & 0xF,
            what=what,
        )
    if sw == 0x6983:
        raise KeyBlocked("%(what)s: the key is blocked (%(sw)s)", sw=sw, retries=0, what=what)
    raise StatusError("%(what)s: the card answered %(sw)s, %(reason)s", sw=sw, what=what, reason=explain(sw))
