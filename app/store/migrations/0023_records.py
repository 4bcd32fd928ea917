"""Views of the records are kept and shared; lists of records are put in order by indexes."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, BooleanField, CharField, DateTimeField, ForeignKeyField, Model, TextField

INDEXES = (
    ("case", "company_name"), ("case", "system_name"), ("task", "opened_at"), ("document", "created_at"),
    ("mail", "written_at"), ("payment", "paid_on"),
)  # fmt: skip


def up(_migrator: Any, db: Any) -> None:
    """A table of its own, and indexes."""

    class User(Model):
        id = AutoField()

        class Meta:
            database = db
            table_name = "user"

    class RecordView(Model):
        user = ForeignKeyField(User, on_delete="CASCADE")
        place = CharField(max_length=40, index=True)
        name = CharField(max_length=80)
        query = TextField()
        shared = BooleanField(default=False)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "record_view"
            legacy_table_names = False
            indexes = ((("user", "place", "name"), True),)

    db.create_tables([RecordView])
    for table, column in INDEXES:
        db.execute_sql(f'CREATE INDEX IF NOT EXISTS "{table}_{column}" ON "{table}" ("{column}")')
    db.execute_sql('CREATE INDEX IF NOT EXISTS "case_state_created_at" ON "case" ("state", "created_at")')
