"""Values of settings, each from a day on, and proposals of new ones that wait for a second person."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from app.states import PROPOSAL_MOVES, ProposalState
from app.store.database import Row
from app.store.fields import JsonField, UtcField
from app.store.models.accounts import User
from app.store.words import WordField


class Setting(Row):
    """A value that staff gave a setting of a package, from a day in Japan on, until a later day's. Never changed, only
    stopped before its day comes."""

    package_id = CharField(max_length=80)
    key = CharField(max_length=120)
    value = TextField()
    changed_at = UtcField()
    changed_by = CharField(max_length=120, default="")
    from_day = DateField(null=True)
    proposal = IntegerField(null=True)  # the row that was approved
    stopped_at = UtcField(null=True)
    approved_by = CharField(max_length=120, default="")
    stopped_by = CharField(max_length=120, default="")
    reason = TextField(default="")

    class Meta:
        indexes = ((("package_id", "key"), False),)


class SettingProposal(Row):
    """New values of one section, to hold together from a day on once a second person has approved them."""

    package_id = CharField(max_length=80)
    section = CharField(max_length=80)
    values: Any = JsonField(default=dict, column_name="wanted")  # key to text
    before: Any = JsonField(default=dict, column_name="stood")  # what held when it was proposed
    from_day = DateField()
    reason = TextField(default="")
    state = WordField(ProposalState, moves=PROPOSAL_MOVES, max_length=10, default=ProposalState.OPEN, index=True)
    at = UtcField()
    by = ForeignKeyField(User, null=True)
    by_id: int | None
    by_name = CharField(max_length=120, default="")
    decided_at = UtcField(null=True)
    decided_by_name = CharField(max_length=120, default="")
    decided_why = TextField(default="")
    alone = BooleanField(default=False)  # approved by who proposed it, where the installation allows it

    class Meta:
        indexes = ((("package_id", "section"), False),)
