"""A rack of virtual cards in a folder: the embedded default where there is no reader. Cards live on
across processes; each reader (slot) of the rack holds one card at a time, like a real one.

The files are the chips' memory, so they hold keys: they are sealed (AES-256-GCM) under the rack's own key, which lies
beside them unless one is passed in. That keeps keys and worker ids out of searches and backups' indexes; it is not
protection from who owns the folder, and need not be, for the cards are not real.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock

from hardware import files
from hardware.crypto import Key
from hardware.errors import CardRemoved, NoCard, ReaderBusy
from hardware.facts import LifeCycle
from hardware.files import locked, private_folder, write_whole
from hardware.virtual.chip import ATR, Chip
from hardware.virtual.memory import Memory, load, save

READER: Final = "Nintei virtual reader"
_AS_BLANK: Final = (LifeCycle.BLANK, LifeCycle.PERSONALISING)


@dataclass(frozen=True, slots=True)
class RackEntry:
    """One card of the rack as its owner sees it."""

    uid: str
    serial: str
    life_cycle: LifeCycle


class VirtualCard:
    """A Transport to one virtual card. Powers it at the first APDU, holds it alone until `close`, and can
    be opened again after.
    """

    def __init__(
        self,
        path: Path,
        seal: Key,
        reader: str = READER,
        present: Callable[[], bool] = lambda: True,
        *,
        durable: bool = True,
    ) -> None:
        self._path = path
        self._seal = seal
        self._reader = reader
        self._present = present
        self._durable = durable
        self._chip: Chip | None = None
        self._lock: FileLock | None = None

    @property
    def reader(self) -> str:
        return self._reader

    @property
    def atr(self) -> bytes:
        return ATR

    @property
    def uid(self) -> str:
        return self._path.stem

    def transmit(self, apdu: bytes) -> bytes:
        if not self._present():
            self.close()
            raise CardRemoved("The card was taken from the reader %(reader)s", reader=self._reader)
        if self._chip is None:
            self._power()
        assert self._chip is not None  # noqa: S101 _power sets it or raises
        return self._chip.transmit(apdu)

    def reset(self) -> None:
        """Power-on or warm reset: sessions end, memory stays."""
        if self._chip is not None:
            self._chip.reset()

    def close(self) -> None:
        self._chip = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _power(self) -> None:
        if not self._path.exists():
            raise NoCard("There is no card in the reader %(reader)s", reader=self._reader)
        lock = files.alone(self._path.with_suffix(".lock"))
        if lock is None:
            raise ReaderBusy("Another program works with the card in %(reader)s", reader=self._reader)
        self._lock = lock
        self._chip = Chip(
            load(self._path, self._seal),
            lambda memory: save(self._path, memory, self._seal, durable=self._durable),
        )


class VirtualRack:
    """All virtual cards of a folder, and one reader (`reader` names it; several may share a folder).

    `insert_blank`, `insert`, `insert_uid` put a card on this reader and give its Transport; `connect` (a
    `Connect` for `Desk`) gives the card that lies there, also in another process; `eject` takes it off.
    """

    def __init__(self, folder: Path, reader: str = READER, seal: Key | None = None, *, durable: bool = True) -> None:
        self._folder = private_folder(folder)
        self.reader = reader
        self._durable = durable
        self._seal = seal or self._own_key()
        self._slot = folder / f"slot-{reader.encode().hex()}"

    def lying(self) -> str:
        """UID of the card on this reader; "" when it is empty."""
        return self._in_slot(self._slot)

    def connect(self) -> VirtualCard:
        uid = self.lying()
        if not uid:
            raise NoCard("There is no card in the reader %(reader)s", reader=self.reader)
        return self._card(uid)

    def insert_blank(self) -> VirtualCard:
        """A blank that lies in no other reader, made when there is none; one that was begun but has no
        serial yet counts as blank.

        The card in this reader is taken before any other, so that what was begun is finished and nothing
        is begun twice.
        """
        with locked(self._folder / "rack.lock"):
            own = self._in_slot(self._slot)
            elsewhere = {self._in_slot(slot) for slot in self._folder.glob("slot-*")} - {own}
            free = [
                entry.uid
                for entry in self.cards()
                if not entry.serial and entry.life_cycle in _AS_BLANK and entry.uid not in elsewhere
            ]
            return self._put(own if own in free else free[0] if free else self._make())

    def insert(self, serial: str) -> VirtualCard:
        uid = next((entry.uid for entry in self.cards() if entry.serial == serial), None)
        if uid is None:
            raise NoCard("The rack has no card %(serial)s", serial=serial)
        return self._put(uid)

    def insert_uid(self, uid: str) -> VirtualCard:
        if not self._path(uid).exists():
            raise NoCard("The rack has no card with UID %(uid)s", uid=uid)
        return self._put(uid)

    def eject(self) -> None:
        self._slot.unlink(missing_ok=True)

    def cards(self) -> Iterator[RackEntry]:
        """Every card of the rack, whatever reader it lies in, by UID."""
        for path in sorted(self._folder.glob("*.card")):
            memory = load(path, self._seal)
            yield RackEntry(memory.uid.hex().upper(), memory.serial.decode("ascii"), memory.life_cycle)

    def _put(self, uid: str) -> VirtualCard:
        write_whole(self._slot, uid.encode(), durable=self._durable)
        return self._card(uid)

    def _card(self, uid: str) -> VirtualCard:
        return VirtualCard(
            self._path(uid),
            self._seal,
            self.reader,
            lambda: self._in_slot(self._slot) == uid,
            durable=self._durable,
        )

    def _make(self) -> str:
        uid = b"\xf0" + secrets.token_bytes(6)  # 7 bytes as ISO/IEC 14443-3 has them; F0 is no maker's code
        save(self._path(uid.hex().upper()), Memory.blank(uid), self._seal, durable=self._durable)
        return uid.hex().upper()

    def _path(self, uid: str) -> Path:
        return self._folder / f"{uid}.card"

    @staticmethod
    def _in_slot(slot: Path) -> str:
        try:
            return slot.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def _own_key(self) -> Key:
        path = self._folder / "rack.key"
        with locked(self._folder / "rack.lock"):
            if not path.exists():
                write_whole(path, secrets.token_bytes(32))
            return Key(path.read_bytes())
