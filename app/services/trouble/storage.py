"""Trouble with the database or the disk, for rooms that do not know the database."""

from __future__ import annotations

from app.store import database

passes = database.passes
again = database.again


def stored() -> int:
    """A number that grows whenever this thread stores something, or may have."""
    return int(database.proxy.obj.stored)


__all__ = ["again", "passes", "stored"]
