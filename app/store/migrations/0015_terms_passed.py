"""A certificate counts the terms that it has passed; until when it holds follows from them."""

from __future__ import annotations

from typing import Any

from peewee import IntegerField


def up(migrator: Any, _db: Any) -> None:
    """Nought stands for a count that the register makes when it next looks: the length of a term is the package's."""
    migrator.migrate(
        migrator.add_column("certificate", "terms", IntegerField(default=0)),
        migrator.drop_column("certificate", "renewed"),
    )
