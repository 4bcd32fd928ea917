"""The invoices of a month, and the payments that were undone in it, are found by an index."""

from __future__ import annotations

from typing import Any

NEW = (("invoice", "issued_on"), ("payment", "undone_at"))


def up(_migrator: Any, db: Any) -> None:
    """The ledger of a month read those of all years."""
    for table, column in NEW:
        db.execute_sql(f'CREATE INDEX IF NOT EXISTS "{table}_{column}" ON "{table}" ("{column}")')
