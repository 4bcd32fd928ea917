"""Receipts of the bank given to invoices: several to one, one to several, with what becomes of every yen that differs.

Nothing is decided for the person: a shortage, money beyond what is owed and a payer of another name are asked first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.errors import NotFound, Refused, Stale
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.money import receiving
from app.services.money.receiving import Part, Received
from app.services.tasks import confirming, quick, send
from app.services.tasks.confirming import Claimed
from app.states import LineState, Right, SurplusState
from app.store import bank, cases, database, invoices, work
from app.store.models import BankLine, Invoice


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with receipts. `shares`: yen of them for each invoice number; the rest is beyond what is owed.
    `charge`: whether what an invoice is short of is the bank's charge, which the body bears; none: it was not asked.
    `beyond`: what becomes of the rest; none: it was not asked. `day`, `note`: of a refund."""

    lines: tuple[int, ...]
    shares: Mapping[str, int]
    charge: bool | None = None
    beyond: SurplusState | None = None
    day: date | None = None
    note: str = ""
    seen: bool = False  # that the payer's name is another


@dataclass(frozen=True, slots=True)
class Owing:
    """An invoice of a question; yen. `short`: what would still be owed; `bearable`: the body may bear it as charge."""

    claim: Claimed
    share: int
    short: int
    bearable: bool
    limit: int


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be answered before receipts are confirmed; yen."""

    lines: tuple[BankLine, ...]
    total: int
    owing: tuple[Owing, ...]
    beyond: int
    other_name: bool = False

    @property
    def clear(self) -> bool:
        """Whether there is nothing to ask."""
        return not (self.beyond or self.other_name or any(each.short for each in self.owing))


def proposed(portal: Portal, lines: tuple[int, ...], number: str, actor: Actor) -> Wish:
    """All of these receipts for this one invoice, as far as it is open. Raises Stale, NotFound, Refused."""
    actor.require(Right.MONEY)
    with database.connection():
        came = sum(_line(each).amount for each in lines)
        claim = confirming.claimed(portal, [_invoice(number)])[0]
        if claim.balance <= 0:
            raise Refused("Only %(balance)s yen of invoice %(number)s are outstanding", number=number, balance="0")
        return Wish(lines, {number: min(came, claim.balance)})


def question(portal: Portal, wish: Wish, actor: Actor) -> Question:
    """What is to be asked. Raises Stale, NotFound, Refused as `settle` does."""
    actor.require(Right.MONEY)
    with database.connection():
        return _question(portal, wish, [_line(each) for each in wish.lines])


def _question(portal: Portal, wish: Wish, rows: Sequence[BankLine]) -> Question:
    total = sum(row.amount for row in rows)
    owing, agreed = [], False
    for number, share in wish.shares.items():
        invoice = _invoice(number)
        claim = confirming.claimed(portal, [invoice])[0]
        if share <= 0:
            raise Refused("Enter how much of it goes to invoice %(number)s", number=number)
        if share > claim.balance:
            raise Refused(
                "Only %(balance)s yen of invoice %(number)s are outstanding",
                number=number,
                balance=f"{claim.balance:,}",
            )
        limit = receiving.bearable(portal.releases.loaded(invoice.case.release_id))
        short = claim.balance - share
        owing.append(Owing(claim, share, short, 0 < short <= limit, limit))
        agreed = agreed or any(confirming.agrees(portal, invoice, row) for row in rows)
    beyond = total - sum(wish.shares.values())
    if beyond < 0:
        raise Refused("The invoices add up to more than was received")
    if not owing:
        raise Refused("Choose the invoice this receipt pays")
    return Question(tuple(rows), total, tuple(owing), beyond, not agreed)


def settle(portal: Portal, wish: Wish, actor: Actor) -> list[str]:
    """Confirm the receipts as payments: completes each case's confirming task, all in one transaction; gives the
    numbers of the invoices.

    Raises Refused with what was not asked or is not possible, Stale (a receipt was settled meanwhile), NotFound, and
    all that finishing a task raises.
    """
    actor.require(Right.MONEY)
    now = portal.now()
    with database.transaction():
        database.lock_name("bank")
        permit.may_work(portal, actor, "confirms")
        rows = sorted((_line(each, lock=True) for each in wish.lines), key=lambda row: (row.day, row.id))
        asked = _question(portal, wish, rows)
        if any(each.short for each in asked.owing) and wish.charge is None:
            raise Refused("Choose what happens to the missing amount")
        if asked.beyond and wish.beyond is None:
            raise Refused("Choose what happens to the excess amount")
        if asked.other_name and not wish.seen:
            raise Refused("The payer's name is different: check it, and confirm that it is correct")
        _shared(portal, wish, asked, rows, actor, now)
    portal.poke()
    return list(wish.shares)


def _shared(portal: Portal, wish: Wish, asked: Question, rows: Sequence[BankLine], actor: Actor, now: datetime) -> None:
    left = {row.id: row.amount for row in rows}
    for at, owing in enumerate(asked.owing):
        parts, wanted = [], owing.share
        for row in rows:
            taken = min(left[row.id], wanted)
            if taken:
                left[row.id] -= taken
                wanted -= taken
                parts.append(Part(taken, row.day, row.payer, row.id))
        last = at == len(asked.owing) - 1
        received = Received(
            tuple(parts),
            charge=owing.short if wish.charge else 0,
            over=asked.beyond if last else 0,
            becomes=wish.beyond or SurplusState.OPEN,
            day=wish.day,
            note=wish.note,
        )
        pay(portal, owing.claim.number, received, actor, now)


def pay(portal: Portal, number: str, received: Received, actor: Actor, now: datetime) -> None:
    """Write down what came in for an invoice, and complete the step that confirms it. Inside a transaction.

    Where the vendor has not said yet that it paid, the step that asks for that word is completed by the fact (property
    `pays`). Where the process has gone past both, or has ended, the money alone is written down.
    """
    invoice = _invoice(number)
    if received.charge:
        receiving.require_bearable(portal.releases.loaded(invoice.case.release_id), received.charge)
    claim = confirming.claimed(portal, [invoice])[0]
    if not claim.payable:
        raise Refused("The case of invoice %(number)s is not waiting for a payment at the moment", number=number)
    if not claim.task_id and not claim.report_id:
        case = cases.lock(invoice.case_id)
        receiving.record(case, _invoice(number), received, actor, now)
        return
    first = received.parts[0]
    paid_on = max(each.paid_on for each in received.parts)
    said = {"paid_on": paid_on.isoformat(), "payer": first.payer or claim.company_name}
    if not claim.task_id:
        _reported(portal, claim.report_id, said, actor, now)
        claim = confirming.claimed(portal, [_invoice(number)])[0]
        if not claim.task_id:
            raise Refused("The case of invoice %(number)s is not waiting for a payment at the moment", number=number)
    values = {**said, "amount": str(received.amount + received.over)}
    quick.finish(portal, claim.task_id, values, actor, received)


def _reported(portal: Portal, task_id: str, said: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """The vendor's task that reports the payment, completed by the fact."""
    row = work.task(task_id)
    if row is None:
        raise Stale("This task has already been completed, or does not confirm a payment")
    case = cases.lock(row.case_id)
    loaded = portal.releases.loaded(case.release_id)
    setting = permit.of(row, case, loaded)
    permit.still_open(row)
    known = {each.key for each in loaded.forms[row.element].inputs()}
    send.complete(portal, setting, {key: value for key, value in said.items() if key in known}, actor, now)
    draft = work.draft(task_id)
    if draft is not None:
        work.drop_draft(draft)


def _line(line_id: int, *, lock: bool = False) -> BankLine:
    row = bank.line(line_id, lock=lock)
    if row is None:
        raise NotFound("There is no such receipt")
    if row.state != LineState.NEW:
        raise Stale("%(name)s has already settled this receipt", name=row.settled_by)
    if row.cancelled:
        raise Refused("The bank reversed this receipt")
    return row


def _invoice(number: str) -> Invoice:
    invoice = invoices.one(number)
    if invoice is None:
        raise NotFound("There is no invoice %(number)s", number=number)
    return invoice
