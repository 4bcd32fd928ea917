"""Cards made by the worker on the desk's reader: the virtual rack by default, PC/SC where there is a reader.

What happened to a card is asked of the card, never guessed: a job that is tried again looks first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import hardware
from app.errors import NotFound, Permanent, Temporary
from app.services.base.portal import Portal
from app.services.cards import keys as cardkeys
from app.services.cards import ledger
from app.services.cards.plan import plan_of
from app.states import CardState
from app.store import cards, database
from app.store.models import Card
from config.settings import Settings

if TYPE_CHECKING:
    from app.services.base.leases import Leased


class CardDesk:
    """The reader that this machine's worker uses, and the keys it may use."""

    def __init__(self, settings: Settings, reader: str) -> None:
        self._settings = settings
        self._reader = reader

    def keys(self) -> hardware.KeyStore:
        """The store of the master keys."""
        return cardkeys.store(self._settings)

    def do(self, portal: Portal, job: Leased) -> None:
        """Personalise the job's card and prove it, or (`run` wipe) check and wipe one that came back."""
        with database.connection():
            row = cards.by_serial(str(job.params["serial"]))
        if row is None:
            raise NotFound("The ledger has no card %(serial)s", serial=job.params["serial"])
        run = str(job.params.get("run") or "personalise")
        if run not in ledger.ACTS:
            raise Permanent("A card cannot be “%(run)s”", run=run)
        if row.state not in ledger.ACTS[run]:
            return  # done before a crash, or the card has gone another way meanwhile
        journal = ledger.Ledger(portal, row.serial, self._reader, ledger.Place(job.element, job.data))
        try:
            if run == "personalise":
                self._personalise(row, journal)
            else:
                self._wipe(portal, row, journal)
        except hardware.CardError as error:
            kind = ledger.fault(error.code)
            if kind is ledger.Fault.APART:
                ledger.set_apart(portal, row.serial, run, self._reader, error.code)
            failure = Temporary if kind is ledger.Fault.AGAIN else Permanent
            raise failure(error.message, **error.params) from error

    @contextmanager
    def _card(self, row: Card, journal: hardware.Journal) -> Iterator[hardware.Desk]:
        """The desk with the card on its reader; the virtual rack's robot puts it there and takes it away."""
        keys = self.keys()
        if self._reader != "virtual":
            from hardware import pcsc

            connect = pcsc.connector("" if self._reader == "pcsc" else self._reader)
            yield hardware.Desk(connect, keys, journal=journal)
            return
        with cardkeys.held(self._settings) as folder:  # its cards are those of every machine
            rack = hardware.VirtualRack(folder / "rack", reader=f"virtual {row.serial}")
            lay(rack, row.serial, row.uid)
            yield hardware.Desk(rack.connect, keys, journal=journal)
            rack.eject()

    def _personalise(self, row: Card, journal: hardware.Journal) -> None:
        with self._card(row, journal) as desk:
            version = cardkeys.version_for_new_cards(self._settings, self.keys())
            desk.personalise(plan_of(row.serial, version))

    def _wipe(self, portal: Portal, row: Card, journal: hardware.Journal) -> None:
        """Check and wipe; a card that fails is kept apart, untouched. One wiped before a crash passes as wiped."""
        with self._card(row, journal) as desk:
            report = desk.return_check(ledger.expected(row.serial), hardware.Act.WIPE)
        if not report.ok:
            ledger.set_apart(portal, row.serial, "wipe", self._reader, ledger.checks(report))


def lay(rack: hardware.VirtualRack, serial: str, uid: str) -> None:
    """What a person does at a real reader: the chip that was begun, else the card of this serial, else a blank."""
    known = list(rack.cards())
    if uid:
        rack.insert_uid(uid)
    elif any(entry.serial == serial for entry in known):
        rack.insert(serial)
    else:
        rack.insert_blank()


def stock() -> dict[CardState, int]:
    """How many cards are in each state."""
    with database.connection():
        return cards.counts()
