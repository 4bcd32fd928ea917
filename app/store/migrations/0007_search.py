"""A case's text says by which rules it was folded; what was folded by older ones is folded anew, bit by bit."""

from __future__ import annotations

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Null: folded before rules had a name. Neither database copies the table for it."""
    db.execute_sql('ALTER TABLE "case_text" ADD COLUMN "fold" VARCHAR(20)')
    db.execute_sql('CREATE INDEX "case_text_fold" ON "case_text" ("fold")')
