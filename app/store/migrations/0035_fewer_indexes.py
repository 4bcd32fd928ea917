"""Every step writes fewer indexes: those that no page asks go, and that of presentations has such tasks alone."""

from __future__ import annotations

from typing import Any

from peewee import PostgresqlDatabase

# By a person: read when somebody asks for all that is kept of them, or is forgotten, which reads every row anyway.
GONE = ("answer_by_id", "entry_actor_id", "task_assignee_id", "task_closed_by_id", "undo_by_id")


def up(_migrator: Any, db: Any) -> None:
    """Whose task it is, is asked of the worklist's index, which has the open ones.

    Since when it is theirs was stored with an offset, where instants have none (SQLite keeps what it is given).
    """
    for name in GONE:
        db.execute_sql(f'DROP INDEX IF EXISTS "{name}"')
    db.execute_sql("DROP INDEX IF EXISTS worklist_presented")
    db.execute_sql(
        "CREATE INDEX worklist_presented ON task (side, presentation, (COALESCE(due_on, '9999-12-31')), id) "
        "WHERE state = 'open' AND presentation <> ''"
    )
    if not isinstance(db, PostgresqlDatabase):
        db.execute_sql("UPDATE task SET held_since = replace(held_since, '+00:00', '') WHERE held_since LIKE '%+00:00'")
