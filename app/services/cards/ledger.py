"""The lending ledger: the states of a card, who may move it, and the journal of every physical act.

An act is written as an intent before the first byte goes to the card, and as confirmed after it was read back. Each
is a transaction of its own, so a crash in between leaves an intent that nothing followed: look at the card, and do
the same act again. The intent also ties the serial to the chip (UID): from then on the same serial is never made on
another chip, whoever tries again, wherever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import hardware
from app.errors import NotFound, Refused
from app.services.base import jobqueue
from app.services.base.portal import Portal
from app.states import CARD_MOVERS, CardState, Mover, Phase
from app.store import cards, cases, database
from app.store.models import Card, CardEvent

# States in which an act may be done to a card.
MAKEABLE: Final = frozenset({CardState.MAKING})
WIPEABLE: Final = frozenset(state for state, to in CARD_MOVERS if to is CardState.WIPED)
ACTS: Final[Mapping[str, frozenset[CardState]]] = {"personalise": MAKEABLE, "wipe": WIPEABLE}


class Fault(StrEnum):
    """What an error of a card act says, and so what follows."""

    AGAIN = "again"  # not the card's: lay it on again
    OTHER = "other"  # another card lies there, or it stands elsewhere than the ledger thinks: nothing was written
    APART = "apart"  # this card is not what it must be: it is kept apart
    OURS = "ours"  # keys or the plan are missing: a person mends that


FAULTS: Final[Mapping[str, Fault]] = {
    "card_removed": Fault.AGAIN,
    "no_card": Fault.AGAIN,
    "no_reader": Fault.AGAIN,
    "no_daemon": Fault.AGAIN,
    "reader_busy": Fault.AGAIN,
    "card_mute": Fault.AGAIN,
    "card_error": Fault.AGAIN,  # PC/SC said something that has no name here
    "wrong_card": Fault.OTHER,
    "wrong_state": Fault.OTHER,
    "unsupported": Fault.OTHER,
    "status": Fault.APART,
    "authentication_failed": Fault.APART,
    "key_blocked": Fault.APART,
    "channel_broken": Fault.APART,
    "bad_response": Fault.APART,
    "read_back_differs": Fault.APART,
}


def fault(code: str) -> Fault:
    """What an error of this code says; a code that nobody knows is ours to look into."""
    return FAULTS.get(code, Fault.OURS)


@dataclass(frozen=True, slots=True)
class Place:
    """The step that wanted the card: its element and routing values, for the papers that follow the last card."""

    element: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def may_move(state: CardState, to: CardState, mover: Mover) -> bool:
    """Whether the table allows it."""
    return mover in CARD_MOVERS.get((state, to), frozenset())


def move(row: Card, to: CardState, mover: Mover, now: datetime) -> None:
    """Bring a card to another state. Raises Refused when that is not in the table."""
    if not may_move(row.state, to, mover):
        raise Refused("Card %(serial)s cannot be marked so now: look at where it is", serial=row.serial)
    row.state, row.changed_at = to, now
    row.save()


class Ledger:
    """A `hardware.Journal` over the ledger's rows, for one card at one desk."""

    def __init__(self, portal: Portal, serial: str, desk: str, place: Place) -> None:
        self._portal = portal
        self._serial = serial
        self._desk = desk
        self._place = place

    def intend(self, intent: hardware.Intent) -> None:
        """Stored before the first write. Raises Refused: then nothing is written."""
        begin(self._portal, self._serial, intent.act.value, intent.uid, self._desk)

    def confirm(self, intent: hardware.Intent, receipt: hardware.Receipt) -> None:  # noqa: ARG002 it is in the receipt
        """Stored after reading back."""
        confirm(self._portal, self._serial, receipt, self._desk, self._place)


def begin(portal: Portal, serial: str, act: str, uid: str, desk: str) -> None:
    """The intent: this act, on this chip. The same intent again is the same line. Raises Refused, NotFound."""
    with database.transaction():
        database.lock_name(f"card:{uid}")
        row = _locked(serial)
        if row.state not in ACTS.get(act, frozenset()):
            raise Refused("Nothing is to be done to card %(serial)s as it stands now", serial=serial)
        if row.uid and row.uid != uid:
            raise Refused(
                "Card %(serial)s is the chip with UID %(uid)s, which was begun already: lay that one on the reader",
                serial=serial,
                uid=row.uid,
            )
        other = cards.by_uid(uid)
        if other is not None and other.id != row.id:
            raise Refused("The chip with UID %(uid)s is card %(serial)s in the ledger", uid=uid, serial=other.serial)
        if not row.uid:
            row.uid = uid
            row.save()
        last, text = cards.last_event(row.id), f"UID {uid}"
        if last is None or (last.act, last.phase, last.desk, last.text) != (act, Phase.INTENDED, desk, text):
            write(row, portal.now(), act, Phase.INTENDED, desk=desk, text=text)


def confirm(portal: Portal, serial: str, receipt: hardware.Receipt, desk: str, place: Place) -> bool:
    """What was read back is what was asked for. False when the ledger knew it: a receipt may come twice."""
    act, now = receipt.act.value, portal.now()
    with database.transaction():
        row = _with_case(serial)
        if row.state not in ACTS.get(act, frozenset()) or row.uid != receipt.uid:
            return False
        kcvs = {role.value: kcv for role, kcv in receipt.kcvs.items()}
        if receipt.act is hardware.Act.WIPE:
            move(row, CardState.WIPED, Mover.DESK, now)
            cards.drop_proof(row.id)
        else:
            row.profile, row.key_version = receipt.profile, receipt.key_version
            move(row, CardState.READY, Mover.DESK, now)
            cards.keep_proof(
                row.id, uid=receipt.uid, key_version=receipt.key_version, kcvs=kcvs, data_tag=receipt.data_tag, at=now
            )
        text = "KCV " + " ".join(f"{role}={kcv}" for role, kcv in sorted(kcvs.items())) if kcvs else ""
        write(row, now, act, Phase.CONFIRMED, desk=desk, text=text)
        if receipt.act is hardware.Act.PERSONALISE:
            _papers(portal, row, place, now)
    return True


def set_apart(portal: Portal, serial: str, act: str, desk: str, why: str) -> None:
    """The card failed: the ledger says so and keeps it apart. One that is apart already only gets the line."""
    now = portal.now()
    with database.transaction():
        row = _with_case(serial)
        if may_move(row.state, CardState.QUARANTINED, Mover.DESK):
            move(row, CardState.QUARANTINED, Mover.DESK, now)
        write(row, now, act, Phase.FAILED, desk=desk, text=why)


def expected(serial: str) -> hardware.Expected:
    """What the card must be when it comes back: serial, UID and the tag of its data."""
    with database.connection():
        row = _known(cards.by_serial(serial), serial)
        proof = cards.proof(row.id)
        return hardware.Expected(serial, row.uid, proof.data_tag if proof is not None else "")


def write(row: Card, now: datetime, act: str, phase: Phase, *, desk: str = "", by: str = "", text: str = "") -> None:
    """One line of a card's life. Inside a transaction."""
    CardEvent.create(card=row, at=now, act=act, phase=phase, desk=desk, by_name=by, text=text[:2000])


def checks(report: hardware.ReturnReport) -> str:
    """The checks of a return in one line, such as `uid=ok serial=ok keys_and_data=authentication_failed`."""
    return " ".join(f"{each.name}={'ok' if each.ok else each.code or 'failed'}" for each in report.checks)


def _locked(serial: str) -> Card:
    return _known(cards.by_serial(serial, lock=True), serial)


def _with_case(serial: str) -> Card:
    """The card, its case locked first: steps lock in this order."""
    row = _known(cards.by_serial(serial), serial)
    if row.case_id:
        cases.lock(row.case_id)
    return _locked(serial)


def _known(row: Card | None, serial: str) -> Card:
    if row is None:
        raise NotFound("The ledger has no card %(serial)s", serial=serial)
    return row


def _papers(portal: Portal, row: Card, place: Place, now: datetime) -> None:
    """When the last card of the task is ready, its letters can be made: they list the serials."""
    case = cases.by_id(row.case_id) if row.case_id and row.origin else None
    if case is None:
        return
    loaded = portal.releases.loaded(case.release_id)
    element = loaded.package.elements.get(place.element)
    rows = cards.of_origin(row.origin)
    ready = sum(1 for each in rows if each.state == CardState.READY)
    if element is None or any(each.state == CardState.MAKING for each in rows):
        return
    if ready < loaded.package.cards[row.set_id].count:
        return
    for document in element.listed("makes"):
        jobqueue.queue(
            case,
            "pdf",
            {"document": document},
            jobqueue.Entered(element.id, row.origin, place.data),
            f"{row.origin}:{document}",
            now,
        )
