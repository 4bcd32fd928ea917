"""Files of the bank and their lines."""

from __future__ import annotations

from typing import Any

from app.states import LineState
from app.store.database import locked
from app.store.models import BankFile, BankLine, Case, Invoice


def by_digest(digest: str) -> BankFile | None:
    """The file of these bytes, if it was read before."""
    return BankFile.get_or_none(BankFile.digest == digest)


def add_file(**values: Any) -> BankFile:
    """Keep a file's facts."""
    return BankFile.create(**values)


def add_line(**values: Any) -> bool:
    """Keep a line; false when the same receipt came with another file."""
    return bool(BankLine.insert(**values).on_conflict_ignore().as_rowcount().execute())


def waiting() -> list[BankLine]:
    """The lines that nobody has settled, oldest first."""
    return list(
        BankLine.select(BankLine, BankFile)
        .join(BankFile)
        .where(BankLine.state == LineState.NEW)
        .order_by(BankLine.day, BankLine.id)
    )


def line(line_id: int, *, lock: bool = False) -> BankLine | None:
    """The line of this row id."""
    query = BankLine.select().where(BankLine.id == line_id)
    return (locked(query) if lock else query).first()


def files(limit: int = 20) -> list[BankFile]:
    """The files that were read, newest first."""
    return list(BankFile.select().order_by(BankFile.id.desc()).limit(limit))


def settled(limit: int = 20) -> list[BankLine]:
    """The lines that were settled last."""
    return list(
        BankLine.select(BankLine, Invoice, Case)
        .join(Invoice, on=(BankLine.invoice == Invoice.id))
        .join(Case)
        .where(BankLine.state == LineState.CONFIRMED)
        .order_by(BankLine.settled_at.desc())
        .limit(limit)
    )
