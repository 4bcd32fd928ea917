"""Cases in which it is one side's turn are found by an index, however few they are."""

from __future__ import annotations

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Their list was walked through to its end where hardly any fitted."""
    db.execute_sql(
        'CREATE INDEX IF NOT EXISTS "case_ended_turn_undelivered" ON "case" ("ended", "turn", "undelivered")'
    )
