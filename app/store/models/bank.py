"""What the bank says came in: files that were read, and their lines."""

from __future__ import annotations

from peewee import BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from app.states import LINE_MOVES, BankFileKind, LineState
from app.store.database import Row
from app.store.fields import FileNameField, JsonField, UtcField
from app.store.models.records import Invoice, Payment
from app.store.words import WordField


class BankFile(Row):
    """A file of the bank that was read; the same bytes are read once."""

    digest = CharField(max_length=64, unique=True)
    filename = FileNameField(max_length=255)
    kind = WordField(BankFileKind, max_length=12)
    account = CharField(max_length=120, default="")
    count = IntegerField()
    at = UtcField()
    by_name = CharField(max_length=120, default="")
    left_out = JsonField(default=list)  # [number of the line, why, its facts, its text] of each that is no receipt


class BankLayout(Row):
    """Which column of a bank's CSV says what, as a person said it: known again by the file's headings."""

    key = CharField(max_length=64, unique=True)
    headings = JsonField(default=list)
    columns = JsonField(default=dict)
    at = UtcField()
    by_name = CharField(max_length=120, default="")


class BankLine(Row):
    """One receipt. `key` tells the same receipt in two overlapping files; nothing is confirmed by itself."""

    file = ForeignKeyField(BankFile, backref="lines", on_delete="CASCADE")
    file_id: int
    number = IntegerField()  # of the line in its file
    key = CharField(max_length=64, unique=True)
    day = DateField()
    amount = IntegerField()
    payer = CharField(max_length=120, default="")
    text = TextField(default="")
    cancelled = BooleanField(default=False)  # the bank took it back
    state = WordField(LineState, moves=LINE_MOVES, max_length=10, default=LineState.NEW)
    invoice = ForeignKeyField(Invoice, null=True)
    invoice_id: int | None
    settled_at = UtcField(null=True)
    settled_by = CharField(max_length=120, default="")

    class Meta:
        indexes = ((("state", "settled_at"), False),)


class Allocation(Row):
    """Which receipt of the bank a payment came with: one receipt may settle several invoices, several one."""

    payment = ForeignKeyField(Payment, backref="allocations", unique=True, on_delete="CASCADE")
    payment_id: int
    line = ForeignKeyField(BankLine, backref="allocations", on_delete="CASCADE")
    line_id: int
