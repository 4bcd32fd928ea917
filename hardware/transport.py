"""The port through which everything else reaches a card: two methods and two facts. PC/SC, the virtual
card and the tests' fakes all have this shape, so that no profile knows which it talks to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import TracebackType
from typing import Final, Protocol, Self

TRAFFIC: Final = 5
"""Log level below DEBUG at which APDUs are shown: headers and lengths, and data only where it is known to
be harmless.
"""
logging.addLevelName(TRAFFIC, "TRAFFIC")
log = logging.getLogger("hardware.traffic")


class Transport(Protocol):
    """A connection to one card in one reader."""

    @property
    def reader(self) -> str:
        """The reader's name as the system gives it."""
        ...

    @property
    def atr(self) -> bytes:
        """Answer to reset (ISO/IEC 7816-3, 8)."""
        ...

    def transmit(self, apdu: bytes) -> bytes:
        """Send a command APDU, give the response APDU with its status word (2 bytes). Raises CardRemoved."""
        ...

    def close(self) -> None:
        """Let the card go and end whatever session it had. Safe to call twice."""
        ...


Connect = Callable[[], Transport]
"""How a desk reaches the card that is in the reader now; raises NoCard when there is none."""

# (INS, direction) whose bodies hold neither keys nor personal data. Everything else is masked, also what we
# do not know.
_HARMLESS: Final = {(0xA4, "command"), (0xCA, "response"), (0xA4, "response")}
_CARD_INFO: Final = (0xB0, 0x81)  # READ BINARY of SFI 1: free to read for anybody


def describe(apdu: bytes, answer: bytes) -> str:
    """One exchange for the log: `00 A4 04 00 [10: F0…] → [32: 6F…] 9000`, bodies masked unless harmless.

    Secured messages (CLA bit 3 set) are ciphertext on the wire and masked all the same.
    """
    head, body, sw = apdu[:4], apdu[4:], answer[-2:]
    secured = len(head) == 4 and bool(head[0] & 0x04) and head[0] != 0xFF
    plain = len(head) == 4 and not secured
    show_command = plain and (head[1], "command") in _HARMLESS
    show_answer = plain and ((head[1], "response") in _HARMLESS or (head[1], head[2]) == _CARD_INFO)
    sent = _body(body, show_command or len(body) == 1) if body else "-"  # a single byte is Le
    return f"{head.hex(' ').upper()} {sent} > {_body(answer[:-2], show_answer)} {sw.hex().upper()}"


def _body(data: bytes, show: bool) -> str:
    return f"[{len(data)}: {data.hex().upper()}]" if show else f"[{len(data)} masked]"


class Logged:
    """A transport that writes each exchange at TRAFFIC level and counts them. Wraps any other."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.count = 0

    @property
    def reader(self) -> str:
        return self._inner.reader

    @property
    def atr(self) -> bytes:
        return self._inner.atr

    def transmit(self, apdu: bytes) -> bytes:
        self.count += 1
        answer = self._inner.transmit(apdu)
        if log.isEnabledFor(TRAFFIC):
            log.log(TRAFFIC, "%s: %s", self.reader, describe(apdu, answer))
        return answer

    def close(self) -> None:
        self._inner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
