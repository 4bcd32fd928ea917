"""Money beyond what was owed: listed until somebody decides, then kept as credit, paid back or used elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.errors import NotFound, Refused, Stale
from app.services.base import businessdays, history, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.money.receiving import Part, Received
from app.services.tasks import settling
from app.states import EntryKind, PaymentKind, Right, SurplusState
from app.store import database, invoices, receiving
from app.store.models import Surplus

WAITING = (SurplusState.OPEN, SurplusState.KEPT)
GONE = (SurplusState.REFUNDED, SurplusState.MOVED)


@dataclass(frozen=True, slots=True)
class Beyond:
    """Money beyond what an invoice was open for; yen. `moved_to`: number of the invoice that got it."""

    id: int
    amount: int
    state: SurplusState
    number: str
    title: str
    case_number: str
    company_name: str
    at: datetime
    day: date | None
    note: str
    moved_to: str
    by: str


def listed(actor: Actor) -> tuple[list[Beyond], list[Beyond]]:
    """(what waits or is kept as credit, what went back or was used last)."""
    actor.require(Right.SEE_DESKS)
    with database.connection():
        return _views(*WAITING), _views(*GONE, limit=50)


def _views(*states: SurplusState, limit: int = 500) -> list[Beyond]:
    return [
        Beyond(
            id=row.id,
            amount=row.amount,
            state=row.state,
            number=row.invoice.number,
            title=row.invoice.title,
            case_number=row.case.number,
            company_name=row.case.company_name,
            at=row.at,
            day=row.day,
            note=row.note,
            moved_to=row.moved_to.number if row.moved_to else "",
            by=row.settled_by or row.by_name,
        )
        for row in receiving.surpluses(*states, limit=limit)
    ]


def keep(portal: Portal, surplus_id: int, note: str, actor: Actor) -> None:
    """Keep it as credit of the payer."""
    _become(portal, surplus_id, SurplusState.KEPT, None, note, actor, "kept")


def refund(portal: Portal, surplus_id: int, day: date | None, note: str, actor: Actor) -> None:
    """It has been paid back on this day. Raises Refused without a day, or with one to come."""
    if day is None or day > portal.today():
        raise Refused("Enter the day on which it was refunded")
    _become(portal, surplus_id, SurplusState.REFUNDED, day, note, actor, "refunded")


def _become(
    portal: Portal, surplus_id: int, state: SurplusState, day: date | None, note: str, actor: Actor, told: str
) -> None:
    actor.require(Right.MONEY)
    now = portal.now()
    with database.transaction():
        permit.may_work(portal, actor, "confirms")
        row = _waiting(surplus_id)
        row.state, row.day, row.settled_at, row.settled_by = state, day, now, actor.name
        row.note = note.strip()[:1000] or row.note
        row.save()
        _tell(row, now, actor, told)


def move(portal: Portal, surplus_id: int, number: str, actor: Actor) -> None:
    """Use it for another invoice, as far as that is open; the rest stays credit. Raises all that confirming does."""
    actor.require(Right.MONEY)
    now = portal.now()
    with database.transaction():
        permit.may_work(portal, actor, "confirms")
        row = _waiting(surplus_id)
        target = invoices.one(number)
        if target is None:
            raise NotFound("There is no invoice %(number)s", number=number)
        used = min(row.amount, target.total - target.paid)
        if used <= 0:
            raise Refused("Only %(balance)s yen of invoice %(number)s are outstanding", number=number, balance="0")
        if used < row.amount:
            receiving.add_surplus(
                case=row.case_id, invoice=row.invoice_id, payment=row.payment_id, amount=row.amount - used,
                state=SurplusState.KEPT, at=row.at, by_name=row.by_name, note=row.note, settled_at=now,
                settled_by=actor.name,
            )  # fmt: skip
        today = businessdays.today(now)
        row.amount, row.state, row.moved_to, row.day = used, SurplusState.MOVED, target, today
        row.settled_at, row.settled_by = now, actor.name
        row.save()
        part = Part(used, today, row.case.company_name, kind=PaymentKind.CREDIT, note=row.invoice.number)
        settling.pay(portal, number, Received((part,)), actor, now)
        _tell(row, now, actor, "moved")
    portal.poke()


def _waiting(surplus_id: int) -> Surplus:
    row = receiving.surplus(surplus_id)
    if row is None:
        raise NotFound("There is no such payment")
    if row.state not in WAITING:
        raise Stale("%(name)s has already settled this", name=row.settled_by)
    return row


def _tell(row: Surplus, now: datetime, actor: Actor, told: str) -> None:
    history.note(
        row.case_id, now, EntryKind.PAYMENT, by=actor, title=row.invoice.title, text=told,
        data={"number": row.invoice.number, "amount": row.amount}, 
    )  # fmt: skip
