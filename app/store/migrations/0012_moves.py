"""Running cases can be moved to another release and mended by hand, and it is on record how they stood before."""

from __future__ import annotations

from typing import Any

from peewee import BlobField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


class User(Model):
    """As far as this step needs it."""

    id: Any


class Case(Model):
    """As far as this step needs it."""

    id: Any


class Release(Model):
    """As far as this step needs it."""

    id: Any


class Move(Model):
    """As it is made by this step."""

    package_id = CharField(max_length=80, index=True)
    release = ForeignKeyField(Release, backref="moves")
    state = CharField(max_length=10, default="asked", index=True)
    decisions = TextField(default="{}")
    reason = TextField(default="")
    asked_at = DateTimeField()
    asked_by = ForeignKeyField(User, null=True)
    asked_name = CharField(max_length=120, default="")
    approved_at = DateTimeField(null=True)
    approved_by = ForeignKeyField(User, null=True, backref="moves_approved")
    approved_name = CharField(max_length=120, default="")
    ended_at = DateTimeField(null=True)


class MoveCase(Model):
    """As it is made by this step."""

    move = ForeignKeyField(Move, backref="cases", on_delete="CASCADE", index=False)
    case = ForeignKeyField(Case, backref="moves", on_delete="CASCADE")
    state = CharField(max_length=10, default="waiting")
    findings = TextField(default="[]")
    before = TextField(default="{}")
    blob = BlobField(null=True)
    token = CharField(max_length=40, default="")
    revision = IntegerField(default=0)
    at = DateTimeField(null=True)

    class Meta:
        table_name = "move_case"
        legacy_table_names = False
        indexes = ((("move", "state"), False), (("move", "case"), True))


class Mend(Model):
    """As it is made by this step."""

    case = ForeignKeyField(Case, backref="mends", on_delete="CASCADE")
    kind = CharField(max_length=10)
    element = CharField(max_length=120, default="")
    detail = TextField(default="{}")
    reason = TextField()
    at = DateTimeField()
    by = ForeignKeyField(User, null=True)
    by_name = CharField(max_length=120, default="")
    before = TextField(default="{}")
    made = TextField(default="{}")
    blob = BlobField(null=True)
    token = CharField(max_length=40, default="")
    revision = IntegerField(default=0)
    undone_at = DateTimeField(null=True)
    undone_by = CharField(max_length=120, default="")


def up(_migrator: Any, db: Any) -> None:
    """Create the new tables; no other changes."""
    with db.bind_ctx([User, Case, Release, Move, MoveCase, Mend], bind_refs=False, bind_backrefs=False):
        db.create_tables([Move, MoveCase, Mend], safe=False)
