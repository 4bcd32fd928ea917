"""An account says which columns its worklist has, and whether the day's work is mailed in the morning."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField


def up(migrator: Any, _db: Any) -> None:
    """Everybody keeps the columns that were there; nobody gets a mail that was not asked for."""
    migrator.migrate(
        migrator.add_column("user", "columns", CharField(max_length=60, default="clock,person")),
        migrator.add_column("user", "daily", BooleanField(default=False)),
    )
