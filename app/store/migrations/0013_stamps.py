"""Whoever keeps closing days, terms and settings in memory sees by a stamp whether they were changed."""

from __future__ import annotations

from typing import Any

from peewee import CharField, Model


def up(_migrator: Any, db: Any) -> None:
    """A table of its own; the stamp and its triggers are made after the last step."""

    class Stamp(Model):
        name = CharField(max_length=20, primary_key=True)
        value = CharField(max_length=40)

        class Meta:
            database = db
            table_name = "stamp"

    db.create_tables([Stamp])
