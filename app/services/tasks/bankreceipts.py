"""What the bank says came in and nobody has settled yet, laid beside what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.money import matching, payers, receiving
from app.services.money.matching import Claim, Fit, Match, Money, Why
from app.services.tasks import confirming
from app.services.tasks.confirming import Claimed
from app.states import LineState, Right
from app.store import bank, database, invoices
from app.store import receiving as received
from app.store.models import BankLine, Invoice

BACK_WITHIN = timedelta(days=92)  # a bank takes back what came in this long ago at most
KNOWN_WITHIN = timedelta(days=7)  # between the day typed by hand and the bank's


@dataclass(frozen=True, slots=True)
class Beside:
    """Another receipt that this one belongs to: it takes that back, or is taken back by it. `invoice`: that it paid."""

    id: int
    day: date
    amount: int
    payer: str
    state: LineState
    invoice: str


@dataclass(frozen=True, slots=True)
class Line:
    """A receipt of the bank that waits for a person. `paid`: invoice number and row of a payment that was confirmed by
    hand, and may be this receipt."""

    id: int
    day: date
    amount: int
    payer: str
    text: str
    cancelled: bool
    filename: str
    match: Match
    beside: Beside | None = None
    paid: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A receipt that was confirmed. `invoices`: those that it paid, with the yen of it."""

    day: date
    amount: int
    payer: str
    invoices: tuple[tuple[str, int], ...]
    company_name: str
    by: str


@dataclass(frozen=True)
class Inbox:
    """What the bank's files brought and nobody has settled yet, and the invoices that lines can be given to."""

    lines: list[Line]
    claims: dict[str, Claimed]
    settled: list[Settled]


def inbox(portal: Portal, actor: Actor) -> Inbox:
    """The waiting lines, each with what is proposed for it."""
    actor.require(Right.SEE_DESKS)
    with database.connection():
        unpaid = invoices.open_ones()
        claimed = {each.number: each for each in confirming.claimed(portal, unpaid)}
        names = confirming.payer_names(portal, unpaid)
        accounts = {row.number: str(row.account.get("bank", {}).get("number", "")) for row in unpaid}
        owed = [
            Claim(
                each.number, each.case_number, each.balance, (each.reported_payer, *names[each.number]),
                accounts[each.number],
            )
            for each in claimed.values()
        ]  # fmt: skip
        rows = bank.waiting()
        beside = {row.id: _beside(row) for row in rows}
        free = [row for row in rows if beside[row.id] is None and not row.cancelled]
        found = matching.match([Money(row.id, row.amount, row.payer, row.text, row.file.account) for row in free], owed)
        by_id = {each.money.id: each for each in found}
        lines = [
            Line(
                id=row.id,
                day=row.day,
                amount=row.amount,
                payer=row.payer,
                text=row.text,
                cancelled=row.cancelled,
                filename=row.file.filename,
                match=by_id.get(row.id) or _taken_back(row),
                beside=beside[row.id],
                paid=_paid(row),
            )
            for row in rows
        ]
        return Inbox(lines, claimed, [_settled(row, row.invoice) for row in bank.settled() if row.invoice])


def _settled(row: BankLine, invoice: Invoice) -> Settled:
    shares = tuple(received.shares_of(row.id)) or ((invoice.number, row.amount),)
    return Settled(row.day, row.amount, row.payer, shares, invoice.case.company_name, row.settled_by)


def _taken_back(row: BankLine) -> Match:
    why = (
        Why("The bank reversed this receipt") if row.cancelled else Why("The bank reversed it: see the entry beside it")
    )
    return Match(Money(row.id, row.amount, row.payer, row.text), Fit.NOT, (), (why,))


def _beside(row: BankLine) -> Beside | None:
    """The receipt that a reversal takes back, or the reversal of a receipt: the same amount and payer, in time."""
    days = (row.day - BACK_WITHIN, row.day) if row.cancelled else (row.day, row.day + BACK_WITHIN)
    alike = [
        each for each in bank.among(days, row.amount)
        if each.cancelled is not row.cancelled and payers.name_key(each.payer) == payers.name_key(row.payer)
    ]  # fmt: skip
    if not alike:
        return None
    other = alike[-1] if row.cancelled else alike[0]
    if not row.cancelled and not _is_of(other, row):
        return None
    number = other.invoice.number if other.invoice is not None else ""
    return Beside(other.id, other.day, other.amount, other.payer, other.state, number)


def _is_of(reversal: BankLine, row: BankLine) -> bool:
    """Whether of several receipts that look alike this is the one that is taken back: the last before it."""
    before = [
        each for each in bank.among((reversal.day - BACK_WITHIN, reversal.day), row.amount)
        if not each.cancelled and payers.name_key(each.payer) == payers.name_key(row.payer)
    ]  # fmt: skip
    return bool(before) and before[-1].id == row.id


def _paid(row: BankLine) -> tuple[str, int] | None:
    """A payment that somebody confirmed by hand, and which may be this receipt."""
    if row.cancelled:
        return None
    found = received.by_hand(row.day - KNOWN_WITHIN, row.day + KNOWN_WITHIN, row.amount)
    alike = [each for each in found if not each.payer or payers.same(row.payer, each.payer)]
    return (alike[0].invoice.number, alike[0].id) if len(alike) == 1 else None


def belongs(portal: Portal, line_id: int, payment_id: int, actor: Actor) -> bool:
    """The receipt is that payment, which was confirmed by hand before; False when either was settled meanwhile."""
    actor.require(Right.MONEY)
    with database.transaction():
        permit.may_work(portal, actor, "confirms")
        row = bank.line(line_id, lock=True)
        if row is None or row.state != LineState.NEW:
            return False
        payment = next(
            (each for each in received.by_hand(row.day - KNOWN_WITHIN, row.day + KNOWN_WITHIN, row.amount)
             if each.id == payment_id), None
        )  # fmt: skip
        if payment is None:
            return False
        received.allocate(payment, row)
        receiving.settle(row, LineState.CONFIRMED, portal.now(), actor, payment.invoice)
        return True


def put_aside(portal: Portal, line_ids: Sequence[int], actor: Actor) -> int:
    """Lines that pay no invoice leave the inbox; gives how many."""
    done = 0
    with database.transaction():
        permit.may_work(portal, actor, "confirms")
        for line_id in line_ids:
            row = bank.line(line_id, lock=True)
            if row is not None and row.state == LineState.NEW:
                receiving.settle(row, LineState.ASIDE, portal.now(), actor)
                done += 1
    return done
