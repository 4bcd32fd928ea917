"""Tasks know since when somebody holds them; corrections of company data; how a case stood before it was ended."""

from __future__ import annotations

from typing import Any

from peewee import BlobField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    """Columns that may be empty, or with their default in the statement: neither database copies a table."""
    migrator.migrate(
        migrator.add_column("task", "held_since", DateTimeField(null=True)),
        migrator.add_column("comment", "by_user", IntegerField(null=True)),
    )
    db.execute_sql("""ALTER TABLE "draft" ADD COLUMN "aside" TEXT NOT NULL DEFAULT '{}'""")

    class Case(Model):
        class Meta:
            database = db
            table_name = "case"

    class User(Model):
        class Meta:
            database = db
            table_name = "user"

    class Correction(Model):
        case = ForeignKeyField(Case, on_delete="CASCADE", index=False)
        values = TextField(default="{}", column_name="wanted")
        before = TextField(default="{}", column_name="stood")
        reason = TextField(default="")
        state = CharField(max_length=10, default="asked", index=True)
        asked_at = DateTimeField()
        asked_by = ForeignKeyField(User, null=True)
        asked_by_name = CharField(max_length=120, default="")
        answer = TextField(default="")
        answered_at = DateTimeField(null=True)
        answered_by_name = CharField(max_length=120, default="")

        class Meta:
            database = db
            table_name = "correction"
            indexes = ((("case", "state"), False),)

    class Ending(Model):
        case = ForeignKeyField(Case, primary_key=True, on_delete="CASCADE")
        at = DateTimeField()
        by_name = CharField(max_length=120, default="")
        blob = BlobField()
        token = CharField(max_length=40)
        before = TextField(default="{}")

        class Meta:
            database = db
            table_name = "ending"

    db.create_tables([Correction, Ending])
