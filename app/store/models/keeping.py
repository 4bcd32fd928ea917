"""How long records are kept, where that was changed, and what may not go whatever its age."""

from __future__ import annotations

from peewee import BigIntegerField, CharField, ForeignKeyField, IntegerField, TextField

from app.states import Kept
from app.store.database import Row, Table
from app.store.fields import UtcField
from app.store.models.accounts import Company
from app.store.models.cases import Case
from app.store.words import WordField


class Retention(Table):
    """Another period than the one that is declared (`app.states.keeping`)."""

    kind = WordField(Kept, max_length=20, primary_key=True)
    days = IntegerField()


class LegalHold(Row):
    """Nothing of a case, or of any case of a company, goes while this stands."""

    case = ForeignKeyField(Case, backref="holds", null=True, on_delete="CASCADE")
    case_id: int | None
    company = ForeignKeyField(Company, backref="holds", null=True, on_delete="CASCADE")
    company_id: int | None
    reason = TextField()
    at = UtcField()
    by_name = CharField(max_length=120, default="")
    ended_at = UtcField(null=True)


class Archive(Table):
    """A case as it was when it had ended, in one signed file, whose bytes lie under their digest with the others."""

    case = ForeignKeyField(Case, primary_key=True, backref="archives", on_delete="CASCADE")
    case_id: int
    digest = CharField(max_length=64, index=True)
    size = BigIntegerField()
    entries = IntegerField()  # of the audit record
    at = UtcField()
    by_name = CharField(max_length=120, default="")
