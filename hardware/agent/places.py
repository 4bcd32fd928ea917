"""Where cards are laid: a real reader, or the rack of virtual cards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from hardware import pcsc
from hardware.errors import CardError, NoCard
from hardware.facts import Act
from hardware.transport import Transport
from hardware.virtual import VirtualRack

_SLOT_SECONDS: Final = 0.05  # how often the virtual reader is looked at


class Place(Protocol):
    """Where cards are laid: a reader."""

    @property
    def name(self) -> str: ...

    def connect(self) -> Transport: ...

    def feed(self, wanted: Sequence[Mapping[str, str]]) -> bool:
        """Lay a wanted card on, if nobody else does; whether something else may lie there now."""
        ...

    def wait(self, seconds: float) -> bool:
        """Until a card is laid on or taken off, or the time is over; whether one must look again."""
        ...


class VirtualPlace:
    """The rack of virtual cards; its robot lays on what the server waits for."""

    def __init__(self, rack: VirtualRack, sleep: Callable[[float], Any]) -> None:
        self._rack = rack
        self._sleep = sleep
        self._seen = ""

    @property
    def name(self) -> str:
        return self._rack.reader

    def connect(self) -> Transport:
        self._seen = self._rack.lying()
        return self._rack.connect()

    def feed(self, wanted: Sequence[Mapping[str, str]]) -> bool:
        known = {entry.uid: entry.serial for entry in self._rack.cards()}
        for each in wanted:
            uid, serial = each["uid"], each["serial"]
            if uid in known:
                self._rack.insert_uid(uid)
            elif not uid and serial in known.values():
                self._rack.insert(serial)
            elif not uid and each["run"] == Act.PERSONALISE:
                self._rack.insert_blank()
            else:
                continue  # that card is elsewhere
            return True
        try:
            self._rack.connect()
        except NoCard:
            return False
        self._rack.eject()
        return True

    def wait(self, seconds: float) -> bool:
        for _ in range(max(1, round(seconds / _SLOT_SECONDS))):
            if self._rack.lying() != self._seen or self._sleep(_SLOT_SECONDS):
                break
        return True


class PcscPlace:
    """A real reader. People lay the cards on it."""

    def __init__(self, reader: str, sleep: Callable[[float], Any]) -> None:
        self._wanted = reader
        self._reader = ""
        self._sleep = sleep
        self._monitor: pcsc.Monitor | None = None

    @property
    def name(self) -> str:
        return self._reader or self._wanted

    def connect(self) -> Transport:
        self._reader = pcsc.only_reader(self._wanted)
        return pcsc.connect(self._reader)

    def feed(self, wanted: Sequence[Mapping[str, str]]) -> bool:  # noqa: ARG002 a person does it
        return False

    def wait(self, seconds: float) -> bool:
        try:
            if self._monitor is None:
                self._monitor = pcsc.Monitor()
                self._monitor.poll(0)
                return True  # a card that came before we listened is no event
            return bool(self._monitor.poll(seconds))
        except CardError:
            self._forget()
            self._sleep(seconds)
            return True

    def _forget(self) -> None:
        if self._monitor is not None:
            self._monitor.close()
            self._monitor = None
