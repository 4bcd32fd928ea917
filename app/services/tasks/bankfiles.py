"""Files of the bank: read, kept line by line, remembered by their layout, and taken back while nothing came of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from app.errors import NotFound, Refused
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.money import bankcsv, zengin
from app.services.money.bankcsv import Table
from app.services.money.bankfile import LeftOut, Statement
from app.services.money.headings import Columns
from app.states import BankFileKind, ChangeKind, LineState, Right
from app.store import bank, changes, database

PREVIEWED = 3  # receipts that are shown before a file is read


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of reading a file."""

    kind: BankFileKind
    new: int
    known: int  # lines that came with another file before
    left_out: int  # lines that are no receipts
    again: bool  # these very bytes were read before


@dataclass(frozen=True, slots=True)
class Remembered:
    """Columns that a person named for the same headings before."""

    columns: Columns
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FileView:
    """A file that was read. `kept`: its receipts by their state."""

    id: int
    filename: str
    account: str
    at: datetime
    by: str
    kept: dict[LineState, int]
    left_out: tuple[LeftOut, ...]

    @property
    def lines(self) -> int:
        """Receipts that came with it first."""
        return sum(self.kept.values())

    @property
    def removable(self) -> bool:
        """Whether nothing of it is confirmed."""
        return not self.kept.get(LineState.CONFIRMED)


def read(portal: Portal, content: bytes) -> Statement | Table:
    """What the file says; for a CSV a table, of which a person says (or has said) which column is which."""
    if not content.strip():
        raise Refused("The file is empty")
    if zengin.is_zengin(content):
        return zengin.read(content, portal.today())
    return bankcsv.table(content)


def remembered(table: Table) -> Remembered | None:
    """What was named for a file with these headings before, wherever in the file they stand."""
    keys = {table.key(skip): skip for skip in range(min(len(table.rows), 40), -1, -1)}
    with database.connection():
        row = bank.layout(list(keys))
    if row is None:
        return None
    known = {each.name for each in fields(Columns)}
    said = {name: value for name, value in row.columns.items() if name in known}
    return Remembered(Columns(**{**said, "skip": keys[row.key]}), row.by_name, row.at)


def keep(
    portal: Portal,
    filename: str,
    content: bytes,
    statement: Statement,
    actor: Actor,
    layout: tuple[Table, Columns] | None = None,
) -> Imported:
    """Store the file's lines. A line that came before, with this or another file, is not stored again."""
    digest, now = sha256(content).hexdigest(), portal.now()
    with database.transaction():
        permit.may_work(portal, actor, "confirms")
        database.lock_name("bank")
        known = bank.by_digest(digest)
        file = known or bank.add_file(
            digest=digest,
            filename=filename[:255],
            kind=statement.kind,
            account=statement.account[:120],
            count=len(statement.receipts),
            at=now,
            by_name=actor.name,
            left_out=[[each.number, each.why, dict(each.params), each.text] for each in statement.left_out],
        )
        if layout is not None:
            table, columns = layout
            bank.keep_layout(
                table.key(columns.skip), list(table.headings(columns.skip)), columns.by_name(), now, actor.name
            )
        new = sum(
            bank.add_line(
                file=file,
                number=each.number,
                key=each.key,
                day=each.day,
                amount=each.amount,
                payer=each.payer[:120],
                text=each.text,
                cancelled=each.cancelled,
            )
            for each in statement.receipts
        )
        return Imported(statement.kind, new, len(statement.receipts) - new, len(statement.left_out), known is not None)


def listed(actor: Actor) -> list[FileView]:
    """The files that were read last, newest first."""
    actor.require(Right.SEE_DESKS)
    with database.connection():
        rows = bank.files()
        kept = bank.counts([row.id for row in rows])
        return [
            FileView(
                row.id, row.filename, row.account, row.at, row.by_name, kept.get(row.id, {}),
                tuple(_left_out(each) for each in row.left_out),
            )
            for row in rows
        ]  # fmt: skip


def _left_out(said: Any) -> LeftOut:
    number, why, params, text = said
    return LeftOut(number, why, params, text)


def take_back(portal: Portal, file_id: int, actor: Actor) -> int:
    """Remove a file and its lines, as if it had not been read; gives how many lines. What was done is on record.

    Raises NotFound, and Refused when a line of it was confirmed.
    """
    with database.transaction():
        permit.may_work(portal, actor, "confirms")
        database.lock_name("bank")
        file = bank.file(file_id)
        if file is None:
            raise NotFound("This file no longer exists")
        kept = bank.counts([file.id]).get(file.id, {})
        if kept.get(LineState.CONFIRMED):
            raise Refused("A receipt in this file has been confirmed; undo that first")
        changes.add(
            portal.now(), actor.user_id, actor.name, ChangeKind.BANK, file.filename, "taken back",
            f"{sum(kept.values())}", "",
        )  # fmt: skip
        bank.remove(file)
        return sum(kept.values())
