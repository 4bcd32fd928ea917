"""Money written down for an invoice: what came in, a charge that the body bears, what is beyond it, what is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.errors import Refused
from app.services.base import history
from app.services.base.actors import Actor
from app.services.base.releases import Loaded, settings_of
from app.services.money import payers
from app.states import EntryKind, InvoiceState, LineState, PaymentKind, SurplusState
from app.store import bank
from app.store import receiving as rows
from app.store.models import BankLine, Case, Invoice, Payment


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what settles an invoice; yen. `line`: the row of the bank's receipt with which it came."""

    amount: int
    paid_on: date
    payer: str
    line: int | None = None
    kind: PaymentKind = PaymentKind.RECEIVED
    note: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """All that is confirmed at once for one invoice; yen. `charge`: taken off by the bank, and borne by the body;
    `over`: beyond what was owed, with what becomes of it."""

    parts: tuple[Part, ...]
    charge: int = 0
    over: int = 0
    becomes: SurplusState = SurplusState.OPEN
    day: date | None = None  # of the refund
    note: str = ""

    @property
    def amount(self) -> int:
        """What came in for the invoice."""
        return sum(each.amount for each in self.parts)


def bearable(loaded: Loaded) -> int:
    """Up to how many yen of the bank's charge the body bears when a payment is short by it; 0: none."""
    value = settings_of(loaded.package).get("bank", {}).get("charges_up_to")
    return value if isinstance(value, int) and value > 0 else 0


def require_bearable(loaded: Loaded, yen: int) -> None:
    """Refused when the body does not bear that much."""
    limit = bearable(loaded)
    if yen > limit:
        facts = {"limit": f"{limit:,}", "yen": f"{yen:,}"}
        raise Refused("The certifying body bears bank charges of up to %(limit)s yen; this is %(yen)s yen", **facts)


def record(case: Case, invoice: Invoice, received: Received, actor: Actor, now: datetime) -> list[Payment]:
    """Write it down: payments, the receipts that they came with, and what is beyond. Inside a transaction."""
    parts = [each for each in received.parts if each.amount > 0]
    if received.charge:
        last = received.parts[-1]
        parts.append(Part(received.charge, last.paid_on, last.payer, kind=PaymentKind.CHARGE))
    made = []
    for part in parts:
        payment = Payment.create(
            invoice=invoice, amount=part.amount, paid_on=part.paid_on, payer=part.payer[:200], note=part.note, at=now,
            by_name=actor.name, kind=part.kind,
        )  # fmt: skip
        made.append(payment)
        line = bank.line(part.line, lock=True) if part.line is not None else _along(part, received.over)
        if line is not None:
            rows.allocate(payment, line)
            settle(line, LineState.CONFIRMED, now, actor, invoice)
    if received.over:
        rows.add_surplus(
            case=case, invoice=invoice, payment=made[-1] if made else None, amount=received.over,
            state=received.becomes, at=now, by_name=actor.name, day=received.day, note=received.note,
            settled_at=None if received.becomes is SurplusState.OPEN else now,
            settled_by="" if received.becomes is SurplusState.OPEN else actor.name,
        )  # fmt: skip
    count(invoice)
    history.note(
        case.id, now, EntryKind.PAYMENT, by=actor, title=invoice.title,
        data={
            "number": invoice.number, "amount": received.amount + received.over,
            "balance": invoice.total - invoice.paid - received.over,
        },
    )  # fmt: skip
    return made


def _along(part: Part, over: int) -> BankLine | None:
    """The receipt of the bank that can only be this payment: the same day and amount, and a payer of the same name."""
    if part.kind is not PaymentKind.RECEIVED:
        return None
    found = [each for each in bank.alike(part.paid_on, part.amount + over) if payers.same(each.payer, part.payer)]
    return found[0] if len(found) == 1 else None


def settle(line: BankLine, state: LineState, now: datetime, actor: Actor, invoice: Invoice | None = None) -> None:
    """A receipt is no longer one that waits."""
    line.state, line.settled_at, line.settled_by = state, now, actor.name
    line.invoice = invoice
    line.save()


def count(invoice: Invoice) -> None:
    """What has been paid of an invoice, by the payments that count."""
    invoice.paid = rows.paid(invoice.id)
    if invoice.state != InvoiceState.CANCELLED:
        invoice.state = InvoiceState.PAID if invoice.paid >= invoice.total else InvoiceState.OPEN
    invoice.save()


def undo(payments: Sequence[Payment], why: str, actor: Actor, now: datetime) -> None:
    """These count no more, and stay on record; the receipts that they came with wait again.

    Raises Refused where money beyond them was given back or used already.
    """
    for payment in payments:
        for surplus in rows.surpluses_with(payment.id):
            if surplus.state in {SurplusState.REFUNDED, SurplusState.MOVED}:
                yen = f"{surplus.amount:,}"
                raise Refused("%(yen)s yen in excess were refunded or used for another invoice", yen=yen)
            surplus.state, surplus.settled_at, surplus.settled_by = SurplusState.UNDONE, now, actor.name
            surplus.save()
        payment.undone_at, payment.undone_by, payment.undone_why = now, actor.name, why
        payment.save()
        for surplus in rows.surpluses_used_by(payment.id):  # credit that it used is credit again
            surplus.state, surplus.moved_to, surplus.day = SurplusState.KEPT, None, None
            surplus.save()
        for line in rows.lines_of(payment.id):
            if line.state == LineState.CONFIRMED:
                line.state, line.invoice, line.settled_at, line.settled_by = LineState.NEW, None, None, ""
                line.save()
