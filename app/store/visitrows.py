"""How often a case entered, completed and left each element of its diagrams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from peewee import SQL

from app.store import statements
from app.store.database import proxy
from app.store.models import Visit

STANDING = "entered > completed + cancelled"  # as `Visit.stands` says it of a row


def visited(case: int, counts: Mapping[tuple[str, str], Sequence[int]], at: datetime) -> None:
    """Add (element, process) → entered, completed, cancelled: one statement, whatever is there already."""
    if not counts:
        return
    stamp = Visit.last_at.db_value(at)
    rows = sorted(counts.items())  # of two who add to the same places, none waits for what the other holds
    values = [each for place, added in rows for each in (case, *place, *added, stamp, stamp)]
    proxy.obj.execute_sql(_adding(len(rows), proxy.obj.param), values)


@lru_cache(maxsize=64)
def _adding(count: int, mark: str) -> str:
    """The statement for so many places."""
    places = ", ".join([f"({', '.join([mark] * 8)})"] * count)
    return (
        "INSERT INTO visit (case_id, element, process, entered, completed, cancelled, first_at, last_at) "  # noqa: S608 - marks only
        f"VALUES {places} ON CONFLICT (case_id, element, process) DO UPDATE "
        "SET entered = visit.entered + excluded.entered, "
        "completed = visit.completed + excluded.completed, "
        "cancelled = visit.cancelled + excluded.cancelled, last_at = excluded.last_at"
    )


def leave_elements(case: int, at: datetime) -> None:
    """No token stands anywhere any more."""
    Visit.update(cancelled=Visit.entered - Visit.completed, last_at=at).where(
        Visit.case == case, SQL(STANDING)
    ).execute()


def visits(case: int) -> list[Visit]:
    """The path so far."""
    return statements.rows(Visit, "case_id = ?", case)


def standing(case: int) -> list[str]:
    """The elements on which a token stands."""
    return [row.element for row in statements.rows(Visit, f"case_id = ? AND {STANDING}", case)]


def completed_count(case: int, element: str) -> int:
    """How often the element completed in this case."""
    rows = Visit.select().where((Visit.case == case) & (Visit.element == element))
    return sum(row.completed for row in rows)
