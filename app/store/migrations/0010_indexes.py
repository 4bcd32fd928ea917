"""Indexes that no query used are gone; the tasks of one presentation are found by one."""

from __future__ import annotations

from typing import Any

# Each begins a longer index of its table.
UNUSED = ("member", "entry", "visit", "clock", "answer", "task", "job", "comment")


def up(_migrator: Any, db: Any) -> None:
    """Every step of a case wrote them."""
    for table in UNUSED:
        db.execute_sql(f'DROP INDEX IF EXISTS "{table}_case_id"')
    db.execute_sql("CREATE INDEX IF NOT EXISTS worklist_presented ON task (side, presentation) WHERE state = 'open'")
