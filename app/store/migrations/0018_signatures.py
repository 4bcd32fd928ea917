"""What a file that was sent says of its electronic signatures is kept with it."""

from __future__ import annotations

from typing import Any

from peewee import TextField


def up(migrator: Any, _db: Any) -> None:
    """Files that came before have none on record: nobody looked."""
    migrator.migrate(migrator.add_column("document", "signatures", TextField(default="[]")))
