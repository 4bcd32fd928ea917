"""Claims and payments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from app.catalogue import Package
from app.errors import Permanent, Refused
from app.services.base import businessdays, finding, history
from app.services.base.actors import Actor
from app.services.base.releases import Loaded
from app.states import EntryKind, InvoiceState
from app.store import cases, invoices
from app.store.models import Case, Invoice, Payment


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """A claim as templates and pages show it; amounts in yen."""

    number: str
    title: str
    fee: str
    issued_on: date
    due_on: date
    amount: int
    tax_rate: int
    tax: int
    total: int
    paid: int
    balance: int
    state: InvoiceState


def view(row: Invoice) -> InvoiceView:
    """The claim's facts."""
    return InvoiceView(
        row.number,
        row.title,
        row.fee,
        row.issued_on,
        row.due_on,
        row.amount,
        row.tax_rate,
        row.tax,
        row.total,
        row.paid,
        row.total - row.paid,
        row.state,
    )


def raise_invoice(
    case: Case, loaded: Loaded, fee: str, data: Mapping[str, Any], due_on: date, *, origin: str, now: datetime
) -> None:
    """Raise the fee's claim, as its decision table says for the routing values where the token stands."""
    if invoices.of_origin(origin) is not None:
        return
    spec = loaded.package.fees[fee]
    amount, rate, tax = charged(loaded.package, fee, data)
    today = businessdays.today(now)
    number = f"INV-{today:%Y}-{cases.next_number(f'invoice:{today:%Y}'):05d}"
    Invoice.create(
        number=number,
        case=case,
        fee=fee,
        origin=origin,
        title=spec.title,
        amount=amount,
        tax_rate=rate,
        tax=tax,
        total=amount + tax,
        issued_on=today,
        due_on=due_on,
    )
    finding.keep(case, loaded)
    history.note(case.id, now, EntryKind.INVOICE, title=spec.title, data={"number": number, "total": amount + tax})


def charged(package: Package, fee: str, data: Mapping[str, Any]) -> tuple[int, int, int]:
    """(yen before tax, tax rate in percent, tax in yen) of a fee for these routing values. Raises Refused."""
    table = package.fees[fee].decision
    decided = package.decisions[table].decide({**data, "fee": fee})
    if "amount" not in decided or decided["amount"] is None:
        raise Refused("The decision table %(table)s gives no amount for %(fee)s", table=table, fee=fee)
    amount, rate = int(decided["amount"]), int(decided.get("tax_rate") or 0)
    # One rounding for each rate and invoice, down (適格請求書; 消費税法施行令 第70条の10).
    return amount, rate, int((Decimal(amount) * rate / 100).quantize(Decimal(1), ROUND_DOWN))


def expected(case: Case, fee: str) -> InvoiceView | None:
    """The claim that a payment for this fee settles."""
    row = invoices.latest(case.id, fee)
    return view(row) if row else None


def confirm(case: Case, fee: str, values: Mapping[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """Write a payment that an operator confirms; gives the routing value `payment`: settled or short."""
    invoice = invoices.latest(case.id, fee)
    if invoice is None:
        raise Permanent("There is no invoice that this payment could settle")
    amount = int(values.get("amount") or 0)
    paid_on = date.fromisoformat(str(values["paid_on"])) if values.get("paid_on") else businessdays.today(now)
    Payment.create(
        invoice=invoice,
        amount=amount,
        paid_on=paid_on,
        payer=str(values.get("payer") or ""),
        note=str(values.get("note") or ""),
        at=now,
        by_name=actor.name,
    )
    invoice.paid += amount
    settled = invoice.paid >= invoice.total
    invoice.state = InvoiceState.PAID if settled else InvoiceState.OPEN
    invoice.save()
    history.note(
        case.id,
        now,
        EntryKind.PAYMENT,
        by=actor,
        title=invoice.title,
        data={"number": invoice.number, "amount": amount, "balance": invoice.total - invoice.paid},
    )
    return {"payment": "settled" if settled else "short"}


def difference(case: Case, fee: str, values: Mapping[str, Any]) -> int | None:
    """Yen by which the amount differs from what is still owed: negative is too little; none when it fits."""
    owed = expected(case, fee)
    if owed is None or not str(values.get("amount", "")).lstrip("-").isdigit():
        return None
    return (int(values["amount"]) - owed.balance) or None
