"""Cards and readers that tests can pull, spoil and script. No pyscard, no files."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from hardware.errors import CardRemoved, NoCard
from hardware.facts import Receipt, Role
from hardware.journal import Intent
from hardware.transport import Transport
from hardware.virtual import ATR, Chip, Memory, VirtualCard

READER = "Fake reader 00 00"


class FakeCard:
    """A virtual chip in memory. `connect` is a `Connect` for a Desk; what the chip keeps is in `memory`,
    power-cycled by `close`.
    """

    def __init__(
        self, memory: Memory | None = None, masters: dict[Role, bytes] | None = None, reader: str = READER
    ) -> None:
        self.memory = memory or Memory.blank(b"\xf0" + secrets.token_bytes(6), masters)
        self.reader = reader
        self.atr = ATR
        self.sent: list[bytes] = []
        self.saves = 0
        self._chip: Chip | None = None

    def connect(self) -> FakeCard:
        return self

    def transmit(self, apdu: bytes) -> bytes:
        if self._chip is None:
            self._chip = Chip(self.memory, self._save)
        self.sent.append(apdu)
        return self._chip.transmit(apdu)

    def reset(self) -> None:
        self._chip = None

    def close(self) -> None:
        self._chip = None

    def _save(self, memory: Memory) -> None:
        self.memory = memory
        self.saves += 1


class PulledCard:
    """Any card, pulled at its n-th APDU (0 is the first): before the card got it, or after the card did
    it and before its answer came.
    """

    def __init__(self, inner: FakeCard | VirtualCard, at: int, *, done: bool = False) -> None:
        self._inner = inner
        self._left = at
        self._done = done
        self.pulled = False

    @property
    def reader(self) -> str:
        return self._inner.reader

    @property
    def atr(self) -> bytes:
        return self._inner.atr

    def connect(self) -> PulledCard:
        if self.pulled:
            raise NoCard("There is no card in the reader %(reader)s", reader=self.reader)
        return self

    def transmit(self, apdu: bytes) -> bytes:
        if not self.pulled and self._left > 0:
            self._left -= 1
            return self._inner.transmit(apdu)
        if not self.pulled and self._done:
            self._inner.transmit(apdu)
        self.pulled = True
        self._inner.close()  # power is gone
        raise CardRemoved("The card was taken from the reader %(reader)s", reader=self.reader)

    def reset(self) -> None:
        self._inner.reset()

    def close(self) -> None:
        self._inner.close()


class SpoiledLine:
    """Somebody between reader and card: `command` and `answer` get the index and the bytes, and give what
    goes on instead.
    """

    def __init__(
        self,
        inner: Transport,
        command: Callable[[int, bytes], bytes] = lambda _, apdu: apdu,
        answer: Callable[[int, bytes], bytes] = lambda _, apdu: apdu,
    ) -> None:
        self._inner = inner
        self._command = command
        self._answer = answer
        self.index = -1

    @property
    def reader(self) -> str:
        return self._inner.reader

    @property
    def atr(self) -> bytes:
        return self._inner.atr

    def connect(self) -> SpoiledLine:
        return self

    def transmit(self, apdu: bytes) -> bytes:
        self.index += 1
        return self._answer(self.index, self._inner.transmit(self._command(self.index, apdu)))

    def close(self) -> None:
        self._inner.close()


class ScriptedReader:
    """Answers from a list of (command, answer) in hex, in their order; anything else fails the test."""

    def __init__(self, reader: str, script: list[tuple[str, str]], atr: bytes = bytes.fromhex("3B80800101")) -> None:
        self.reader = reader
        self.atr = atr
        self._script = [(bytes.fromhex(command), bytes.fromhex(answer)) for command, answer in script]

    def transmit(self, apdu: bytes) -> bytes:
        assert self._script, f"one command too many: {apdu.hex()}"
        command, answer = self._script.pop(0)
        assert apdu == command, f"expected {command.hex()}, got {apdu.hex()}"
        return answer

    def close(self) -> None:
        return

    @property
    def finished(self) -> bool:
        return not self._script


class BrokenJournal:
    """A ledger whose power fails: at `intend` or at `confirm`."""

    def __init__(self, at: str) -> None:
        self._at = at

    def intend(self, intent: Intent) -> None:
        if self._at == "intend":
            raise OSError("the ledger is away")

    def confirm(self, intent: Intent, receipt: Receipt) -> None:
        if self._at == "confirm":
            raise OSError("the ledger is away")
