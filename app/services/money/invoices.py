"""What cases have to pay: claims, and the payments that settle them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from app.catalogue import Package
from app.errors import Permanent, Refused
from app.services.base import businessdays, finding, history
from app.services.base.actors import Actor
from app.services.base.releases import Loaded, settings_of
from app.services.money import receiving
from app.services.money.receiving import Part, Received
from app.states import EntryKind, InvoiceState
from app.store import cases, invoices
from app.store.models import Case, Invoice


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
    bank: Mapping[str, Any]  # the account that it was issued with, as the setting `bank` said it; empty: of today


def view(row: Invoice) -> InvoiceView:
    """What pages know of the claim."""
    return InvoiceView(
        number=row.number,
        title=row.title,
        fee=row.fee,
        issued_on=row.issued_on,
        due_on=row.due_on,
        amount=row.amount,
        tax_rate=row.tax_rate,
        tax=row.tax,
        total=row.total,
        paid=row.paid,
        balance=row.total - row.paid,
        state=row.state,
        bank=row.account.get("bank", {}),
    )


def facts(row: Invoice) -> dict[str, Any]:
    """What templates may say of a claim; its account they call as the setting."""
    found = asdict(view(row))
    del found["bank"]
    return found


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
        account=_issued_with(loaded),
    )
    finding.keep(case, loaded)
    history.note(case.id, now, EntryKind.INVOICE, title=spec.title, data={"number": number, "total": amount + tax})


def _issued_with(loaded: Loaded) -> dict[str, Any]:
    """Who claims, and to which account, as of now: an invoice says for ever what it said on its first day."""
    settings = settings_of(loaded.package)
    return {name: settings[name] for name in ("bank", "body") if name in settings}


def issued(case: Case, loaded: Loaded, document: str) -> dict[str, Any]:
    """For a fee's invoice as a paper: who issued it and the account, as they were on its first day."""
    fee = next((each.id for each in loaded.package.fees.values() if each.document == document), "")
    row = invoices.latest(case.id, fee) if fee else None
    return dict(row.account) if row is not None else {}


def charged(package: Package, fee: str, data: Mapping[str, Any]) -> tuple[int, int, int]:
    """(yen before tax, tax rate in percent, tax in yen) of a fee for these routing values. Raises Refused."""
    table = package.fees[fee].decision
    decided = package.decisions[table].decide({**data, "fee": fee, "settings": settings_of(package)})
    if "amount" not in decided or decided["amount"] is None:
        raise Refused("The decision table %(table)s gives no amount for %(fee)s", table=table, fee=fee)
    amount, rate = int(decided["amount"]), int(decided.get("tax_rate") or 0)
    # One rounding for each rate and invoice, down (適格請求書; 消費税法施行令 第70条の10).
    return amount, rate, int((Decimal(amount) * rate / 100).quantize(Decimal(1), ROUND_DOWN))


def expected(case: Case, fee: str) -> InvoiceView | None:
    """The claim that a payment for this fee settles."""
    row = invoices.latest(case.id, fee)
    return view(row) if row else None


def confirm(
    case: Case,
    loaded: Loaded,
    fee: str,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    received: Received | None = None,
) -> dict[str, Any]:
    """Write a payment that an operator confirms; gives the routing value `payment`: settled or short.

    `received`: where the money is known from the bank; else it is what the form's fields say: `amount`, `paid_on`,
    `payer`, `note`, and `charge` (the rest is the bank's charge, which the body bears). Raises Refused.
    """
    invoice = invoices.latest(case.id, fee)
    if invoice is None:
        raise Permanent("There is no open invoice that this payment could settle")
    if received is None:
        received = _typed(invoice, loaded, values, now)
    receiving.record(case, invoice, received, actor, now)
    return {"payment": "settled" if invoice.state == InvoiceState.PAID else "short"}


def _typed(invoice: Invoice, loaded: Loaded, values: Mapping[str, Any], now: datetime) -> Received:
    """What the form says: no more than is owed settles the invoice, the rest is money beyond it."""
    amount, owed = int(values.get("amount") or 0), max(0, invoice.total - invoice.paid)
    paid_on = date.fromisoformat(str(values["paid_on"])) if values.get("paid_on") else businessdays.today(now)
    part = Part(min(amount, owed), paid_on, str(values.get("payer") or ""), note=str(values.get("note") or ""))
    charge = max(0, owed - amount) if values.get("charge") else 0
    if charge:
        receiving.require_bearable(loaded, charge)
    return Received((part,), charge=charge, over=max(0, amount - owed))


def difference(case: Case, fee: str, values: Mapping[str, Any]) -> int | None:
    """Yen by which the amount differs from what is still owed: negative is too little; none when it fits."""
    owed = expected(case, fee)
    if owed is None or not str(values.get("amount", "")).lstrip("-").isdigit():
        return None
    return (int(values["amount"]) - owed.balance) or None
