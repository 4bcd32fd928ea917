"""What lists that show whole tasks read for all of them at once.

A use case that is made for one task asks what it needs of that one; a list of a hundred would ask a hundred times. Here
the same is read for all of them; each then finds its part (`database.reading_once`).
"""

from __future__ import annotations

from collections.abc import Sequence

from app.store import cases, jobrows, statements, work
from app.store.models import (
    Answer,
    Booking,
    Card,
    Clock,
    Comment,
    Document,
    Draft,
    Invoice,
    Job,
    KeyLetter,
    Opening,
    Secret,
    Task,
)


def tasks(rows: Sequence[Task]) -> None:
    """Everything that a task's page reads of these tasks and of their cases."""
    ids, of_cases = [row.id for row in rows], [row.case_id for row in rows]
    work.tasks_with_cases_ahead(ids)
    cases.ahead(of_cases)
    statements.ahead(Draft, "task_id = ?", "task_id", ids)
    statements.ahead(KeyLetter, "task = ?", "task", ids, "issue DESC, number")
    statements.ahead(Card, "origin = ?", "origin", ids, "serial")
    statements.ahead(Card, "case_id = ?", "case_id", of_cases, "serial")
    statements.ahead(Answer, "case_id = ?", "case_id", of_cases, "at, id")
    statements.ahead(Booking, "case_id = ?", "case_id", of_cases, "id DESC")
    statements.ahead(Clock, "case_id = ?", "case_id", of_cases, "id")
    statements.ahead(Comment, "case_id = ?", "case_id", of_cases, "id")
    statements.ahead(Document, "case_id = ?", "case_id", of_cases, "created_at DESC, version DESC")
    statements.ahead(Invoice, "case_id = ?", "case_id", of_cases, "id")
    statements.ahead(Job, jobrows.IS_TO_DO, "case_id", of_cases)
    statements.ahead(Opening, "case_id = ?", "case_id", of_cases, "id")
    statements.ahead(Secret, "case_id = ?", "case_id", of_cases, "id")
