"""Trouble is on record: what a case cannot go on with, since when a job fails, whom a mail server refused."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    """Jobs, mails and outages know more; a table of incidents."""
    migrator.migrate(
        migrator.add_column("job", "tried_since", DateTimeField(null=True)),
        migrator.add_column("job", "handed", BooleanField(default=False)),
        migrator.add_column("job", "said", TextField(default="{}")),
        migrator.add_column("mail", "refused", TextField(default="{}")),
        migrator.add_column("outage", "next_at", DateTimeField(null=True)),
        migrator.add_column("outage", "tries", IntegerField(default=0)),
    )
    db.execute_sql("UPDATE job SET handed = (attempts > 0)")

    class Case(Model):
        class Meta:
            database, table_name = db, "case"

    class Incident(Model):
        case = ForeignKeyField(Case, null=True, on_delete="CASCADE")
        kind = CharField(max_length=20)
        element = CharField(max_length=120)
        title = CharField(max_length=300)
        message = TextField()
        params = TextField()
        first_at = DateTimeField()
        last_at = DateTimeField()
        count = IntegerField()
        over_at = DateTimeField(null=True)
        over_by = CharField(max_length=120)
        open_key = CharField(max_length=200, null=True, unique=True)

        class Meta:
            database, table_name = db, "incident"
            indexes = ((("over_at", "last_at"), False),)

    db.create_tables([Incident])
