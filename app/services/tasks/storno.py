"""Undoing the confirmation of a payment, with a reason: it stays on record, and what it came with waits again.

Where nothing has followed, the step of the process comes back too (as 引戻し does it). Where the process has gone on,
the money alone is undone: the invoice is open again and stands among those that the staff must see to, and what has
been given meanwhile is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.engine import Message
from app.errors import Forbidden, NotFound, Refused
from app.services.base import finding, history, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.mails import deliveries
from app.services.money import receiving
from app.services.papers import timeline
from app.services.process import receipts, steps
from app.services.tasks import recall, recallstate
from app.states import EntryKind, Right
from app.store import cases, database, invoices, records, undo, work
from app.store import receiving as rows
from app.store.models import Case, Invoice, Payment, Undo

LONGEST = 1000  # characters of a reason
FOLLOWING = frozenset(
    {EntryKind.MAIL, EntryKind.RELEASED, EntryKind.DOWNLOAD, EntryKind.TASK, EntryKind.CERTIFICATE, EntryKind.DATE}
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A payment that would be undone; yen."""

    invoice: str
    company_name: str
    amount: int
    paid_on: date
    payer: str
    kind: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing the last confirmation of an invoice's payment means. `back`: numbers of the invoices whose case's
    step comes back; `followed`: titles of what was done or given since, of the others."""

    number: str
    title: str
    case_number: str
    payments: tuple[Counted, ...]
    back: tuple[str, ...]
    followed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reopened:
    """An invoice whose payment was undone after its case had gone on; yen."""

    number: str
    title: str
    case_number: str
    company_name: str
    balance: int
    why: str
    by: str
    at: datetime


def look(portal: Portal, number: str, actor: Actor) -> Undoing:
    """What would be undone, and what has followed. Raises NotFound, Refused when no payment counts."""
    actor.require(Right.MONEY)
    with database.connection():
        invoice, payments = _found(number)
        back, followed = [], []
        for each in _invoices(payments):
            case = each.case
            if _step(portal, each, case) is not None:
                back.append(each.number)
            else:
                followed += _followed(portal, case, min(row.at for row in payments if row.invoice_id == each.id), actor)
        return Undoing(
            invoice.number, invoice.title, invoice.case.number,
            tuple(
                Counted(
                    row.invoice.number, row.invoice.case.company_name, row.amount, row.paid_on, row.payer,
                    row.kind.value, row.by_name, row.at,
                )
                for row in payments
            ),
            tuple(back), tuple(dict.fromkeys(followed)),
        )  # fmt: skip


def take_back(portal: Portal, number: str, why: str, actor: Actor) -> Undoing:
    """Undo the last confirmation of the invoice's payment, and those of the same receipts. Gives what that meant.

    Raises Refused (no reason, money beyond it is gone already), NotFound.
    """
    actor.require(Right.MONEY)
    why = why.strip()[:LONGEST]
    if not why:
        raise Refused("Say why the confirmation is being undone")
    now = portal.now()
    with database.transaction():
        permit.may_work(portal, actor, "confirms")
        meant = look(portal, number, actor)
        _, payments = _found(number)
        touched = sorted({row.invoice.case_id for row in payments})
        locked = {case_id: cases.lock(case_id) for case_id in touched}
        _, payments = _found(number)
        receiving.undo(payments, why, actor, now)
        for each in _invoices(payments):
            receipts.void(each.case_id, each.id)
            _one(portal, each, locked[each.case_id], [row for row in payments if row.invoice_id == each.id], actor, now)
    portal.poke()
    return meant


def reopened(actor: Actor) -> list[Reopened]:
    """Invoices that are open again although their cases went on: somebody of the staff has to see to each."""
    actor.require(Right.SEE_DESKS)
    with database.connection():
        found = []
        for row in rows.reopened():
            last = rows.last_undone(row.id)
            if last is not None and last.undone_at is not None:
                found.append(
                    Reopened(
                        row.number, row.title, row.case.number, row.case.company_name, row.total - row.paid,
                        last.undone_why, last.undone_by, last.undone_at,
                    )
                )  # fmt: skip
        return found


def waiting(portal: Portal, actor: Actor) -> int:
    """How many of them there are for whoever confirms payments; 0 for others."""
    if not actor.has(Right.MONEY):
        return 0
    with database.connection():
        count = rows.reopened_count()
        try:
            return count if count and not permit.may_work(portal, actor, "confirms") else 0
        except Forbidden:
            return 0


def _found(number: str) -> tuple[Invoice, list[Payment]]:
    """The invoice, and the payments of its last confirmation with those that came with the same receipts."""
    invoice = invoices.one(number)
    if invoice is None:
        raise NotFound("There is no invoice %(number)s", number=number)
    counting = rows.counting(invoice.id)
    if not counting:
        raise Refused("No payment of invoice %(number)s is confirmed", number=number)
    last = [row.id for row in counting if row.at == counting[-1].at]
    return invoice, rows.beside(last)


def _invoices(payments: Sequence[Payment]) -> list[Invoice]:
    return list({row.invoice_id: row.invoice for row in payments}.values())


def _step(portal: Portal, invoice: Invoice, case: Case) -> Undo | None:
    """How the case stood before the step that confirmed this, if nothing has followed and it can come back."""
    row = undo.of_case(case.id)
    task = work.task(row.task_id) if row is not None else None
    if row is None or task is None:
        return None
    element = portal.releases.loaded(case.release_id).package.elements.get(task.element)
    confirms = element.properties.get("confirms", "").strip() if element is not None else ""
    if confirms != invoice.fee or recall.hindrance(portal, row, case) is not None:
        return None
    return row


def _one(
    portal: Portal, invoice: Invoice, case: Case, payments: Sequence[Payment], actor: Actor, now: datetime
) -> None:
    row = _step(portal, invoice, case)
    if row is not None:
        task = work.task(row.task_id)
        kept = [dict(each.__data__) for each in payments]
        beyond = rows.surpluses_of(case.id)
        recallstate.put_back(row, case, task, actor, now)
        rows.keep_undone(kept, [dict(each.__data__) for each in beyond])
        deliveries.dropped(portal, case)
        finding.keep(case, portal.releases.loaded(case.release_id))
    fresh = invoices.one(invoice.number)
    if fresh is not None:
        receiving.count(fresh)
    less = sum(each.amount for each in payments)
    history.note(
        case.id, now, EntryKind.PAYMENT, by=actor, title=invoice.title, text="undone",
        data={"number": invoice.number, "amount": -less},
    )  # fmt: skip
    if row is None:
        _hand_over(portal, invoice, case, less, now)


def _hand_over(portal: Portal, invoice: Invoice, case: Case, yen: int, now: datetime) -> None:
    """The case has gone on: where its process waits for that, somebody of the body gets a task of it."""
    name = portal.releases.loaded(case.release_id).package.declared.undone_message
    if name and name in case.messages and not case.ended:
        steps.advance(portal, case, Message(name, {"undone": {"number": invoice.number, "amount": yen}}), now)


def _followed(portal: Portal, case: Case, since: datetime, actor: Actor) -> list[str]:
    """Titles of what went out, was opened or done in the case since then."""
    loaded = portal.releases.loaded(case.release_id)
    entries = reversed(timeline.of_case(case, loaded, actor))
    done = [row.title for row in entries if row.at > since and row.kind in FOLLOWING and row.title]
    downloads = loaded.package.downloads
    opened = [downloads[row.grp].title for row in records.openings(case.id) if row.at >= since and row.grp in downloads]
    return [*done, *opened]
