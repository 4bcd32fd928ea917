"""Passkeys and codes beside the password; a session knows when the person last showed that it is they."""

from __future__ import annotations

from typing import Any

from peewee import DateTimeField


def up(migrator: Any, _db: Any) -> None:
    """Who is signed in already is asked before what is grave."""
    migrator.migrate(migrator.add_column("session", "proved_at", DateTimeField(null=True)))
