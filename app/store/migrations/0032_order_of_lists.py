"""Parcels, cards, receipts, cases under way and staff are listed in the order of an index."""

from __future__ import annotations

from typing import Any

# Each begins one of the new ones.
REPLACED = ("card_state", "bank_line_state", "case_ended", "claim_asks_state")
NEW = (
    ("card", ("origin",)),
    ("card", ("changed_at", "serial")),
    ("card", ("state", "changed_at", "serial")),
    ("card", ("state", "due_back", "serial")),
    ("bank_line", ("state", "settled_at")),
    ("case", ("ended", "changed_at")),
    ("claim", ("state", "asks")),
    ("user", ("side", "name")),
)


def up(_migrator: Any, db: Any) -> None:
    """The index of presentations is made anew under its name, with what its list is ordered by."""
    db.execute_sql("DROP INDEX IF EXISTS worklist_presented")
    db.execute_sql(
        "CREATE INDEX worklist_presented ON task (side, presentation, (COALESCE(due_on, '9999-12-31')), id) "
        "WHERE state = 'open'"
    )
    for name in REPLACED:
        db.execute_sql(f'DROP INDEX IF EXISTS "{name}"')
    for table, columns in NEW:
        named = ", ".join(f'"{each}"' for each in columns)
        db.execute_sql(f'CREATE INDEX IF NOT EXISTS "{"_".join((table, *columns))}" ON "{table}" ({named})')
