"""What is old enough to go, and what holds it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import JOIN, Value

from app.states import Act, Kept, LineState
from app.store.models import (
    Answer,
    Archive,
    BankFile,
    BankLine,
    Case,
    Company,
    CompanyPerson,
    Document,
    Invoice,
    LegalHold,
    Mail,
    Retention,
    TrailEntry,
)

ERASED = "erased:"


def days() -> dict[Kept, int]:
    """Periods that were changed."""
    return {row.kind: row.days for row in Retention.select()}


def set_days(kind: Kept, count: int) -> None:
    """Keep a kind so long."""
    Retention.insert(kind=kind, days=count).on_conflict(
        conflict_target=[Retention.kind], update={Retention.days: count}
    ).execute()


# What is held


def holds() -> list[LegalHold]:
    """What stands, the newest first, with the case or the company."""
    query = LegalHold.select(LegalHold, Case, Company).join(Case, JOIN.LEFT_OUTER)
    query = query.switch(LegalHold).join(Company, JOIN.LEFT_OUTER, on=(LegalHold.company == Company.id))
    return list(query.where(LegalHold.ended_at.is_null()).order_by(-LegalHold.id))


def hold_of(*, case: int | None = None, company: int | None = None) -> LegalHold | None:
    """What holds this case, or this company, by itself."""
    mine = (LegalHold.case == case) if case is not None else (LegalHold.company == company)
    return LegalHold.get_or_none(mine & LegalHold.ended_at.is_null())


def change_hold(
    row: LegalHold | None, reason: str, at: datetime, by_name: str, *, case: int | None = None,
    company: int | None = None,
) -> None:  # fmt: skip
    """Hold a case or a company, or end what holds it."""
    if row is None:
        LegalHold.create(case=case, company=company, reason=reason, at=at, by_name=by_name)
    else:
        row.ended_at = at
        row.save()


def is_held(case: int) -> bool:
    """Whether the case is, or its company."""
    return not Case.select().where((Case.id == case) & _free(Case.id)).exists()


def companies_held(user: int) -> bool:
    """Whether somebody belongs to a company that is held."""
    mine = CompanyPerson.select().join(Company).where(CompanyPerson.user == user)
    return bool(mine.where(Company.corporate_number.in_(_numbers())).exists())


def _numbers() -> Any:
    """Corporate numbers that are held: several companies may have said the same one."""
    held = Company.alias()
    query = held.select(held.corporate_number).join(LegalHold, on=(LegalHold.company == held.id))
    return query.where(LegalHold.ended_at.is_null() & held.corporate_number.is_null(False))


def _free(case: Any) -> Any:
    """The case of this number is not held, and its company is not."""
    own = LegalHold.select(LegalHold.case).where(LegalHold.ended_at.is_null() & LegalHold.case.is_null(False))
    of = Case.alias()
    theirs = of.select(of.id).join(Company).where(Company.corporate_number.in_(_numbers()))
    return case.not_in(own) & case.not_in(theirs)


# What is old enough


def details(acts: Sequence[Act], before: datetime) -> Any:
    """Entries of the audit record whose details are there and old enough, the oldest first; of no case that is held."""
    free = TrailEntry.case_id.is_null() | _free(TrailEntry.case_id)
    old = TrailEntry.act.in_(acts) & (TrailEntry.at < before) & ~TrailEntry.who.startswith(ERASED)
    return TrailEntry.select().where(old & free).order_by(TrailEntry.id)


def mails(before: datetime) -> Any:
    """Mails with a text, of cases that ended before then and that nothing holds."""
    mine = _over(before) & (Mail.written_at < before) & (Mail.text != "")
    return Mail.select().join(Case).where(mine).order_by(Mail.id)


def documents(before: datetime) -> Any:
    """Documents whose bytes are there, of such cases."""
    mine = _over(before) & (Document.created_at < before) & (Document.digest != "")
    return Document.select().join(Case).where(mine).order_by(Document.created_at, Document.id)


def answers(before: datetime) -> Any:
    """Answers that say something, of such cases."""
    mine = _over(before) & (Answer.at < before) & (Answer.values != {})
    return Answer.select().join(Case).where(mine).order_by(Answer.id)


def archives(before: datetime) -> Any:
    """Archives of such cases."""
    return Archive.select().join(Case).where(_over(before)).order_by(Archive.at)


def bank_lines(before: datetime) -> Any:
    """The bank's lines that nobody has to see to any more, with a payer or a text; of no case that is held."""
    said = (BankLine.payer != "") | (BankLine.text != "")
    held = Invoice.select(Invoice.id).where(~_free(Invoice.case))
    free = BankLine.invoice.is_null() | BankLine.invoice.not_in(held)
    old = (BankLine.day < before.date()) & (BankLine.state != LineState.NEW)
    return BankLine.select().where(old & said & free).order_by(BankLine.id)


def bank_files(before: datetime) -> Any:
    """Files of the bank that say what was left out of them, old enough."""
    return (
        BankFile.select()
        .where((BankFile.at < before) & (BankFile.left_out != Value("[]", converter=False)))
        .order_by(BankFile.id)
    )


def _over(before: datetime) -> Any:
    return Case.ended & (Case.changed_at < before) & _free(Case.id)
