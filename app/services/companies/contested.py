"""The body's list of numbers that several name: what each has shown so far, side by side, for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.companies import views
from app.services.papers import addressee as company_
from app.states import DocumentKind, Right, Side, TaskState
from app.store import companies, database, records, work
from app.store.models import Case, Claim, Company

MOST_PAPERS = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """A case of one of them: what it says and what was handed in. `papers`: (id, title, file name, when)."""

    number: str
    system_name: str
    applied_at: datetime
    ended: bool
    contact: str
    email: str
    phone: str
    address: str
    representative: str
    papers: list[tuple[str, str, str, datetime]]
    reviews: list[tuple[str, datetime, str]]  # the body's steps that are done: title, when, by whom


@dataclass(frozen=True, slots=True)
class Party:
    """Who names the number. `managers`: empty when nobody of a proved company is there any more."""

    company_id: int | None
    name: str
    kana: str
    proved_at: datetime | None
    managers: list[str]
    cases: list[Shown]


@dataclass(frozen=True, slots=True)
class Contested:
    """One question. `belongs`: who applied is of the other already, or acts for it."""

    id: int
    number: str
    asked_at: datetime
    claimant: Party
    other: Party
    belongs: bool


def listed(portal: Portal, actor: Actor) -> list[Contested]:
    """What waits for the body, oldest first."""
    actor.require(Right.SEE_COMPANIES)
    with database.connection():
        return [_one(portal, row) for row in companies.claims_on_body()]


def _one(portal: Portal, row: Claim) -> Contested:
    own: Company | None = row.case.company
    agents = {each.user_id for each in companies.mandates(row.company_id, ended=False) if each.open}
    person = companies.person(row.company_id, row.user_id) if row.user_id else None
    claimant = _party(portal, own) if own is not None else Party(None, row.case.company_name, "", None, [], [])
    if own is None:
        claimant.cases.append(_shown(portal, row.case))
    return Contested(
        row.id, row.company.corporate_number or "", row.asked_at, claimant, _party(portal, row.company),
        person is not None or row.user_id in agents,
    )  # fmt: skip


def _party(portal: Portal, company: Company) -> Party:
    managers = [views.name_of(user) + f" <{user.email}>" for user in companies.managers(company.id)]
    shown = [_shown(portal, case) for case in companies.cases_of(company.id)]
    return Party(company.id, company.name, company.kana, company.proved_at, managers, shown)


def _shown(portal: Portal, case: Case) -> Shown:
    fields = portal.releases.loaded(case.release_id).package.applicant
    said = company_.company(case, fields, {key: row.values for key, row in work.latest_answers(case.id).items()})
    papers = [row for row in records.documents(case.id) if row.kind == DocumentKind.UPLOADED][:MOST_PAPERS]
    done = [row for row in work.tasks_of(case.id) if row.side == Side.OPERATOR and row.state == TaskState.DONE]
    return Shown(
        number=case.number,
        system_name=case.system_name,
        applied_at=case.created_at,
        ended=case.ended,
        contact=str(said["contact_name"]),
        email=case.email,
        phone=str(said["phone"]),
        address=str(said["address"]),
        representative=str(said["representative"]),
        papers=[(row.id, row.title, row.filename, row.created_at) for row in papers],
        reviews=[(row.title, row.closed_at, row.closed_by_name) for row in done if row.closed_at is not None],
    )
