"""The sealed letters of key files."""

from __future__ import annotations

from app.states import Audience
from app.store import statements
from app.store.database import locked
from app.store.models import Case, Document, KeyLetter


def of_task(task: str, issue: int = 0) -> list[KeyLetter]:
    """The two letters of an issue, by number; of the latest issue when none is named."""
    rows = statements.rows(KeyLetter, "task = ?", task, order="issue DESC, number")
    wanted = issue or (rows[0].issue if rows else 0)
    return [row for row in rows if row.issue == wanted]


def one(letter: int) -> KeyLetter | None:
    """The letter of this row id, locked until the transaction ends."""
    return locked(KeyLetter.select().where(KeyLetter.id == letter)).first()


def left_over() -> list[KeyLetter]:
    """Letters of ended cases that are not destroyed."""
    return list(KeyLetter.select(KeyLetter).join(Case).where(KeyLetter.destroyed_at.is_null() & Case.ended))


def destroyed_with_paper() -> list[KeyLetter]:
    """Destroyed letters whose bytes may still lie among the files."""
    return list(KeyLetter.select().where(KeyLetter.destroyed_at.is_null(False) & (KeyLetter.paper != "")))


def paper_is_gone(letter: int) -> None:
    """The bytes of this letter are deleted."""
    KeyLetter.update(paper="").where(KeyLetter.id == letter).execute()


def withdraw_file(case: int, key: str) -> None:
    """A key file that is out of use is shown to the staff alone."""
    Document.update(audience=Audience.OPERATOR).where((Document.case == case) & (Document.key == key)).execute()
