"""The lending ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.store.models import Card, CardEvent, Case


def by_serial(serial: str) -> Card | None:
    """The card of this serial number."""
    return Card.get_or_none(Card.serial == serial)


def of_case(case: int, set_id: str = "") -> list[Card]:
    """The cards that a case has or had."""
    query = Card.select().where(Card.case == case)
    if set_id:
        query = query.where(Card.set_id == set_id)
    return list(query.order_by(Card.serial))


def of_origin(origin: str) -> list[Card]:
    """The cards that were made for this engine task."""
    return list(Card.select().where(Card.origin == origin).order_by(Card.serial))


def in_states(*states: str) -> list[Card]:
    """Every card in one of these states."""
    return list(Card.select(Card).where(Card.state.in_(states)).order_by(Card.due_back, Card.serial))


def overdue(day: date) -> list[Card]:
    """Lent cards that should be back."""
    return list(
        Card.select(Card, Case).join(Case).where((Card.state == "lent") & (Card.due_back < day)).order_by(Card.due_back)
    )


def counts() -> dict[str, int]:
    """How many cards are in each state."""
    found: dict[str, int] = {}
    for row in Card.select(Card.state):
        found[row.state] = found.get(row.state, 0) + 1
    return found


def events(card: int) -> list[CardEvent]:
    """A card's life, oldest first."""
    return list(CardEvent.select().where(CardEvent.card == card).order_by(CardEvent.id))


def recent(limit: int = 200, states: Sequence[str] = ()) -> list[Card]:
    """Cards, last changed first."""
    query = Card.select()
    if states:
        query = query.where(Card.state.in_(list(states)))
    return list(query.order_by(Card.changed_at.desc()).limit(limit))
