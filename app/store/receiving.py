"""Payments, the bank's receipts that they came with, and money beyond what was owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from peewee import JOIN, fn

from app.states import InvoiceState, PaymentKind, SurplusState
from app.store.composed import Composed
from app.store.database import locked
from app.store.models import Allocation, BankLine, Case, Invoice, Payment, Surplus


def allocate(payment: Payment, line: BankLine) -> None:
    """The payment came with this receipt."""
    Allocation.create(payment=payment, line=line)


def paid(invoice: int) -> int:
    """Yen of an invoice's payments that count."""
    total = Payment.select(fn.SUM(Payment.amount)).where((Payment.invoice == invoice) & Payment.undone_at.is_null())
    return int(total.scalar() or 0)


def counting(invoice: int) -> list[Payment]:
    """An invoice's payments that count, oldest first."""
    return list(Payment.select().where((Payment.invoice == invoice) & Payment.undone_at.is_null()).order_by(Payment.id))


def beside(payments: Sequence[int]) -> list[Payment]:
    """Payments that came with the same receipts as these, and count; these among them."""
    lines = Allocation.select(Allocation.line).where(Allocation.payment.in_(list(payments)))
    with_them = Allocation.select(Allocation.payment).where(Allocation.line.in_(lines))
    wanted = Payment.id.in_(list(payments)) | Payment.id.in_(with_them)
    return list(
        Payment.select(Payment, Invoice, Case)
        .join(Invoice)
        .join(Case)
        .where(wanted & Payment.undone_at.is_null())
        .order_by(Payment.id)
    )


def lines_of(payment: int) -> list[BankLine]:
    """The receipt that a payment came with."""
    mine = Allocation.select(Allocation.line).where(Allocation.payment == payment)
    return list(BankLine.select().where(BankLine.id.in_(mine)))


def shares_of(line: int) -> list[tuple[str, int]]:
    """(number of the invoice, yen of it) of the payments that came with a receipt, and count."""
    mine = Allocation.select(Allocation.payment).where(Allocation.line == line)
    rows: Any = (
        Payment.select(Invoice.number, Payment.amount)
        .join(Invoice)
        .where(Payment.id.in_(mine) & Payment.undone_at.is_null())
        .order_by(Payment.id)
    )
    return list(rows.tuples())


def by_hand(first: date, last: date, amount: int) -> list[Payment]:
    """Payments of these days and this amount that came with no receipt of the bank, and count."""
    known = Allocation.select(Allocation.payment)
    fits = (Payment.paid_on >= first) & (Payment.paid_on <= last) & (Payment.amount == amount)
    plain = Payment.undone_at.is_null() & (Payment.kind == PaymentKind.RECEIVED) & Payment.id.not_in(known)
    return list(Payment.select(Payment, Invoice).join(Invoice).where(fits & plain).order_by(Payment.id))


def undone_among(invoices: Sequence[int]) -> set[int]:
    """Those of the invoices that have a payment which was undone."""
    if not invoices:
        return set()
    undone = Payment.invoice.in_(list(invoices)) & Payment.undone_at.is_null(False)
    rows: Any = Payment.select(Payment.invoice).where(undone).distinct()
    return {invoice for (invoice,) in rows.tuples()}


def reopened() -> list[Invoice]:
    """Open invoices whose payment was undone, the oldest first."""
    return list(Invoice.select(Invoice, Case).join(Case).where(_was_undone()).order_by(Invoice.id))


def _was_undone() -> Any:
    undone = Payment.select().where((Payment.invoice == Invoice.id) & Payment.undone_at.is_null(False))
    return (Invoice.state == InvoiceState.OPEN) & fn.EXISTS(undone)


_reopened_count = Composed[Invoice](lambda: Invoice.select(fn.COUNT(Invoice.id)).where(_was_undone()))


def reopened_count() -> int:
    """How many those are: asked with every worklist."""
    return int(_reopened_count.value())


def last_undone(invoice: int) -> Payment | None:
    """The payment of an invoice that was undone last."""
    undone = (Payment.invoice == invoice) & Payment.undone_at.is_null(False)
    return Payment.select().where(undone).order_by(Payment.undone_at.desc()).first()


def keep_undone(payments: Sequence[dict[str, Any]], surpluses: Sequence[dict[str, Any]]) -> None:
    """Put on record again what a step that was taken back had taken with it."""
    for model, found in ((Payment, payments), (Surplus, surpluses)):
        for values in found:
            if not model.select().where(model.id == values["id"]).exists():
                model.insert(values).execute()


# Money beyond what was owed


def add_surplus(**values: Any) -> Surplus:
    """Store what was paid beyond the claim."""
    return Surplus.create(**values)


def surplus(surplus_id: int) -> Surplus | None:
    """The row, which nobody else changes meanwhile."""
    return locked(Surplus.select().where(Surplus.id == surplus_id)).first()


def surpluses(*states: SurplusState, limit: int = 200) -> list[Surplus]:
    """Those in one of these states, newest first, with case and invoice."""
    return list(
        Surplus.select(Surplus, Invoice, Case)
        .join(Invoice, on=(Surplus.invoice == Invoice.id))
        .join(Case)
        .where(Surplus.state.in_(states))
        .order_by(Surplus.id.desc())
        .limit(limit)
    )


def surpluses_of(case: int) -> list[Surplus]:
    """The case's, oldest first."""
    return list(Surplus.select().where(Surplus.case == case).order_by(Surplus.id))


def surpluses_with(payment: int) -> list[Surplus]:
    """Those that came in with a payment, and are not undone."""
    return list(Surplus.select().where((Surplus.payment == payment) & (Surplus.state != SurplusState.UNDONE)))


def surpluses_used_by(payment: int) -> list[Surplus]:
    """The credit that a payment used."""
    row = Payment.get_by_id(payment)
    used = (Surplus.moved_to == row.invoice_id) & (Surplus.state == SurplusState.MOVED)
    if row.kind is not PaymentKind.CREDIT:
        return []
    return list(Surplus.select().where(used & (Surplus.amount == row.amount)).order_by(Surplus.id.desc()).limit(1))


# What goes to the ledger


def between(first: date, last: date, begins: datetime, ends: datetime) -> list[Payment]:
    """Payments of these days, and those that were undone within these moments, with invoice and case."""
    days = (Payment.paid_on >= first) & (Payment.paid_on <= last)
    undone = (Payment.undone_at >= begins) & (Payment.undone_at < ends)
    return list(
        Payment.select(Payment, Invoice, Case)
        .join(Invoice)
        .join(Case)
        .where(days | undone)
        .order_by(Payment.paid_on, Payment.id)
    )


def beyond_between(first: date, last: date, begins: datetime, ends: datetime) -> list[Surplus]:
    """Money beyond what was owed that came in, went back, was used or undone within these days; `came`: its payment."""
    came = Payment.alias()
    there = (came.paid_on >= first) & (came.paid_on <= last)
    without = came.id.is_null() & (Surplus.at >= begins) & (Surplus.at < ends)
    settled = (Surplus.day >= first) & (Surplus.day <= last)
    undone = (Surplus.settled_at >= begins) & (Surplus.settled_at < ends)
    return list(
        Surplus.select(Surplus, Invoice, Case, came)
        .join(Invoice, on=(Surplus.invoice == Invoice.id))
        .join(Case)
        .switch(Surplus)
        .join(came, JOIN.LEFT_OUTER, on=(Surplus.payment == came.id), attr="came")
        .where(there | without | settled | undone)
        .order_by(Surplus.id)
    )
