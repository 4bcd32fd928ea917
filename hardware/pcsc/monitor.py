"""What happens at the readers: cards put on and taken off, readers plugged in and out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

from hardware.pcsc.service import Context, fail, library

_PNP: Final = r"\\?PnP?\Notification"  # pcsc-lite's name for "the list of readers"


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


class Monitor:
    """Insert and remove events of all readers. `poll` first tells what is there already, then waits for changes.

    One thread polls; `cancel` may be called from any other. Raises NoDaemon when pcscd goes away: make a
    new one when it is back.
    """

    def __init__(self) -> None:
        self._context = Context()
        self._states: dict[str, int] = {}
        self._present: dict[str, bool] = {}

    def poll(self, timeout: float | None = None) -> list[CardEvent]:
        """Wait up to `timeout` seconds (None: until something happens) and tell what did; empty when nothing did."""
        events = self._refresh_readers()
        if events:
            return events + (self._take(0) or [])
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = library().INFINITE if end is None else max(0, int((end - time.monotonic()) * 1000))
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
        library().SCardCancel(self._context.handle)

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
            self._states[reader] = library().SCARD_STATE_UNAWARE
            events.append(CardEvent(EventKind.READER_ADDED, reader))
        # The upper half of this one's state is the number of readers: it wakes us when that changes.
        self._states[_PNP] = len(now) << 16
        return events

    def _take(self, timeout_ms: int) -> list[CardEvent] | None:
        """The next change; an empty list when it is no event (a card comes into use, say), None when time is up."""
        scard = library()
        code, states = scard.SCardGetStatusChange(self._context.handle, timeout_ms, list(self._states.items()))
        if code in (scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED):
            return None
        if code in (scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_READER_UNAVAILABLE):
            return self._refresh_readers()
        if code != scard.SCARD_S_SUCCESS:
            fail(code, "Watching the readers")
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
