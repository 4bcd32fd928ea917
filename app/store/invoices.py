"""Invoices and their payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from peewee import fn

from app.states import EntryKind, InvoiceState
from app.store import search, statements
from app.store.composed import Composed
from app.store.models import (
    Case,
    Entry,
    Invoice,
    Payment,
)
from app.text.fold import words


def of_case(case: int) -> list[Invoice]:
    """The case's invoices, newest first."""
    return statements.rows(Invoice, "case_id = ?", case, order="id DESC")


def latest(case: int, fee: str) -> Invoice | None:
    """The newest invoice for this fee."""
    rows = (row for row in of_case(case) if row.fee == fee and row.state != InvoiceState.CANCELLED)
    return next(rows, None)


def of_origin(origin: str) -> Invoice | None:
    """The invoice that this engine task raised."""
    return Invoice.get_or_none(Invoice.origin == origin)


def payments(invoice: int) -> list[Payment]:
    """What came in for an invoice."""
    return list(Payment.select().where(Payment.invoice == invoice).order_by(Payment.id))


_payments_of = Composed[Payment](lambda ids: Payment.select().where(Payment.invoice.in_(ids)).order_by(Payment.id))


def payments_of(invoices: Sequence[int]) -> dict[int, list[Payment]]:
    """What came in for several invoices, by their row ids: each of them is there."""
    found: dict[int, list[Payment]] = {each: [] for each in invoices}
    for row in _payments_of.rows(list(invoices)) if invoices else ():
        found[row.invoice_id].append(row)
    return found


def count(case: int) -> int:
    """How many invoices a case has."""
    return int(Invoice.select(fn.COUNT(Invoice.id)).where(Invoice.case == case).scalar() or 0)


def open_ones() -> list[Invoice]:
    """Every invoice that waits for money, oldest due first."""
    return list(
        Invoice.select(Invoice, Case).join(Case).where(Invoice.state == InvoiceState.OPEN).order_by(Invoice.due_on)
    )


def one(number: str) -> Invoice | None:
    """The invoice of this number."""
    return Invoice.select(Invoice, Case).join(Case).where(Invoice.number == number).first()


def in_state(
    state: InvoiceState,
    text: str = "",
    limit: int | None = 500,
    *,
    by: str = "due",
    first: date | None = None,
    last: date | None = None,
) -> list[Invoice]:
    """Invoices in a state, the first due on top, which have every word of the text in their number or their case.
    `by`: due | issued | paid: the day that is from `first` to `last`."""
    query = Invoice.select(Invoice, Case).join(Case).where(Invoice.state == state)
    if first is not None or last is not None:
        query = query.where(_within(by, first or date.min, last or date.max))
    for each in words(text):
        numbered = fn.REPLACE(fn.LOWER(Invoice.number), "-", "").contains(each)
        # A word of an invoice's number means that one, not whatever its case owes besides.
        said = numbered if Invoice.select().where(numbered).exists() else search.said_of_case(each)
        query = query.where(said)
    order = (Invoice.due_on, Invoice.id) if state == InvoiceState.OPEN else (Invoice.id.desc(),)
    return list(query.order_by(*order).limit(limit))


def _within(by: str, first: date, last: date) -> Any:
    if by != "paid":
        return (Invoice.issued_on if by == "issued" else Invoice.due_on).between(first, last)
    counts = Payment.undone_at.is_null() & Payment.paid_on.between(first, last)
    return Invoice.id.in_(Payment.select(Payment.invoice).where(counts))


def last_paid(ids: Sequence[int]) -> dict[int, date]:
    """The last day on which money came in for each of these invoices."""
    found: dict[int, date] = {}
    for at in range(0, len(ids), 500):  # a statement takes so many values
        some = Payment.invoice.in_(list(ids[at : at + 500])) & Payment.undone_at.is_null()
        for row in Payment.select(Payment.invoice, Payment.paid_on).where(some).order_by(Payment.paid_on):
            found[row.invoice_id] = row.paid_on
    return found


def owed(today: date) -> tuple[int, int]:
    """(invoices that are overdue, yen that are open)."""
    waiting = Invoice.state == InvoiceState.OPEN
    yen = Invoice.select(fn.SUM(Invoice.total - Invoice.paid)).where(waiting).scalar()
    return Invoice.select().where(waiting & (Invoice.due_on < today)).count(), int(yen or 0)


def latest_of(cases: Sequence[int]) -> dict[tuple[int, str], int]:
    """The newest invoice (row id) of each case and fee that is not cancelled."""
    if not cases:
        return {}
    rows: Any = (
        Invoice.select(Invoice.case, Invoice.fee, fn.MAX(Invoice.id))
        .where(Invoice.case.in_(list(cases)) & (Invoice.state != InvoiceState.CANCELLED))
        .group_by(Invoice.case, Invoice.fee)
    )
    return {(case, fee): newest for case, fee, newest in rows.tuples()}


def issued_between(first: date, last: date) -> list[Invoice]:
    """Invoices of these days with their cases, the oldest first."""
    days = (Invoice.issued_on >= first) & (Invoice.issued_on <= last)
    return list(Invoice.select(Invoice, Case).join(Case).where(days).order_by(Invoice.issued_on, Invoice.id))


def cancelled_from(moment: datetime, first: date) -> list[tuple[Invoice, datetime | None]]:
    """Invoices that may have been cancelled since this moment, or were issued since this day and cancelled, with their
    cases and when they were cancelled: by the end of their case, as far as its history still says it."""
    since = (Case.changed_at >= moment) | (Invoice.issued_on >= first)
    found = list(
        Invoice.select(Invoice, Case)
        .join(Case)
        .where((Invoice.state == InvoiceState.CANCELLED) & since)
        .order_by(Invoice.issued_on, Invoice.id)
    )
    ended: dict[int, list[Entry]] = {}
    ids = list({row.case_id for row in found})
    for at in range(0, len(ids), 500):  # a statement takes so many values
        some = Entry.case.in_(ids[at : at + 500]) & (Entry.kind == EntryKind.WITHDRAWAL)
        for entry in Entry.select().where(some).order_by(Entry.at, Entry.id):
            ended.setdefault(entry.case_id, []).append(entry)
    return [(row, _cancelled(row, ended.get(row.case_id, ()))) for row in found]


def _cancelled(invoice: Invoice, entries: Sequence[Entry]) -> datetime | None:
    """The moment: of the end that names it, else of the first since the case was last opened again."""
    found = None
    for entry in entries:
        if entry.text == "reopened":
            found = None
        elif found is None or invoice.number in (entry.data or {}).get("invoices", ()):
            found = entry.at
    return found


def counts() -> dict[InvoiceState, int]:
    """How many invoices are in each state."""
    rows: Any = Invoice.select(Invoice.state, fn.COUNT(Invoice.id)).group_by(Invoice.state)
    return dict(rows.tuples())
