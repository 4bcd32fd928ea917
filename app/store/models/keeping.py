"""How long records are kept, where that was changed, and what may not go whatever its age."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, IntegerField, TextField

from app.states import Kept
from app.store.database import Row, Table, UtcField
from app.store.models.cases import Case
from app.store.words import WordField


class Retention(Table):
    """Another period than the one that is declared (`app.states.keeping`)."""

    kind = WordField(Kept, max_length=20, primary_key=True)
    days = IntegerField()


class LegalHold(Row):
    """Nothing of a case goes while this stands."""

    case = ForeignKeyField(Case, backref="holds", on_delete="CASCADE")
    case_id: int
    reason = TextField()
    at = UtcField()
    by_name = CharField(max_length=120, default="")
    ended_at = UtcField(null=True)
