"""What goes wrong and waits for somebody: of a case, or of the portal itself."""

from __future__ import annotations

from typing import Any

from peewee import CharField, ForeignKeyField, IntegerField, TextField

from app.states import IncidentKind
from app.store.database import Row
from app.store.fields import JsonField, UtcField
from app.store.models.cases import Case
from app.store.words import WordField


class Incident(Row):
    """Something that did not work and is nobody's turn: one row while it lasts, however often it is seen.

    A job that failed for good is an incident as well, but its own row says so (`Job.state`).
    """

    case = ForeignKeyField(Case, null=True, backref="incident_rows", on_delete="CASCADE")
    case_id: int | None
    kind = WordField(IncidentKind, max_length=20)
    element = CharField(max_length=120, default="")  # where in the diagram; of the portal: which part, which server
    title = CharField(max_length=300, default="")
    message = TextField()  # an error's message id, and what belongs into its places
    params: Any = JsonField(default=dict)
    first_at = UtcField()
    last_at = UtcField()
    count = IntegerField(default=1)
    over_at = UtcField(null=True)  # it works again, or the case has ended
    over_by = CharField(max_length=120, default="")  # who ended it; empty: it went well when it was done again
    open_key = CharField(max_length=200, null=True, unique=True)  # case, kind, element; empty once it is over

    class Meta:
        indexes = ((("over_at", "last_at"), False),)
