"""Companies: their people, mandates, invitations, and the applications that name their number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from peewee import JOIN, fn

from app.states import ClaimState, InvitationKind, JobState, Judge, Role, TaskState
from app.store import deliveries
from app.store.composed import Composed
from app.store.models import (
    Case,
    Claim,
    Company,
    CompanyPerson,
    Draft,
    Invitation,
    Job,
    Mandate,
    Member,
    Task,
    User,
)

_of_number = Composed[Company](
    lambda number: (
        Company.select().where(Company.corporate_number == number).order_by(Company.proved_at.is_null(), Company.id)
    )
)


def of_number(corporate_number: str) -> list[Company]:
    """The companies that name this 法人番号: the proved one first, then the provisional ones, oldest first."""
    return _of_number.rows(corporate_number)


def proved_by_task(task_id: str) -> Company | None:
    """The company that this review proved."""
    return Company.get_or_none(Company.proved_task == task_id) if task_id else None


def get(company_id: int) -> Company | None:
    """The company of this row id."""
    return Company.get_or_none(Company.id == company_id)


def create(corporate_number: str, name: str, kana: str, at: datetime) -> Company:
    """A new company, provisional."""
    return Company.create(corporate_number=corporate_number, name=name, kana=kana, created_at=at)


# Its people


def person(company: int, user: int) -> CompanyPerson | None:
    """Whether somebody belongs to the company, and as what."""
    return CompanyPerson.get_or_none((CompanyPerson.company == company) & (CompanyPerson.user == user))


def people(company: int) -> list[CompanyPerson]:
    """Everybody of the company, managers first."""
    query = CompanyPerson.select(CompanyPerson, User).join(User).where(CompanyPerson.company == company)
    return list(query.order_by(CompanyPerson.role, CompanyPerson.id))  # manager sorts before member


def managers(company: int) -> list[User]:
    """The company's managers who can sign in or still have to choose a password."""
    return [row.user for row in people(company) if row.role == Role.MANAGER and row.user.active]


def of_user(user: int) -> list[CompanyPerson]:
    """The companies to which somebody belongs, by name."""
    query = CompanyPerson.select(CompanyPerson, Company).join(Company).where(CompanyPerson.user == user)
    return list(query.order_by(Company.name))


def add_person(company: int, user: int, role: Role, at: datetime, by: str) -> None:
    """Somebody joins the company; whoever is there already keeps their role."""
    row = CompanyPerson.insert(company=company, user=user, role=role, added_at=at, added_by=by)
    row.on_conflict_ignore().execute()


# Its cases, and who is on them


def cases_of(company: int) -> list[Case]:
    """The company's cases, the open ones first, then newest first."""
    return list(Case.select().where(Case.company == company).order_by(Case.ended, Case.id.desc()))


def members(company: int) -> list[Member]:
    """Who is on the company's cases, agents too."""
    return list(Member.select(Member).join(Case).where(Case.company == company))


def member_cases(user: int) -> list[Member]:
    """The cases on which somebody is, with the cases."""
    return list(Member.select(Member, Case).join(Case).where(Member.user == user))


def drafts_of(user: int, cases: Sequence[int]) -> list[Draft]:
    """Open drafts of these cases that the person saved last."""
    open_tasks = Task.select(Task.id).where(Task.case.in_(list(cases)) & (Task.state == TaskState.OPEN))
    return list(Draft.select().where((Draft.saved_by == user) & Draft.task.in_(open_tasks)))


# Who acts for it


def mandate(row_id: int) -> Mandate | None:
    """The mandate of this row id."""
    return Mandate.get_or_none(Mandate.id == row_id)


def mandates(company: int, *, ended: bool = True) -> list[Mandate]:
    """The company's mandates, newest first; those that ended too."""
    query = Mandate.select(Mandate, User).join(User).where(Mandate.company == company)
    if not ended:
        query = query.where(Mandate.ended_at.is_null())
    return list(query.order_by(Mandate.ended_at.is_null(False), Mandate.id.desc()))


def mandates_of(user: int) -> list[Mandate]:
    """The mandates of an agent that did not end, with their companies, by name."""
    query = Mandate.select(Mandate, Company).join(Company)
    return list(query.where((Mandate.user == user) & Mandate.ended_at.is_null()).order_by(Company.name))


def _to_turn(today: Any) -> Any:
    begins = ~Mandate.open & (Mandate.first_day <= today) & (Mandate.last_day.is_null() | (Mandate.last_day >= today))
    over = Mandate.open & Mandate.last_day.is_null(False) & (Mandate.last_day < today)
    return Mandate.select().where(Mandate.ended_at.is_null() & (begins | over))


_all_to_turn = Composed[Mandate](_to_turn)
_to_turn_of = Composed[Mandate](lambda today, user: _to_turn(today).where(Mandate.user == user))


def mandates_to_turn(today: date, user: int | None = None) -> list[Mandate]:
    """Mandates whose first or last day makes a difference that is not written into the cases yet."""
    return _all_to_turn.rows(today) if user is None else _to_turn_of.rows(today, user)


def mandates_ending(first: date, last: date) -> list[Mandate]:
    """Open mandates whose last day lies between these days, with both of them, with company and agent."""
    query = Mandate.select(Mandate, Company, User).join(Company).switch(Mandate).join(User)
    near = Mandate.open & Mandate.ended_at.is_null() & (Mandate.last_day >= first) & (Mandate.last_day <= last)
    return list(query.where(near).order_by(Mandate.id))


# Who was invited


def invitation(row_id: int) -> Invitation | None:
    """The invitation of this row id."""
    return Invitation.get_or_none(Invitation.id == row_id)


def invitations(company: int) -> list[Invitation]:
    """Those that were neither taken up nor taken back, newest first."""
    waits = Invitation.used_at.is_null() & Invitation.taken_back_at.is_null()
    return list(Invitation.select().where((Invitation.company == company) & waits).order_by(Invitation.id.desc()))


def waiting_invitation(company: int, email: str, kind: InvitationKind) -> Invitation | None:
    """One that waits for this address."""
    found = (row for row in invitations(company) if row.kind == kind and row.email == email)
    return next(found, None)


def invitations_around(case: int, company: int | None) -> list[Invitation]:
    """Those to this case and those to its company that wait, newest first."""
    waits = Invitation.used_at.is_null() & Invitation.taken_back_at.is_null()
    meant = (Invitation.case == case) | (Invitation.company == company) if company else Invitation.case == case
    return list(Invitation.select().where(meant & waits).order_by(Invitation.id.desc()))


def invitations_follow(case: int, company: int) -> None:
    """Whoever waits to come to the case belongs to its company once they come."""
    Invitation.update(company=company).where((Invitation.case == case) & Invitation.used_at.is_null()).execute()


def unsent(keys: Sequence[str]) -> set[str]:
    """Keys of the mails among these that could not be sent, or came back."""
    if not keys:
        return set()
    stuck = Job.select(Job.key).where(Job.key.in_(list(keys)) & (Job.state == JobState.INCIDENT))
    return {row.key for row in stuck} | deliveries.came_back(keys)


# Who says to be of it


def claim(row_id: int) -> Claim | None:
    """The claim of this row id."""
    return Claim.get_or_none(Claim.id == row_id)


def _claims() -> Any:
    return Claim.select(Claim, Company, Case, User).join(Company).switch(Claim).join(Case).switch(Claim).join(
        User, JOIN.LEFT_OUTER
    )  # fmt: skip


def claims(company: int, asks: Judge = Judge.MANAGERS) -> list[Claim]:
    """What is asked of the company's managers (or of the body about it), oldest first."""
    waits = (Claim.company == company) & (Claim.state == ClaimState.ASKED) & (Claim.asks == asks)
    return list(_claims().where(waits).order_by(Claim.id))


def on_body() -> Any:
    """What is asked of the body, and of managers who are not there any more."""
    managers = CompanyPerson.select(CompanyPerson.id).join(User)
    managers = managers.where(
        (CompanyPerson.company == Claim.company) & (CompanyPerson.role == Role.MANAGER) & User.active
    )
    return (Claim.state == ClaimState.ASKED) & ((Claim.asks == Judge.BODY) | ~fn.EXISTS(managers))


def claims_on_body() -> list[Claim]:
    """What the body has to decide, oldest first."""
    return list(_claims().where(on_body()).order_by(Claim.id))


def asked_about(company: int) -> list[Claim]:
    """Every open claim against the company, and of its own cases against others."""
    own = Case.select(Case.id).where(Case.company == company)
    waits = ((Claim.company == company) | Claim.case.in_(own)) & (Claim.state == ClaimState.ASKED)
    return list(_claims().where(waits).order_by(Claim.id))


def _about_for_body(company: Any, same: Any) -> Any:
    own = Case.select(Case.id).where(Case.company == same)
    return _claims().where(((Claim.company == company) | Claim.case.in_(own)) & on_body()).order_by(Claim.id)


_for_body = Composed[Claim](_about_for_body)


def for_body(company: int) -> list[Claim]:
    """What the body has to decide about the company, and about its own cases against others, oldest first."""
    return _for_body.rows(company, company)


_of_case = Composed[Claim](
    lambda case: Claim.select(Claim, Company).join(Company).where(Claim.case == case).order_by(Claim.id.desc())
)


def claims_of_case(case: int) -> list[Claim]:
    """All claims of the case, newest first."""
    return _of_case.rows(case)


def _wait_for(user: Any) -> Any:
    managed = CompanyPerson.select(CompanyPerson.company).where(
        (CompanyPerson.user == user) & (CompanyPerson.role == Role.MANAGER)
    )
    waits = (Claim.state == ClaimState.ASKED) & (Claim.asks == Judge.MANAGERS) & Claim.company.in_(managed)
    return _claims().where(waits).order_by(Claim.id)


_waiting = Composed[Claim](_wait_for)


def claims_waiting(user: int) -> list[Claim]:
    """The claims that wait for this person, as a manager, to answer them, oldest first."""
    return _waiting.rows(user)
