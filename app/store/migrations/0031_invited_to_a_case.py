"""Somebody may be invited to one case, which is no company's yet."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, db: Any) -> None:
    """Whoever waits today waits for a company, as before."""
    migrator.migrate(migrator.drop_not_null("invitation", "company_id"))
    db.execute_sql('ALTER TABLE invitation ADD COLUMN case_id INTEGER REFERENCES "case" (id) ON DELETE CASCADE')
    db.execute_sql("CREATE INDEX invitation_case_id ON invitation (case_id)")
