"""Large files of rows are made by a worker and kept for a while; what is looked at outside is remembered."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, BigIntegerField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(_migrator: Any, db: Any) -> None:
    """Tables of their own."""

    class User(Model):
        id = AutoField()

        class Meta:
            database = db
            table_name = "user"

    class Export(Model):
        user = ForeignKeyField(User, on_delete="CASCADE")
        maker = CharField(max_length=20)
        query = TextField()
        language = CharField(max_length=5)
        form = CharField(max_length=5)
        title = CharField(max_length=200)
        narrowed = TextField(default="")
        filename = CharField(max_length=255)
        state = CharField(max_length=10, default="waiting", index=True)
        rows = IntegerField(default=0)
        count = IntegerField(default=0)
        digest = CharField(max_length=64, default="", index=True)
        size = BigIntegerField(default=0)
        asked_at = DateTimeField()
        until = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "export"
            legacy_table_names = False

    class Seen(Model):
        name = CharField(max_length=20, primary_key=True)
        at = DateTimeField()
        found = TextField(default="{}")

        class Meta:
            database = db
            table_name = "seen"
            legacy_table_names = False

    db.create_tables([Export, Seen])
