"""The audit record is only added to, and chained, so that nothing can be changed or taken out of it unnoticed."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, CharField, DateTimeField, IntegerField, Model, TextField


def up(_migrator: Any, db: Any) -> None:
    """Tables of its own; their triggers are made after the last step."""

    class TrailEntry(Model):
        id = AutoField()
        at = DateTimeField()
        act = CharField(max_length=24)
        side = CharField(max_length=10)
        person = IntegerField(null=True)
        behalf = IntegerField(null=True)
        thing = CharField(max_length=16)
        subject = CharField(max_length=80)
        case_id = IntegerField(null=True)
        who = TextField()
        what = TextField()

        class Meta:
            database = db
            table_name = "trail_entry"
            indexes = (
                (("at", "id"), False),
                (("person", "at", "id"), False),
                (("case_id", "at", "id"), False),
                (("act", "at", "id"), False),
                (("thing", "subject", "at"), False),
            )

    class TrailPending(Model):
        entry = IntegerField(primary_key=True)

        class Meta:
            database = db
            table_name = "trail_pending"

    class TrailLink(Model):
        seq = IntegerField(primary_key=True)
        entry = IntegerField(unique=True)
        hash = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "trail_link"

    class TrailHead(Model):
        seq = IntegerField(primary_key=True)
        hash = CharField(max_length=64)
        at = DateTimeField()
        signature = TextField()

        class Meta:
            database = db
            table_name = "trail_head"

    class TrailHorizon(Model):
        seq = IntegerField(primary_key=True)
        hash = CharField(max_length=64)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "trail_horizon"

    db.create_tables([TrailEntry, TrailPending, TrailLink, TrailHead, TrailHorizon])
