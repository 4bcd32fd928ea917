"""An account knows who its owner is at the provider of identities."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, CharField, DateTimeField, ForeignKeyField, Model


def up(_migrator: Any, db: Any) -> None:
    """Nobody is tied yet: whoever signs in there next is found by their address once more, and tied by that."""

    class User(Model):
        id = AutoField()

        class Meta:
            database = db
            table_name = "user"

    class Identity(Model):
        user = ForeignKeyField(User, on_delete="CASCADE", index=False)
        issuer = CharField(max_length=300)
        subject = CharField(max_length=255)
        made_at = DateTimeField()

        class Meta:
            database = db
            table_name = "identity"
            indexes = ((("issuer", "subject"), True), (("user", "issuer"), True))

    db.create_tables([Identity])
