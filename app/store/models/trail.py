"""The audit record: entries, the chain through them, and the signed heads of it. Triggers (`store.trailrules`) let none
of it be changed or removed but by what is itself on record."""

from __future__ import annotations

from peewee import CharField, IntegerField, TextField

from app.states import Act, Side, Thing
from app.store.database import Row, Table
from app.store.fields import UtcField
from app.store.words import WordField


class TrailEntry(Row):
    """One act. It refers to accounts and cases by number without a reference: it outlives both.

    `who` and `what` are JSON texts with a random salt, of which the chain knows digests: where a person's data are
    erased, `erased:<SHA-256 of the text>` takes their place, and the chain still holds.
    """

    at = UtcField()
    act = WordField(Act, max_length=24)
    side = WordField(Side, max_length=10)
    person = IntegerField(null=True)  # account
    behalf = IntegerField(null=True)  # account for which the person stood in
    thing = WordField(Thing, max_length=16)
    subject = CharField(max_length=80)  # its id, or what it is called among its like
    case_id = IntegerField(null=True)
    who = TextField()  # {salt, name, behalf, address, session, request}
    what = TextField()  # {salt, label, before, after, why}

    class Meta:
        indexes = (  # in the order in which the record is read; ids settle what came at one moment
            (("at", "id"), False),
            (("person", "at", "id"), False),
            (("case_id", "at", "id"), False),
            (("act", "at", "id"), False),
            (("thing", "subject", "at"), False),
        )


class TrailPending(Table):
    """An entry that no link holds yet: written by a trigger with the entry, gone with its link."""

    entry = IntegerField(primary_key=True)


class TrailLink(Table):
    """The place of an entry in the chain. `hash`: SHA-256 over the hash before it and the entry, in hexadecimal."""

    seq = IntegerField(primary_key=True)  # 1, 2, 3 …
    entry = IntegerField(unique=True)
    hash = CharField(max_length=64)


class TrailHead(Table):
    """The end of the chain as it was at a moment, signed: whoever cuts the chain off behind it is found out."""

    seq = IntegerField(primary_key=True)
    hash = CharField(max_length=64)
    at = UtcField()
    signature = TextField()  # CMS (RFC 5652), detached, PEM
    machine = CharField(max_length=120, default="")  # that signed it


class TrailHorizon(Table):
    """Links up to here were removed with their entries, because they had been kept long enough."""

    seq = IntegerField(primary_key=True)
    hash = CharField(max_length=64)  # of the last one removed: the next one builds on it
    at = UtcField()
