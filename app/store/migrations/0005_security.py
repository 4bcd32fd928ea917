"""Wrong passwords count by account and place, wherever they are asked; sign-ins and lock-outs are on record."""

from __future__ import annotations

from typing import Any

import peewee


def up(_migrator: Any, db: Any) -> None:
    """The two tables, as they stood then."""

    class User(peewee.Model):
        class Meta:
            database = db
            table_name = "user"

    class Guess(peewee.Model):
        at = peewee.DateTimeField()
        until = peewee.DateTimeField(index=True)
        user = peewee.ForeignKeyField(User, null=True, on_delete="CASCADE")
        account = peewee.CharField(max_length=64)
        place = peewee.CharField(max_length=64)
        device = peewee.CharField(max_length=32, default="")
        known = peewee.BooleanField(default=False)
        way = peewee.CharField(max_length=12)

        class Meta:
            database = db
            legacy_table_names = False  # indexes are called after the table
            table_name = "guess"
            indexes = ((("account", "until"), False), (("place", "until"), False))

    class SecurityEvent(peewee.Model):
        at = peewee.DateTimeField(index=True)
        until = peewee.DateTimeField(index=True)
        kind = peewee.CharField(max_length=12)
        user = peewee.ForeignKeyField(User, null=True, on_delete="CASCADE")
        place = peewee.CharField(max_length=64, default="")
        way = peewee.CharField(max_length=12, default="")
        scope = peewee.CharField(max_length=12, default="")
        held_until = peewee.DateTimeField(null=True)
        by_name = peewee.CharField(max_length=120, default="")

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "security_event"
            indexes = ((("user", "kind", "place"), False),)

    db.create_tables([Guess, SecurityEvent])
