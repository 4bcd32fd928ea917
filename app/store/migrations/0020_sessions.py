"""Signing out ends a session at the portal, too, and each can be seen and ended; everybody signs in once more."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, CharField, DateTimeField, ForeignKeyField, Model


def up(_migrator: Any, db: Any) -> None:
    """A table of its own."""

    class User(Model):
        id = AutoField()

        class Meta:
            database = db
            table_name = "user"

    class Session(Model):
        key = CharField(max_length=64, unique=True)
        user = ForeignKeyField(User, on_delete="CASCADE")
        begun_at = DateTimeField()
        seen_at = DateTimeField()
        until = DateTimeField(index=True)
        ended_at = DateTimeField(null=True)
        place = CharField(max_length=64, default="")
        browser = CharField(max_length=200, default="")

        class Meta:
            database = db
            table_name = "session"

    db.create_tables([Session])
