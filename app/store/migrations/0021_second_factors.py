"""Passkeys and codes beside the password; a session knows when the person last showed that it is they."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, BigIntegerField, BooleanField, CharField, DateTimeField, ForeignKeyField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    """Nobody has a second factor yet; who is signed in already is asked before what is grave."""
    migrator.migrate(
        migrator.add_column("session", "proved_at", DateTimeField(null=True)),
        migrator.add_column("session", "way", CharField(max_length=12, default="")),
        migrator.add_column("session", "half", BooleanField(default=False)),
        migrator.add_column("user", "factors", CharField(max_length=40, default="")),
        migrator.add_column("security_event", "browser", CharField(max_length=200, default="")),
    )
    _tables(db)


def _tables(db: Any) -> None:
    class User(Model):
        id = AutoField()

        class Meta:
            database = db
            table_name = "user"

    class Passkey(Model):
        user = ForeignKeyField(User, on_delete="CASCADE")
        credential = CharField(max_length=1400, unique=True)
        public_key = TextField()
        handle = CharField(max_length=90)
        sign_count = BigIntegerField(default=0)
        transports = CharField(max_length=100, default="")
        name = CharField(max_length=80)
        made_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "passkey"
            legacy_table_names = False

    class CodeApp(Model):
        user = ForeignKeyField(User, unique=True, on_delete="CASCADE")
        sealed = TextField()
        made_at = DateTimeField()
        used_at = DateTimeField(null=True)
        step = BigIntegerField(default=0)

        class Meta:
            database = db
            table_name = "code_app"
            legacy_table_names = False

    class RecoveryCode(Model):
        user = ForeignKeyField(User, on_delete="CASCADE")
        digest = CharField(max_length=200)
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "recovery_code"
            legacy_table_names = False

    class Spent(Model):
        key = CharField(max_length=64, unique=True)
        until = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "spent"
            legacy_table_names = False

    db.create_tables([Passkey, CodeApp, RecoveryCode, Spent])
