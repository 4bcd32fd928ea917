"""The payments desk: what is owed, what the bank says came in, and the payments that a person confirms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from app.errors import NotFound, Refused, Stale
from app.services import bankfile, matching, quick
from app.services.actors import Actor
from app.services.bankfile import Statement
from app.services.matching import Claim, Match, Money
from app.services.portal import Portal
from app.store import bank, cases, database, records, work
from app.store.models import Answer, BankLine, Invoice, Task

STATES = ("open", "paid", "cancelled")


@dataclass(frozen=True, slots=True)
class Claimed:
    """An invoice as the payments desk shows it; amounts in yen."""

    number: str
    title: str
    case_number: str
    company_name: str
    system_name: str
    issued_on: date
    due_on: date
    total: int
    paid: int
    balance: int
    state: str  # open | paid | cancelled
    overdue: bool
    task_id: str  # the open task that confirms its payment; empty when there is none
    reported_on: date | None  # the vendor says it was paid on …
    reported_payer: str


@dataclass(frozen=True)
class Claims:
    """The list and its counts."""

    rows: list[Claimed]
    counts: dict[str, int]  # by state
    overdue: int
    owed: int  # yen, of all that is open


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


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of reading a file."""

    kind: str
    new: int
    known: int  # lines that came with another file before
    again: bool  # these very bytes were read before


def listed(portal: Portal, actor: Actor, *, text: str = "", state: str = "open") -> Claims:
    """The invoices in a state, the one that is due first on top."""
    actor.require("operator", "analyst", "administrator")
    with database.connection():
        rows = records.invoices_in(state if state in STATES else "open", text)
        return Claims(_claimed(portal, rows), records.invoice_counts(), *records.owed(portal.today()))


def _claimed(portal: Portal, rows: Sequence[Invoice]) -> list[Claimed]:
    ids = list(dict.fromkeys(row.case_id for row in rows))
    tasks, today = work.open_tasks_of(ids), portal.today()
    newest = records.latest_invoices(ids)
    paying = {row.id: _paying(portal, row) for row in rows}
    answers = work.latest_answers_of(ids, sorted({each for elements in paying.values() for each in elements}))
    found = []
    for row in rows:
        current = newest.get((row.case_id, row.fee)) == row.id
        task = _confirming(portal, row, tasks.get(row.case_id, [])) if current else None
        latest = answers.get(row.case_id, {})
        said = _said(row, [latest[element] for element in paying[row.id] if element in latest])
        found.append(
            Claimed(
                number=row.number,
                title=row.title,
                case_number=row.case.number,
                company_name=row.case.company_name,
                system_name=row.case.system_name,
                issued_on=row.issued_on,
                due_on=row.due_on,
                total=row.total,
                paid=row.paid,
                balance=row.total - row.paid,
                state=row.state,
                overdue=row.state == "open" and row.due_on < today,
                task_id=task.id if task else "",
                reported_on=_date(said.get("paid_on")),
                reported_payer=str(said.get("payer") or ""),
            )
        )
    return found


def _confirming(portal: Portal, invoice: Invoice, tasks: Sequence[Task]) -> Task | None:
    """The open task that would confirm this invoice; of a fee's invoices a payment settles the newest."""
    loaded = portal.releases.loaded(invoice.case.release_id)
    for task in tasks:
        element = loaded.package.elements.get(task.element)
        if element is not None and element.properties.get("confirms") == invoice.fee:
            return task
    return None


def _paying(portal: Portal, invoice: Invoice) -> list[str]:
    """The vendor's elements that say how this invoice is paid."""
    loaded = portal.releases.loaded(invoice.case.release_id)
    return [
        element.id
        for element in loaded.package.elements.values()
        if element.side == "vendor"
        and element.kind == "userTask"
        and invoice.fee in (element.properties.get("invoice"), _paid_by(loaded, element))
    ]


def _said(invoice: Invoice, answers: Sequence[Answer]) -> dict[str, Any]:
    """What the vendor last said of paying this invoice."""
    answers = [answer for answer in answers if answer.at.date() >= invoice.issued_on]
    return dict(max(answers, key=lambda answer: answer.at).values) if answers else {}


def _paid_by(loaded: Any, element: Any) -> str:
    """The fee that a vendor's task pays: it asks who paid, and leads to the task that confirms the fee."""
    spec = loaded.forms.get(element.id)
    if spec is None or spec.field("payer") is None:
        return ""
    for following in element.outgoing:
        other = loaded.package.elements.get(following)
        if other is not None and other.properties.get("confirms"):
            return str(other.properties["confirms"])
    return ""


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


# The bank's files


def read(portal: Portal, content: bytes) -> Statement | bankfile.Table:
    """What the file says; for a CSV a table, of which a person has to say first which column is which."""
    if not content.strip():
        raise Refused("The file is empty")
    if bankfile.is_zengin(content):
        return bankfile.zengin(content, portal.today())
    return bankfile.table(content)


def keep(portal: Portal, filename: str, content: bytes, statement: Statement, actor: Actor) -> Imported:
    """Store the file's lines. A line that came before, with this or another file, is not stored again."""
    actor.require("operator", "administrator")
    digest, now = sha256(content).hexdigest(), portal.now()
    with database.transaction():
        database.lock_name("bank")
        known = bank.by_digest(digest)
        file = known or bank.add_file(
            digest=digest,
            filename=filename[:255],
            kind=statement.kind,
            account=statement.account[:120],
            count=len(statement.receipts),
            at=now,
            by_name=actor.name,
        )
        new = sum(
            bank.add_line(
                file=file,
                number=each.number,
                key=each.key,
                day=each.day,
                amount=each.amount,
                payer=each.payer[:120],
                text=each.text,
                cancelled=each.cancelled,
            )
            for each in statement.receipts
        )
        return Imported(statement.kind, new, len(statement.receipts) - new, known is not None)


def inbox(portal: Portal, actor: Actor) -> Inbox:
    """The waiting lines, each with what is proposed for it."""
    actor.require("operator", "analyst", "administrator")
    with database.connection():
        invoices = records.open_invoices()
        claimed = {each.number: each for each in _claimed(portal, invoices)}
        names = _names(invoices)
        claims = [
            Claim(each.number, each.case_number, each.balance, (each.reported_payer, *names[each.number]))
            for each in claimed.values()
        ]
        rows = bank.waiting()
        matches = matching.match([Money(row.id, row.amount, row.payer, row.text) for row in rows if not row.cancelled],
                                 claims)
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
        ]
        return Inbox(lines, claimed, settled)


def _taken_back(row: BankLine) -> Match:
    why = matching.Why("The bank took this receipt back")
    return Match(Money(row.id, row.amount, row.payer, row.text), matching.Fit.NOT, (), (why,))


def _names(invoices: Sequence[Invoice]) -> dict[str, tuple[str, ...]]:
    """How the payer of each invoice may be written: the company's names, and those in the case's answers."""
    found = {}
    for row in invoices:
        case = row.case
        known = [case.company_name]
        if case.company is not None:
            known += [case.company.name, case.company.kana]
        for answer in work.latest_answers(case.id).values():
            if answer.side == "vendor":
                known += [str(answer.values.get(key) or "") for key in ("company_kana", "company_name", "billing_name")]
        found[row.number] = tuple(dict.fromkeys(name for name in known if name))
    return found


def confirm_line(portal: Portal, line_id: int, invoice_number: str, actor: Actor) -> Claimed:
    """Confirm a receipt as the payment of an invoice: completes the case's confirming task, in one transaction.

    Raises Stale (the line was settled meanwhile), NotFound, and all that finishing the task raises.
    """
    now = portal.now()
    with database.transaction():
        row = bank.line(line_id, lock=True)
        if row is None:
            raise NotFound("There is no such receipt")
        if row.state != "new":
            raise Stale("This receipt was settled by %(name)s already", name=row.settled_by)
        if row.cancelled:
            raise Refused("The bank took this receipt back")
        invoice = records.invoice(invoice_number)
        if invoice is None:
            raise NotFound("There is no invoice %(number)s", number=invoice_number)
        claimed = _claimed(portal, [invoice])[0]
        if not claimed.task_id:
            raise Refused("The case of invoice %(number)s does not wait for a payment now", number=invoice.number)
        values = {"amount": str(row.amount), "paid_on": row.day.isoformat(), "payer": row.payer or claimed.company_name}
        quick.finish(portal, claimed.task_id, values, actor)
        _settle(row, "confirmed", now, actor, invoice)
    portal.poke()
    return claimed


def _settle(row: BankLine, state: str, now: datetime, actor: Actor, invoice: Invoice | None = None) -> None:
    row.state, row.settled_at, row.settled_by = state, now, actor.name
    row.invoice = invoice
    row.save()


def put_aside(portal: Portal, line_ids: Sequence[int], actor: Actor) -> int:
    """Lines that pay no invoice leave the inbox; gives how many."""
    actor.require("operator", "administrator")
    done = 0
    with database.transaction():
        for line_id in line_ids:
            row = bank.line(line_id, lock=True)
            if row is not None and row.state == "new":
                _settle(row, "aside", portal.now(), actor)
                done += 1
    return done


# Ticked rows of the worklist


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A confirming task with the invoice that it settles."""

    task_id: str
    title: str
    claim: Claimed


def to_confirm(portal: Portal, task_ids: Sequence[str], actor: Actor) -> tuple[list[ToConfirm], int]:
    """(the open tasks among these that confirm a payment, how many of these do not)."""
    actor.require("operator", "administrator")
    found = []
    with database.connection():
        rows = work.tasks_by_ids(task_ids)
        known = cases.by_ids(work.case_ids(rows))
        for row in rows:
            element = portal.releases.loaded(known[row.case_id].release_id).package.elements.get(row.element)
            fee = element.properties.get("confirms") if element else None
            invoice = records.latest_invoice(row.case_id, fee) if fee and row.state == "open" else None
            if invoice is not None:
                found.append(ToConfirm(row.id, row.title, _claimed(portal, [invoice])[0]))
    return found, len(task_ids) - len(found)


def finish(portal: Portal, task_id: str, values: dict[str, str], actor: Actor) -> None:
    """Confirm the payment of one such task with what a person saw and typed. Refused when it confirms none."""
    found, _ = to_confirm(portal, [task_id], actor)
    if not found:
        raise Stale("This task has been finished already, or confirms no payment")
    quick.finish(portal, task_id, values, actor)
