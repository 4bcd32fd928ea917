"""A job knows the request that asked for it, so that the log can be read from one to the other."""

from __future__ import annotations

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """What is there already knows none. The default stands in the statement: neither database copies a table."""
    db.execute_sql("""ALTER TABLE "job" ADD COLUMN "request" VARCHAR(64) NOT NULL DEFAULT ''""")
