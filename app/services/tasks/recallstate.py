"""How a case stood before a decision of the staff: kept with the step, and put in place again when it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.catalogue import Package
from app.engine import Step
from app.errors import Refused
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.rowcopies import FACTS, plain, plain_row, rich
from app.services.papers import intake
from app.services.tasks import drafts
from app.states import CardState, InvoiceState, JobState, Side
from app.store import cases, jobrows, records, statements, timerrows, undo, work
from app.store.models import (
    Answer,
    Booking,
    Card,
    Case,
    Clock,
    Comment,
    Document,
    Invoice,
    Job,
    Opening,
    Payment,
    Secret,
    Surplus,
    TimerRow,
    Undo,
)

if TYPE_CHECKING:
    from app.store.database import Row

# Rows of a case that a step changes, and that are put back as they were; new ones are taken away.
OF_INVOICES = "invoice_id IN (SELECT id FROM invoice WHERE case_id = ?)"
KEPT: tuple[type[Row], ...] = (Clock, Comment, Booking, Invoice, Payment, Surplus, Opening, Secret)


@dataclass(frozen=True, slots=True)
class Before:
    """How a case stood before a decision."""

    blob: bytes
    token: str
    facts: Mapping[str, Any]
    cards: Mapping[int, CardState]  # row → state


def before(setting: permit.Setting, values: Mapping[str, Any]) -> Before | None:
    """How things stand now; none for what cannot be taken back: an answer that says whose company it is. Inside the
    transaction of the step, before it."""
    case, package = setting.case, setting.loaded.package
    if setting.task.side != Side.OPERATOR and values.get(package.applicant.number):
        return None
    blob, token = cases.state(case.id)
    draft = work.draft(setting.task.id)
    there = _there(package, case)
    references = (records.document(each) for _, each in intake.file_references(values))
    facts = {
        "case": {name: plain(getattr(case, name)) for name in FACTS},
        "rows": {
            model.__name__: [plain_row(each) for each in rows(model, case)] if model in there else [] for model in KEPT
        },
        "timers": [plain_row(each) for each in statements.rows(TimerRow, "case_id = ?", case.id)]
        if case.timer_count
        else [],
        "jobs": {str(each.id): each.state for each in _waiting(case)},
        "draft": draft.values if draft is not None else None,
        "drafted_revision": draft.revision if draft is not None else 0,
        "drafted": {each.id: each.key for each in references if each is not None and each.draft},
        "assignee": setting.task.assignee_id,
    }
    return Before(blob, token, facts, _cards(case) if Card in there else {})


def _there(package: Package, case: Case) -> set[type[Row]]:
    """The tables that have rows of this case, of those that its package can have: most have none for most of its way,
    and whether they do one statement says for all."""
    return statements.having(_known(package), {Payment: OF_INVOICES}, "case_id = ?", case.id)


@lru_cache(maxsize=8)  # as many packages are rarely in use at once
def _known(package: Package) -> tuple[type[Row], ...]:
    """The tables that can have rows of a case of this package."""
    known: list[type[Row]] = [model for model in KEPT if _knows(package, model)]
    return (*known, Card) if package.cards else tuple(known)


def _knows(package: Package, model: type[Row]) -> bool:
    """Whether a case of this package can have such rows: what it cannot have is not asked for at every step."""
    if model is Clock:
        return bool(package.guidelines)
    if model in (Invoice, Payment, Surplus):
        return bool(package.fees)
    if model is Booking:
        return bool(package.calendars)
    if model is Opening:
        return bool(package.downloads)
    kept = {Secret: "secrets", Comment: "reviews"}.get(model)
    return kept is None or any(kept in element.properties for element in package.elements.values())


def keeps(stood: Before | None, actor: Actor) -> bool:
    """Whether `keep` will keep it."""
    return stood is not None and actor.user_id is not None


def keep(
    setting: permit.Setting, stood: Before | None, step: Step, answer: Answer, actor: Actor, now: datetime
) -> None:
    """Keep it: the decision may be taken back from now on. Inside the same transaction, after the step."""
    if stood is None or actor.user_id is None:
        return
    case = setting.case
    opened = {entry.task_id for entry in step.log if entry.what == "entered"}
    receipts = (
        {row.id for row in jobrows.made_at(case.id, now) if (row.params or {}).get("receipt") == answer.id}
        if setting.task.side != Side.OPERATOR
        else set()
    )
    known = {int(each) for each in stood.facts["jobs"]}
    undo.keep(
        case=case,
        task_id=setting.task.id,
        by=actor.user_id,
        at=now,
        revision=case.revision,
        blob=stood.blob,
        token=stood.token,
        before=dict(stood.facts),
        made={
            "answer": answer.id,
            "tasks": [each.id for each in step.open_tasks if each.id in opened],
            "jobs": [
                each
                for each in jobrows.waiting_jobs(case.id, max(known, default=0))
                if each not in known and each not in receipts
            ],
            "receipts": sorted(receipts),
            "vendor": setting.task.side != Side.OPERATOR,
            "visits": [[*place, *count] for place, count in step.visits().items()],
            "cards": bool(stood.cards) and _cards(case) != stood.cards,  # no step brings the first card of a case
        },
    )


# Putting back


def put_back(row: Undo, case: Case, task: Any, actor: Actor, now: datetime) -> None:
    """All of it as it was; the answer is the draft of the actor's task again. Inside a transaction.

    Raises Refused when a worker has begun meanwhile what the decision sent.
    """
    _unsend(row, now)
    _reopen(row, task, actor, now)
    _put_back(row, case)
    undo.forget(case.id)


def _unsend(row: Undo, now: datetime) -> None:
    """What waits to go out does not; a worker that was faster by a moment wins."""
    wanted = list(row.made["jobs"])
    undo.cancel_jobs(row.made.get("receipts", ()), now)
    if undo.cancel_jobs(wanted, now) != len(wanted):
        raise Refused("Something has gone out already, so this cannot be taken back any more")
    undo.put_back_jobs(row.before["jobs"])


def _reopen(row: Undo, task: Any, actor: Actor, now: datetime) -> None:
    """The task is open again, its answer a draft; what had opened is closed."""
    undo.close_tasks(row.made["tasks"], now)
    answer = Answer.get_by_id(row.made["answer"])
    values = row.before["draft"] if row.before["draft"] is not None else answer.values
    task.state, task.closed_at, task.closed_by, task.closed_by_name = "open", None, None, ""
    task.on_behalf_of, task.answer = "", None
    if task.side == Side.OPERATOR:
        task.assignee, task.held_since = row.before["assignee"] or actor.user_id, now
    task.save()
    drafts.put(task.id, values, actor, now, int(row.before.get("drafted_revision", 0)) + 1)
    answer.delete_instance()
    for document, key in row.before["drafted"].items():
        Document.update(draft=True, key=key, version=1, line="").where(Document.id == document).execute()


def _put_back(row: Undo, case: Case) -> None:
    for model in KEPT:
        restore(model, case, row.before["rows"][model.__name__])
    undo.free_bank_lines(case.id, row.at)
    timerrows.replace_timers(
        case.id,
        [(each["task_id"], each["element"], rich(each["due_at"])) for each in row.before["timers"]],
    )
    undo.unvisit(case.id, row.made["visits"])
    undo.hide_points(case.id, row.at)
    cases.save_state(case.id, bytes(row.blob), row.token)
    for name, value in row.before["case"].items():
        setattr(case, name, rich(value))
    case.revision += 1  # pages that were drawn meanwhile are out of date
    case.save()


def restore(model: type[Any], case: Case, kept: list[dict[str, Any]]) -> None:
    """The case's rows of a model as they were kept; an invoice's number is not given out again."""
    known = {each["id"] for each in kept}
    present = {each.id for each in rows(model, case)}
    added = list(present - known)
    if added and model is Invoice:
        # Its number is not given out again.
        Invoice.update(state=InvoiceState.CANCELLED).where(Invoice.id.in_(added)).execute()
    elif added:
        model.delete().where(model.id.in_(added)).execute()
    for each in kept:
        values = {name: rich(value) for name, value in each.items()}
        if each["id"] in present:
            model.update({name: value for name, value in values.items() if name != "id"}).where(
                model.id == each["id"]
            ).execute()
        else:
            model.insert(values).execute()


# Rows


def rows(model: type[Any], case: Case) -> Iterable[Any]:
    """The case's rows of a model."""
    if model is Payment:
        return statements.rows(Payment, OF_INVOICES, case.id)
    return statements.rows(model, "case_id = ?", case.id, order="id")


def _waiting(case: Case) -> list[Job]:
    return jobrows.jobs_of(case.id, JobState.QUEUED, JobState.PARKED, JobState.INCIDENT)


def _cards(case: Case) -> dict[int, CardState]:
    return {row.id: row.state for row in statements.rows(Card, "case_id = ?", case.id)}
