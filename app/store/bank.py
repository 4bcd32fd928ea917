"""Files of the bank and their lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from peewee import JOIN, fn

from app.states import LineState
from app.store.database import locked
from app.store.models import BankFile, BankLayout, BankLine, Case, Invoice


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


def alike(day: date, amount: int) -> list[BankLine]:
    """Waiting receipts of this day and amount."""
    fits = (BankLine.day == day) & (BankLine.amount == amount) & (BankLine.state == LineState.NEW)
    return list(BankLine.select().where(fits & ~BankLine.cancelled))


def among(days: tuple[date, date], amount: int) -> list[BankLine]:
    """Receipts of these days and this amount, however they stand."""
    first, last = days
    fits = (BankLine.day >= first) & (BankLine.day <= last) & (BankLine.amount == amount)
    return list(BankLine.select(BankLine, Invoice).join(Invoice, JOIN.LEFT_OUTER).where(fits).order_by(BankLine.id))


def line(line_id: int, *, lock: bool = False) -> BankLine | None:
    """The line of this row id."""
    query = BankLine.select().where(BankLine.id == line_id)
    return (locked(query) if lock else query).first()


def files(limit: int = 20) -> list[BankFile]:
    """The files that were read, newest first."""
    return list(BankFile.select().order_by(BankFile.id.desc()).limit(limit))


def file(file_id: int) -> BankFile | None:
    """The file of this row id, which nobody else changes meanwhile."""
    return locked(BankFile.select().where(BankFile.id == file_id)).first()


def counts(file_ids: Sequence[int]) -> dict[int, dict[LineState, int]]:
    """How many lines of each file are in each state."""
    found: dict[int, dict[LineState, int]] = {}
    if file_ids:
        rows: Any = (
            BankLine.select(BankLine.file, BankLine.state, fn.COUNT(BankLine.id))
            .where(BankLine.file.in_(list(file_ids)))
            .group_by(BankLine.file, BankLine.state)
        )
        for file_id, state, count in rows.tuples():
            found.setdefault(file_id, {})[state] = count
    return found


def remove(row: BankFile) -> None:
    """Take a file and its lines away."""
    BankLine.delete().where(BankLine.file == row.id).execute()
    row.delete_instance()


def layout(keys: Sequence[str]) -> BankLayout | None:
    """The columns that were named last for one of these layouts."""
    return BankLayout.select().where(BankLayout.key.in_(list(keys))).order_by(BankLayout.at.desc()).first()


def keep_layout(key: str, headings: list[str], columns: dict[str, Any], at: datetime, by: str) -> None:
    """Remember which column is which."""
    values = {"headings": headings, "columns": columns, "at": at, "by_name": by}
    if not BankLayout.update(values).where(BankLayout.key == key).execute():
        BankLayout.create(key=key, **values)


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
