"""An application knows in which language it was read."""

from __future__ import annotations

from typing import Any

from peewee import CharField


def up(migrator: Any, _db: Any) -> None:
    """Empty for those that are here: their people's accounts say it."""
    migrator.migrate(migrator.add_column("case", "language", CharField(max_length=5, default="")))
