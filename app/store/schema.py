"""Creating the tables, with what differs between the databases."""

from __future__ import annotations

from typing import Any

from app.store import tally
from app.store.database import is_postgres, lock_name, transaction
from app.store.models import ALL, CaseGram, TaskTally


def create(bound: Any) -> None:
    """Create what is missing of tables, indexes and triggers; existing tables and their rows stay as they are."""
    for model in (CaseGram, TaskTally):
        model._meta.without_rowid = not is_postgres()  # SQLite alone knows the clause, and halves the table by it
    with transaction():
        lock_name("tables")
        bound.create_tables(ALL, safe=True)
        tally.install()
