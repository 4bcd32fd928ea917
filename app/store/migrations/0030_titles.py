"""Tasks are found by their titles, in the order in which they were opened."""

from __future__ import annotations

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """A search among all tasks read the newest ten thousand before."""
    db.execute_sql('CREATE INDEX IF NOT EXISTS "task_title_opened_at" ON "task" ("title", "opened_at")')
