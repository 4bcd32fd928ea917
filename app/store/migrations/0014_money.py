"""Payments know their receipt and can be undone; surplus money, invoices' accounts and columns are kept."""

from __future__ import annotations

from typing import Any

from peewee import CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


class Named(Model):
    """Tables are called as the models of the portal call theirs."""

    class Meta:
        legacy_table_names = False


class Case(Named):
    """As far as this step refers to it."""


class Invoice(Named):
    """As far as this step refers to it."""


class Payment(Named):
    """As far as this step refers to it."""


class BankLine(Named):
    """As far as this step refers to it."""


class Surplus(Named):
    """As it is made by this step."""

    case = ForeignKeyField(Case, on_delete="CASCADE")
    invoice = ForeignKeyField(Invoice, backref="surpluses", on_delete="CASCADE")
    payment = ForeignKeyField(Payment, null=True, on_delete="SET NULL")
    amount = IntegerField()
    state = CharField(max_length=10, default="open", index=True)
    at = DateTimeField()
    by_name = CharField(max_length=120, default="")
    moved_to = ForeignKeyField(Invoice, null=True, backref="credits")
    day = DateField(null=True)
    note = TextField(default="")
    settled_at = DateTimeField(null=True)
    settled_by = CharField(max_length=120, default="")


class BankLayout(Named):
    """As it is made by this step."""

    key = CharField(max_length=64, unique=True)
    headings = TextField(default="[]")
    columns = TextField(default="{}")
    at = DateTimeField()
    by_name = CharField(max_length=120, default="")


class Allocation(Named):
    """As it is made by this step."""

    payment = ForeignKeyField(Payment, unique=True, on_delete="CASCADE")
    line = ForeignKeyField(BankLine, on_delete="CASCADE")


COLUMNS = (
    """"invoice" ADD COLUMN "account" TEXT NOT NULL DEFAULT '{}'""",
    """"payment" ADD COLUMN "kind" VARCHAR(10) NOT NULL DEFAULT 'received'""",
    """"payment" ADD COLUMN "undone_by" VARCHAR(120) NOT NULL DEFAULT ''""",
    """"payment" ADD COLUMN "undone_why" TEXT NOT NULL DEFAULT ''""",
    """"bank_file" ADD COLUMN "left_out" TEXT NOT NULL DEFAULT '[]'""",
)


def up(migrator: Any, db: Any) -> None:
    """Defaults in the statement: neither database copies a table, whose triggers stay."""
    for each in COLUMNS:
        db.execute_sql(f"ALTER TABLE {each}")
    migrator.migrate(migrator.add_column("payment", "undone_at", DateTimeField(null=True)))
    tables = [Surplus, BankLayout, Allocation]
    with db.bind_ctx([Case, Invoice, Payment, BankLine, *tables], bind_refs=False, bind_backrefs=False):
        db.create_tables(tables, safe=False)
