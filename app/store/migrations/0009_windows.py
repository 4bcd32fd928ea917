"""A draft knows which opened page saved it last, so that one's own saves never conflict."""

from __future__ import annotations

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Defaults in the statement: neither database copies the table, whose triggers stay."""
    db.execute_sql('ALTER TABLE "draft" ADD COLUMN "kept_by_id" INTEGER REFERENCES "user" ("id")')
    db.execute_sql('CREATE INDEX "draft_kept_by_id" ON "draft" ("kept_by_id")')
    db.execute_sql("""ALTER TABLE "draft" ADD COLUMN "page" VARCHAR(40) NOT NULL DEFAULT ''""")
    db.execute_sql('ALTER TABLE "draft" ADD COLUMN "nth" INTEGER NOT NULL DEFAULT 0')
    db.execute_sql('UPDATE "draft" SET "kept_by_id" = "saved_by_id"')
