"""The ledger of cards: where each is, and who has it on loan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from peewee import JOIN, fn

from app.states import CardState, Phase
from app.store import search as search_index
from app.store import statements
from app.store.database import locked
from app.store.models import Card, CardDeskRow, CardEvent, CardProof, Case
from app.text.fold import words


def by_serial(serial: str, *, lock: bool = False) -> Card | None:
    """The card of this serial number."""
    query = Card.select().where(Card.serial == serial)
    return (locked(query) if lock else query).first()


def by_uid(uid: str) -> Card | None:
    """The card of this chip; none when the ledger has not met it."""
    return Card.select().where(Card.uid == uid).order_by(Card.id.desc()).first() if uid else None


def free(limit: int) -> list[Card]:
    """Wiped cards, those that lie longest first: they are made anew before a blank is taken."""
    query = (
        Card.select().where(Card.state == CardState.WIPED).order_by(Card.changed_at, Card.serial).limit(max(0, limit))
    )
    return list(locked(query, skip=True))


def search(text: str, states: Iterable[CardState] = (), limit: int = 200) -> list[Card]:
    """Cards by serial, UID, case number, company or system, last changed first."""
    query = Card.select(Card, Case).join(Case, JOIN.LEFT_OUTER)
    if states:
        query = query.where(Card.state.in_(list(states)))
    for each in words(text):
        own = fn.REPLACE(fn.LOWER(Card.serial), "-", "").contains(each) | fn.LOWER(Card.uid).contains(each)
        query = query.where(own | search_index.said_of_case(each))
    return list(query.order_by(Card.changed_at.desc(), Card.serial.desc()).limit(limit))


def unfinished(shown: Iterable[Card]) -> dict[str, str]:
    """Serial → act of those of these cards whose last event is an intent that nothing followed."""
    serials = {row.id: row.serial for row in shown}
    if not serials:
        return {}
    last = CardEvent.select(fn.MAX(CardEvent.id)).where(CardEvent.card.in_(sorted(serials))).group_by(CardEvent.card)
    ids = [key for (key,) in last.tuples()]
    rows = CardEvent.select().where(CardEvent.id.in_(ids) & (CardEvent.phase == Phase.INTENDED))
    return {serials[row.card_id]: row.act for row in rows}


def of_case(case: int, set_id: str = "") -> list[Card]:
    """The cards that a case has or had."""
    rows = statements.rows(Card, "case_id = ?", case, order="serial")
    return [row for row in rows if set_id in {"", row.set_id}]


def of_origin(origin: str) -> list[Card]:
    """The cards that were made for this engine task."""
    return statements.rows(Card, "origin = ?", origin, order="serial")


def overdue(day: date, since: date = date.min) -> list[Card]:
    """Lent cards that should be back, and not since before `since`."""
    return list(
        Card.select(Card, Case)
        .join(Case)
        .where((Card.state == CardState.LENT) & (Card.due_back < day) & (Card.due_back >= since))
        .order_by(Card.due_back)
    )


def counts() -> dict[CardState, int]:
    """How many cards are in each state."""
    rows: Any = Card.select(Card.state, fn.COUNT(Card.id)).group_by(Card.state)
    return dict(rows.tuples())


def by_key_version() -> dict[int, dict[CardState, int]]:
    """How many cards have keys of each version of the masters: {version: {state: count}}. Wiped ones have none."""
    rows: Any = (
        Card.select(Card.key_version, Card.state, fn.COUNT(Card.id))
        .where(Card.state.not_in((CardState.MAKING, CardState.WIPED)))
        .group_by(Card.key_version, Card.state)
    )
    found: dict[int, dict[CardState, int]] = {}
    for version, state, count in rows.tuples():
        found.setdefault(version, {})[state] = count
    return found


def events(card: int) -> list[CardEvent]:
    """A card's life, oldest first."""
    return list(CardEvent.select().where(CardEvent.card == card).order_by(CardEvent.id))


def lent(limit: int) -> list[Card]:
    """The cards on loan, the one due back first on top."""
    query = Card.select(Card, Case).join(Case).where(Card.state == CardState.LENT)
    return list(query.order_by(Card.due_back, Card.serial).limit(limit))


def overdue_count(day: date) -> int:
    """How many lent cards should be back."""
    return int(Card.select().where((Card.state == CardState.LENT) & (Card.due_back < day)).count())


def last_event(card: int) -> CardEvent | None:
    """What was written of a card last."""
    return CardEvent.select().where(CardEvent.card == card).order_by(CardEvent.id.desc()).first()


def newest_event() -> int:
    """The id of the newest line of any card's life: it grows whenever a card moves."""
    return CardEvent.select(fn.MAX(CardEvent.id)).scalar() or 0


# What a card proved when it was made


def proof(card: int) -> CardProof | None:
    """What its last reading back proved; none when it was never made, or is wiped."""
    return CardProof.get_or_none(CardProof.card == card)


def keep_proof(card: int, **values: Any) -> None:
    """What it proved now stands in place of what it proved before."""
    drop_proof(card)
    CardProof.create(card=card, **values)


def drop_proof(card: int) -> None:
    """It is wiped: nothing is proven of it."""
    CardProof.delete().where(CardProof.card == card).execute()


# Desks with an agent


def desks() -> list[CardDeskRow]:
    """Every desk that is not revoked, by name."""
    return list(CardDeskRow.select().where(CardDeskRow.revoked_at.is_null()).order_by(CardDeskRow.name))


def desk_named(name: str) -> CardDeskRow | None:
    """The desk of this name, revoked or not."""
    return CardDeskRow.get_or_none(CardDeskRow.name == name)


def desk_of_token(digest: str) -> CardDeskRow | None:
    """The desk whose token has this digest, unless it is revoked."""
    return CardDeskRow.get_or_none((CardDeskRow.token_digest == digest) & CardDeskRow.revoked_at.is_null())


def desk_seen(desk: int, at: datetime, seen: dict[str, Any]) -> None:
    """Keep what the desk's agent said."""
    CardDeskRow.update(last_seen=at, seen=seen).where(CardDeskRow.id == desk).execute()
