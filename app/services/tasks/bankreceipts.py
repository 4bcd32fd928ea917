"""What the bank says came in: receipts that wait, and those that a person confirms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.errors import NotFound, Refused, Stale
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.money import matching
from app.services.money.matching import Claim, Match, Money
from app.services.tasks import confirming, quick
from app.services.tasks.confirming import Claimed
from app.states import LineState
from app.store import bank, database, invoices, work
from app.store.models import BankLine, Invoice


@dataclass(frozen=True, slots=True)
class Line:
    """A receipt of the bank that waits for a person."""

    id: int
    day: date
    amount: int
    payer: str
    text: str
    cancelled: bool
    filename: str
    match: Match


@dataclass(frozen=True, slots=True)
class Settled:
    """A receipt that was confirmed."""

    day: date
    amount: int
    payer: str
    invoice: str
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
    actor.require("operator", "analyst", "administrator")
    with database.connection():
        unpaid = invoices.open_ones()
        claimed = {each.number: each for each in confirming.claimed(portal, unpaid)}
        names = _names(portal, unpaid)
        owed = [
            Claim(each.number, each.case_number, each.balance, (each.reported_payer, *names[each.number]))
            for each in claimed.values()
        ]
        rows = bank.waiting()
        matches = matching.match(
            [Money(row.id, row.amount, row.payer, row.text) for row in rows if not row.cancelled], owed
        )
        by_id = {each.money.id: each for each in matches}
        lines = [
            Line(
                row.id,
                row.day,
                row.amount,
                row.payer,
                row.text,
                row.cancelled,
                row.file.filename,
                by_id.get(row.id) or _taken_back(row),
            )
            for row in rows
        ]
        settled = [
            Settled(row.day, row.amount, row.payer, row.invoice.number, row.invoice.case.company_name, row.settled_by)
            for row in bank.settled()
            if row.invoice is not None
        ]
        return Inbox(lines, claimed, settled)


def _taken_back(row: BankLine) -> Match:
    why = matching.Why("The bank took this receipt back")
    return Match(Money(row.id, row.amount, row.payer, row.text), matching.Fit.NOT, (), (why,))


def _names(portal: Portal, invoices: Sequence[Invoice]) -> dict[str, tuple[str, ...]]:
    """How the payer of each invoice may be written: the company's names, and those in the case's answers."""
    found = {}
    for row in invoices:
        case = row.case
        known = [case.company_name]
        if case.company is not None:
            known += [case.company.name, case.company.kana]
        fields = portal.releases.loaded(case.release_id).package.applicant
        for answer in work.latest_answers(case.id).values():
            if answer.side == "vendor":
                known += [fields.said(answer.values, what) for what in ("kana", "name", "payer")]
        found[row.number] = tuple(dict.fromkeys(name for name in known if name))
    return found


def confirm_line(portal: Portal, line_id: int, invoice_number: str, actor: Actor) -> Claimed:
    """Confirm a receipt as the payment of an invoice: completes the case's confirming task, in one transaction.

    Raises Stale (the line was settled meanwhile), NotFound, and all that finishing the task raises.
    """
    now = portal.now()
    with database.transaction():
        permit.may_work(portal, actor, "confirms")
        row = bank.line(line_id, lock=True)
        if row is None:
            raise NotFound("There is no such receipt")
        if row.state != LineState.NEW:
            raise Stale("This receipt was settled by %(name)s already", name=row.settled_by)
        if row.cancelled:
            raise Refused("The bank took this receipt back")
        invoice = invoices.one(invoice_number)
        if invoice is None:
            raise NotFound("There is no invoice %(number)s", number=invoice_number)
        claimed = confirming.claimed(portal, [invoice])[0]
        if not claimed.task_id:
            raise Refused("The case of invoice %(number)s does not wait for a payment now", number=invoice.number)
        values = {"amount": str(row.amount), "paid_on": row.day.isoformat(), "payer": row.payer or claimed.company_name}
        quick.finish(portal, claimed.task_id, values, actor)
        _settle(row, LineState.CONFIRMED, now, actor, invoice)
    portal.poke()
    return claimed


def _settle(row: BankLine, state: LineState, now: datetime, actor: Actor, invoice: Invoice | None = None) -> None:
    row.state, row.settled_at, row.settled_by = state, now, actor.name
    row.invoice = invoice
    row.save()


def put_aside(portal: Portal, line_ids: Sequence[int], actor: Actor) -> int:
    """Lines that pay no invoice leave the inbox; gives how many."""
    done = 0
    with database.transaction():
        permit.may_work(portal, actor, "confirms")
        for line_id in line_ids:
            row = bank.line(line_id, lock=True)
            if row is not None and row.state == LineState.NEW:
                _settle(row, LineState.ASIDE, portal.now(), actor)
                done += 1
    return done
