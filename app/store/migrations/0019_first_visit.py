"""An account knows for which roles it has been led through the page."""

from __future__ import annotations

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Whoever is here already knows the page. The default stands in the statement: neither database copies a table."""
    db.execute_sql("""ALTER TABLE "user" ADD COLUMN "led" VARCHAR(100) NOT NULL DEFAULT ''""")
    db.execute_sql("""UPDATE "user" SET "led" = 'vendor,agent,operator,administrator,analyst'""")
