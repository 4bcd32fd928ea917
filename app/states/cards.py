"""Cards of the lending ledger: their states, who may move them, and the phases of an act."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.states.word import Moves, Word


class CardState(Word):
    """How a card stands."""

    MAKING = "making"
    READY = "ready"
    LENT = "lent"
    RETURNED = "returned"
    WIPED = "wiped"
    DAMAGED = "damaged"
    LOST = "lost"
    QUARANTINED = "quarantined"  # kept apart


class Mover(StrEnum):
    """Who moves a card from one state to another."""

    FLOW = "flow"  # a step of a case: its cards are asked for, posted, settled
    DESK = "desk"  # a reader, by what it saw on the card
    PERSON = "person"  # somebody at the card desk, by hand


CARD_MOVERS: Final[Mapping[tuple[CardState, CardState], frozenset[Mover]]] = {
    (CardState.WIPED, CardState.MAKING): frozenset({Mover.FLOW}),
    (CardState.MAKING, CardState.READY): frozenset({Mover.DESK}),
    (CardState.MAKING, CardState.QUARANTINED): frozenset({Mover.DESK}),
    (CardState.MAKING, CardState.DAMAGED): frozenset({Mover.PERSON}),
    (CardState.MAKING, CardState.LOST): frozenset({Mover.PERSON}),
    (CardState.READY, CardState.LENT): frozenset({Mover.FLOW}),
    (CardState.READY, CardState.RETURNED): frozenset({Mover.FLOW, Mover.PERSON}),  # its case ended before it was sent
    (CardState.READY, CardState.DAMAGED): frozenset({Mover.PERSON}),
    (CardState.READY, CardState.LOST): frozenset({Mover.PERSON}),
    (CardState.LENT, CardState.RETURNED): frozenset({Mover.FLOW, Mover.PERSON}),
    (CardState.LENT, CardState.DAMAGED): frozenset({Mover.PERSON}),
    (CardState.LENT, CardState.LOST): frozenset({Mover.PERSON}),
    (CardState.LOST, CardState.RETURNED): frozenset({Mover.PERSON}),  # found again
    (CardState.RETURNED, CardState.WIPED): frozenset({Mover.DESK}),
    (CardState.RETURNED, CardState.QUARANTINED): frozenset({Mover.DESK}),
    (CardState.RETURNED, CardState.DAMAGED): frozenset({Mover.PERSON}),
    (CardState.RETURNED, CardState.LOST): frozenset({Mover.PERSON}),
    (CardState.QUARANTINED, CardState.WIPED): frozenset({Mover.DESK}),
    (CardState.QUARANTINED, CardState.DAMAGED): frozenset({Mover.PERSON}),
    (CardState.QUARANTINED, CardState.LOST): frozenset({Mover.PERSON}),
    (CardState.WIPED, CardState.DAMAGED): frozenset({Mover.PERSON}),
    (CardState.WIPED, CardState.LOST): frozenset({Mover.PERSON}),
}
"""(from, to) → who may. What is not here does not happen. A card is born `making`; `damaged` is the end."""

CARD_MOVES: Final[Moves[CardState]] = {
    state: frozenset(to for start, to in CARD_MOVERS if start is state) for state in CardState
}


class Phase(Word):
    """How far an act on a card came."""

    INTENDED = "intended"  # stored before the first byte goes to the card
    CONFIRMED = "confirmed"  # read back
    FAILED = "failed"
