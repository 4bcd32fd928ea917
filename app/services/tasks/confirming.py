"""What is owed: invoices, what the vendor says of them, and confirming payments that a person has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.errors import Refused, Stale
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.money import matching
from app.services.money.matching import Claim, Money
from app.services.tasks import quick
from app.services.tasks.owed import Period
from app.states import InvoiceState, Right, Side, TaskState
from app.store import cases, database, invoices, receiving, work
from app.store.models import Answer, BankLine, Invoice, Task

MOST: Final = 500  # invoices on one page
EVER: Final = Period()


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
    state: InvoiceState  # open | paid | cancelled
    overdue: bool
    task_id: str  # the open task that confirms its payment; empty when there is none
    reported_on: date | None  # the vendor says it was paid on …
    reported_payer: str
    report_id: str = ""  # the open task in which the vendor says so, which the bank's word completes as well
    undone: bool = False  # a payment of it was undone
    ended: bool = False  # its case is over
    paid_on: date | None = None  # the last day on which money came in for it

    @property
    def payable(self) -> bool:
        """Whether a payment can be written down for it now."""
        open_steps = bool(self.task_id or self.report_id)
        return self.state == InvoiceState.OPEN and (open_steps or self.undone or self.ended)


@dataclass(frozen=True)
class Claims:
    """The list and its counts."""

    rows: list[Claimed]
    counts: dict[InvoiceState, int]  # by state
    overdue: int
    owed: int  # yen, of all that is open

    @property
    def total(self) -> int:
        """Yen of the rows that are listed, tax included."""
        return sum(row.total for row in self.rows)


def listed(
    portal: Portal,
    actor: Actor,
    *,
    text: str = "",
    state: str = "open",
    period: Period = EVER,
    limit: int | None = MOST,
) -> Claims:
    """The invoices in a state, of a period, the one that is due first on top; up to `limit`, or all."""
    actor.require(Right.SEE_DESKS)
    with database.connection():
        wanted = InvoiceState.of(state) or InvoiceState.OPEN
        rows = invoices.in_state(wanted, text, limit, by=period.by, first=period.first, last=period.last)
        return Claims(claimed(portal, rows), invoices.counts(), *invoices.owed(portal.today()))


def claimed(portal: Portal, rows: Sequence[Invoice]) -> list[Claimed]:
    """The invoices with what waits to be confirmed and what the vendor said of them."""
    ids = list(dict.fromkeys(row.case_id for row in rows))
    tasks, today = work.open_tasks_of(ids), portal.today()
    newest = invoices.latest_of(ids)
    paying = {row.id: _paying(portal, row) for row in rows}
    answers = work.latest_answers_of(ids, sorted({each for elements in paying.values() for each in elements}))
    undone = receiving.undone_among([row.id for row in rows])
    came = invoices.last_paid([row.id for row in rows])
    found = []
    for row in rows:
        current = newest.get((row.case_id, row.fee)) == row.id
        there = tasks.get(row.case_id, []) if current else []
        task = _of_fee(portal, row, there, "confirms")
        report = _of_fee(portal, row, there, "pays")
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
                overdue=row.state == InvoiceState.OPEN and row.due_on < today,
                task_id=task.id if task else "",
                reported_on=_date(said.get("paid_on")),
                reported_payer=str(said.get("payer") or ""),
                report_id=report.id if report else "",
                undone=row.id in undone,
                ended=row.case.ended,
                paid_on=came.get(row.id),
            )
        )
    return found


def _of_fee(portal: Portal, invoice: Invoice, tasks: Sequence[Task], name: str) -> Task | None:
    """The open task whose property of this name is the invoice's fee; a payment settles the newest of a fee."""
    loaded = portal.releases.loaded(invoice.case.release_id)
    for task in tasks:
        element = loaded.package.elements.get(task.element)
        if element is not None and element.properties.get(name, "").strip() == invoice.fee:
            return task
    return None


def agrees(portal: Portal, invoice: Invoice, row: BankLine) -> bool:
    """Whether the receipt's payer or text name the invoice."""
    claim = claimed(portal, [invoice])[0]
    names = (claim.reported_payer, *payer_names(portal, [invoice])[invoice.number])
    asked = Claim(claim.number, claim.case_number, claim.balance, names)
    return matching.agrees(Money(row.id, row.amount, row.payer, row.text), asked)


def payer_names(portal: Portal, rows: Sequence[Invoice]) -> dict[str, tuple[str, ...]]:
    """How the payer of each invoice may be written: the company's names, and those in the case's answers."""
    found = {}
    for row in rows:
        case = row.case
        known = [case.company_name]
        if case.company is not None:
            known += [case.company.name, case.company.kana]
        fields = portal.releases.loaded(case.release_id).package.applicant
        for answer in work.latest_answers(case.id).values():
            if answer.side == Side.VENDOR:
                known += [fields.said(answer.values, what) for what in ("kana", "name", "payer")]
        found[row.number] = tuple(dict.fromkeys(name for name in known if name))
    return found


def _paying(portal: Portal, invoice: Invoice) -> list[str]:
    """The vendor's elements that say how this invoice is paid."""
    loaded = portal.releases.loaded(invoice.case.release_id)
    return [
        element.id
        for element in loaded.package.elements.values()
        if element.side == Side.VENDOR
        and element.kind == "userTask"
        and invoice.fee in (*map(element.properties.get, ("invoice", "pays")), _paid_by(loaded, element))
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


# Ticked rows of the worklist


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A confirming task with the invoice that it settles."""

    task_id: str
    title: str
    claim: Claimed


def to_confirm(portal: Portal, task_ids: Sequence[str], actor: Actor) -> tuple[list[ToConfirm], int]:
    """(the open tasks among these that confirm a payment, how many of these do not)."""
    actor.require(Right.MONEY)
    found = []
    with database.connection():
        rows = work.tasks_by_ids(task_ids)
        known = cases.by_ids(work.case_ids(rows))
        for row in rows:
            element = portal.releases.loaded(known[row.case_id].release_id).package.elements.get(row.element)
            fee = element.properties.get("confirms") if element else None
            invoice = invoices.latest(row.case_id, fee) if fee and row.state == TaskState.OPEN else None
            if invoice is not None:
                found.append(ToConfirm(row.id, row.title, claimed(portal, [invoice])[0]))
    return found, len(task_ids) - len(found)


def require_fitting(portal: Portal, task_id: str, values: dict[str, str], actor: Actor) -> None:
    """Refused when the amount is not what the invoice is open for: that has to be seen first."""
    found, _ = to_confirm(portal, [task_id], actor)
    typed = values.get("amount", "").replace(",", "")
    if found and typed.isdigit() and int(typed) != found[0].claim.balance:
        less, claim = found[0].claim.balance - int(typed), found[0].claim
        facts = {"number": claim.number, "balance": f"{claim.balance:,}", "difference": f"{abs(less):,}"}
        if less > 0:
            raise Refused(
                "%(difference)s yen less than the %(balance)s yen outstanding on invoice %(number)s. Tick to "
                "confirm: it is then recorded as a partial payment and the vendor is asked for the rest",
                **facts,
            )
        raise Refused(
            "%(difference)s yen more than the %(balance)s yen outstanding on invoice %(number)s. Tick to "
            "confirm: the difference is then listed under “Overpaid”",
            **facts,
        )


def finish(portal: Portal, task_id: str, values: dict[str, str], actor: Actor) -> None:
    """Confirm the payment of one such task with what a person saw and typed. Refused when it confirms none."""
    found, _ = to_confirm(portal, [task_id], actor)
    if not found:
        raise Stale("This task has already been completed, or does not confirm a payment")
    quick.finish(portal, task_id, values, actor)
