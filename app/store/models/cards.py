"""Cards of the lending ledger, what each proved last, and the desks whose agents make them."""

from __future__ import annotations

from typing import Any

from peewee import CharField, DateField, ForeignKeyField, IntegerField, TextField

from app.states import CARD_MOVES, CardState, Phase
from app.store.database import Row
from app.store.fields import JsonField, UtcField
from app.store.models.cases import Case
from app.store.words import WordField


class Card(Row):
    """A smart card, for life."""

    serial = CharField(max_length=40, unique=True)
    uid = CharField(max_length=40, default="", index=True)
    batch = CharField(max_length=40, default="")
    profile = CharField(max_length=60, default="")
    key_version = IntegerField(default=1)
    set_id = CharField(max_length=40, default="")
    state = WordField(CardState, moves=CARD_MOVES, max_length=14)
    case = ForeignKeyField(Case, null=True, backref="cards")
    case_id: int | None
    origin = CharField(max_length=60, default="", index=True)  # the engine task it was made for
    signed_by = CharField(max_length=120, default="")
    lent_on = DateField(null=True)
    due_back = DateField(null=True, index=True)
    changed_at = UtcField()

    class Meta:
        # The order of each list of cards: all of them, those of one state, those on loan.
        indexes = (
            (("changed_at", "serial"), False),
            (("state", "changed_at", "serial"), False),
            (("state", "due_back", "serial"), False),
        )


class CardEvent(Row):
    """Every physical act: intended before, confirmed after reading back."""

    card = ForeignKeyField(Card, backref="events", on_delete="CASCADE")
    card_id: int
    at = UtcField()
    act = CharField(max_length=20)  # personalise verify lend return wipe …
    phase = WordField(Phase, max_length=10)
    desk = CharField(max_length=80, default="")
    by_name = CharField(max_length=120, default="")
    text = TextField(default="")


class CardProof(Row):
    """What a card's reading back proved when it was made: compared when it comes back. The tag is keyed: it tells
    nothing of the data to who has no key."""

    card = ForeignKeyField(Card, unique=True, backref="proofs", on_delete="CASCADE")
    card_id: int
    uid = CharField(max_length=40)
    key_version = IntegerField()
    kcvs: Any = JsonField(default=dict)  # role → check value, hex
    data_tag = CharField(max_length=40, default="")
    at = UtcField()


class CardDeskRow(Row):
    """A desk with a computer of its own, whose agent asks for card jobs. Its token is kept as a digest."""

    name = CharField(max_length=60, unique=True)
    token_digest = CharField(max_length=64, unique=True)
    created_at = UtcField()
    created_by = CharField(max_length=120, default="")
    revoked_at = UtcField(null=True)
    last_seen = UtcField(null=True)
    seen: Any = JsonField(default=dict)  # what the agent said last (services.cardagents_lease)

    class Meta:
        table_name = "card_desk"
