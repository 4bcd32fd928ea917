"""An account may switch the shortcuts of single keys off (WCAG 2.2, 2.1.4)."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField


def up(migrator: Any, _db: Any) -> None:
    """They are on for whoever is here, as before."""
    migrator.migrate(migrator.add_column("user", "shortcuts", BooleanField(default=True)))
