"""PC/SC by pyscard: readers, connections and insert/remove events. Nothing else imports `smartcard`, and
this does so when first used, for pyscard is an extra that needs a compiler: a machine without it gets
NoDaemon in plain words.

The low-level API (`smartcard.scard`) is used on purpose: one blocking SCardGetStatusChange wakes within
the daemon's own polling time, where pyscard's CardMonitor adds a second.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from types import TracebackType
from typing import Any, Final, NoReturn, Self

from hardware.errors import CardError, CardMute, CardRemoved, NoCard, NoDaemon, NoReader, ReaderBusy
from hardware.transport import Connect

_PNP: Final = r"\\?PnP?\Notification"  # pcsc-lite's name for "the list of readers"
_BUSY_RETRIES: Final = 10
_BUSY_PAUSE: Final = 0.05


class EventKind(StrEnum):
    INSERTED = "inserted"
    REMOVED = "removed"
    READER_ADDED = "reader_added"
    READER_REMOVED = "reader_removed"


@dataclass(frozen=True, slots=True)
class CardEvent:
    """Something happened at a reader. `atr`: upper-case hex when a card was inserted and answered, else ""."""

    kind: EventKind
    reader: str
    atr: str = ""


@cache
def _scard() -> Any:
    """pyscard's module, or NoDaemon where it cannot be loaded."""
    try:
        from smartcard import scard
    except ImportError as error:
        raise NoDaemon("Card readers need pyscard, which is not installed here") from error
    return scard


def _fail(code: int, doing: str, reader: str = "", *, connecting: bool = False) -> NoReturn:
    """Turn a PC/SC error into ours."""
    scard = _scard()
    if code in (
        scard.SCARD_E_NO_SERVICE,
        scard.SCARD_E_SERVICE_STOPPED,
        scard.SCARD_F_COMM_ERROR,
        scard.SCARD_E_INVALID_HANDLE,
    ):
        raise NoDaemon("The PC/SC service (pcscd) does not run")
    if code in (
        scard.SCARD_E_UNKNOWN_READER,
        scard.SCARD_E_READER_UNAVAILABLE,
        scard.SCARD_E_NO_READERS_AVAILABLE,
    ):
        raise NoReader("There is no reader %(reader)s", reader=reader)
    if code == scard.SCARD_W_SECURITY_VIOLATION:
        raise NoDaemon("The PC/SC service (pcscd) does not run, or does not let this user in (see its polkit rules)")
    if code == scard.SCARD_E_SHARING_VIOLATION:
        raise ReaderBusy("Another program works with the card in %(reader)s", reader=reader)
    if connecting and code in (scard.SCARD_E_NO_SMARTCARD, scard.SCARD_W_REMOVED_CARD):
        raise NoCard("There is no card in the reader %(reader)s", reader=reader)
    if connecting and code in (
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_E_PROTO_MISMATCH,
    ):
        raise CardMute("The card in %(reader)s does not answer: turn it over or clean it", reader=reader)
    if code in (
        scard.SCARD_W_REMOVED_CARD,
        scard.SCARD_E_NO_SMARTCARD,
        scard.SCARD_W_RESET_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_E_NOT_TRANSACTED,
    ):
        raise CardRemoved("The card was taken from the reader %(reader)s", reader=reader)
    raise CardError(
        "%(doing)s failed: %(reason)s",
        doing=doing,
        reason=scard.SCardGetErrorMessage(code).strip(),
        pcsc=f"{code & 0xFFFFFFFF:08X}",
    )


class _Context:
    """A PC/SC resource manager context."""

    def __init__(self) -> None:
        scard = _scard()
        code, self.handle = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        if code != scard.SCARD_S_SUCCESS:
            _fail(code, "Reaching the PC/SC service")

    def readers(self) -> list[str]:
        scard = _scard()
        code, names = scard.SCardListReaders(self.handle, [])
        if code == scard.SCARD_E_NO_READERS_AVAILABLE:
            return []
        if code != scard.SCARD_S_SUCCESS:
            _fail(code, "Listing the readers")
        return sorted(names)

    def release(self) -> None:
        _scard().SCardReleaseContext(self.handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def readers() -> list[str]:
    """Names of the readers that are there now; empty when there are none. Raises NoDaemon."""
    with _Context() as context:
        return context.readers()


def only_reader(name: str = "") -> str:
    """The reader with that name (or whose name contains it); without a name the only one, or the first.
    Raises NoReader, NoDaemon.
    """
    names = readers()
    if not names:
        raise NoReader("No card reader is connected")
    if name in names:
        return name
    found = next((one for one in names if name.lower() in one.lower()), None)
    if found is None:
        raise NoReader("There is no reader %(reader)s; there are: %(names)s", reader=name, names=", ".join(names))
    return found


class PcscTransport:
    """One card in one reader, held alone until `close`, which resets it so that no session outlives us."""

    def __init__(self, reader: str) -> None:
        scard = _scard()
        self._reader = reader
        self._context = _Context()
        self._card: int | None = None
        try:
            self._card, protocol = self._connect()
            self._pci = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
            code, _, _, _, atr = scard.SCardStatus(self._card)
            if code != scard.SCARD_S_SUCCESS:
                _fail(code, "Reading the card's ATR", reader, connecting=True)
            self._atr = bytes(atr)
        except BaseException:
            self.close()
            raise

    @property
    def reader(self) -> str:
        return self._reader

    @property
    def atr(self) -> bytes:
        return self._atr

    def transmit(self, apdu: bytes) -> bytes:
        scard = _scard()
        if self._card is None:
            raise CardRemoved("The card was taken from the reader %(reader)s", reader=self._reader)
        code, answer = scard.SCardTransmit(self._card, self._pci, list(apdu))
        if code != scard.SCARD_S_SUCCESS:
            _fail(code, "Talking to the card", self._reader)
        if len(answer) < 2:  # some drivers say so when the card goes away in the middle
            raise CardRemoved("The card in %(reader)s stopped answering", reader=self._reader)
        return bytes(answer)

    def close(self) -> None:
        scard = _scard()
        if self._card is not None:
            scard.SCardDisconnect(self._card, scard.SCARD_RESET_CARD)
            self._card = None
        if self._context.handle is not None:
            self._context.release()
            self._context.handle = None

    def _connect(self) -> tuple[int, int]:
        """Connect alone. A moment's patience: whoever looks at a new card lets it go again at once."""
        scard = _scard()
        for attempt in range(_BUSY_RETRIES):
            code, card, protocol = scard.SCardConnect(
                self._context.handle,
                self._reader,
                scard.SCARD_SHARE_EXCLUSIVE,
                scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
            )
            if code == scard.SCARD_S_SUCCESS:
                return card, protocol
            if code != scard.SCARD_E_SHARING_VIOLATION or attempt == _BUSY_RETRIES - 1:
                break
            time.sleep(_BUSY_PAUSE)
        _fail(code, "Opening the card", self._reader, connecting=True)


def connect(reader: str) -> PcscTransport:
    """Open the card that lies in this reader now. Raises NoDaemon, NoReader, NoCard, ReaderBusy, CardMute."""
    return PcscTransport(only_reader(reader))


def connector(reader: str) -> Connect:
    """A `Connect` for `Desk`: the card in this reader, whichever it is by then."""
    return partial(connect, reader)


class Monitor:
    """Insert and remove events of all readers. `poll` first tells what is there already, then waits for
    changes.

    One thread polls; `cancel` may be called from any other. Raises NoDaemon when pcscd goes away: make a
    new one when it is back.
    """

    def __init__(self) -> None:
        self._context = _Context()
        self._states: dict[str, int] = {}
        self._present: dict[str, bool] = {}

    def poll(self, timeout: float | None = None) -> list[CardEvent]:
        """Wait up to `timeout` seconds (None: until something happens) and tell what did; empty when nothing did."""
        events = self._refresh_readers()
        if events:
            return events + (self._take(0) or [])
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = _scard().INFINITE if end is None else max(0, int((end - time.monotonic()) * 1000))
            happened = self._take(left)
            if happened is None:
                return []
            if happened:
                return happened

    def events(self) -> Iterator[CardEvent]:
        """Events without end, until `cancel` or an error."""
        while True:
            yield from self.poll()

    def cancel(self) -> None:
        """End a waiting `poll`; it then returns an empty list."""
        _scard().SCardCancel(self._context.handle)

    def close(self) -> None:
        self._context.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _refresh_readers(self) -> list[CardEvent]:
        now = set(self._context.readers())
        known = set(self._states) - {_PNP}
        events = []
        for reader in sorted(known - now):
            if self._present.pop(reader, False):
                events.append(CardEvent(EventKind.REMOVED, reader))
            del self._states[reader]
            events.append(CardEvent(EventKind.READER_REMOVED, reader))
        for reader in sorted(now - known):
            self._states[reader] = _scard().SCARD_STATE_UNAWARE
            events.append(CardEvent(EventKind.READER_ADDED, reader))
        # The upper half of this one's state is the number of readers: it wakes us when that changes.
        self._states[_PNP] = len(now) << 16
        return events

    def _take(self, timeout_ms: int) -> list[CardEvent] | None:
        """The next change; an empty list when it is no event (a card comes into use, say), None when time is up."""
        scard = _scard()
        code, states = scard.SCardGetStatusChange(self._context.handle, timeout_ms, list(self._states.items()))
        if code in (scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED):
            return None
        if code in (scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_READER_UNAVAILABLE):
            return self._refresh_readers()
        if code != scard.SCARD_S_SUCCESS:
            _fail(code, "Watching the readers")
        events = []
        for reader, state, atr in states:
            if reader == _PNP:
                continue
            changed = state >> 16 != self._states[reader] >> 16
            self._states[reader] = state & ~scard.SCARD_STATE_CHANGED
            present, was = bool(state & scard.SCARD_STATE_PRESENT), self._present.get(reader, False)
            self._present[reader] = present
            # The counter in the upper half tells a card that was swapped between two looks.
            if was and (not present or (changed and _swapped(state))):
                events.append(CardEvent(EventKind.REMOVED, reader))
            if present and (not was or (changed and _swapped(state))):
                events.append(CardEvent(EventKind.INSERTED, reader, bytes(atr).hex().upper()))
        return events + self._refresh_readers()


def _swapped(state: int) -> bool:
    """After remove and insert in between two looks the counter went up by two, so a present card has an
    odd count again.
    """
    return bool(state >> 16 & 1)
