"""A vendor company as its people see it: who belongs to it, who may do what, who acts for it, who waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import Forbidden, NotFound
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.companies import views
from app.services.companies.views import ClaimView, InvitationView, MandateView, PersonView, Seat
from app.states import ChangeKind, Right, Role, Side
from app.store import changes, companies, database
from app.store.models import Case, Claim, Company


@dataclass(frozen=True)
class CompanyPage:
    """Everything that the company's page shows. `manages`: the reader may change it."""

    id: int
    name: str
    corporate_number: str
    manages: bool
    proved_at: datetime | None  # none: provisional
    proved_by: str  # for staff
    waits: int  # claims around its number that wait for the body; 0 for the vendor
    people: list[PersonView]
    mandates: list[MandateView]
    invitations: list[InvitationView]
    claims: list[ClaimView]
    cases: list[Case]


@dataclass(frozen=True, slots=True)
class Mine:
    """A company of the reader's."""

    id: int
    name: str
    corporate_number: str
    proved: bool
    manager: bool
    waiting: int  # claims that the reader, as a manager, may answer


def mine(actor: Actor) -> list[Mine]:
    """The companies to which the actor belongs."""
    with database.connection():
        return [
            Mine(
                row.company_id, row.company.name, row.company.corporate_number or "",
                row.company.proved_at is not None, row.role == Role.MANAGER,
                len(companies.claims(row.company_id)) if row.role == Role.MANAGER else 0,
            )
            for row in companies.of_user(actor.user_id or 0)
        ]  # fmt: skip


def waiting(actor: Actor) -> list[ClaimView]:
    """The applications that wait for this person to say whether they are the company's, oldest first."""
    with database.connection():
        return [views.claim(row, row.company) for row in companies.claims_waiting(actor.user_id or 0)]


def find(company_id: int, actor: Actor) -> tuple[Company, bool]:
    """The company and whether the actor may change it; NotFound for strangers. Inside a connection."""
    row = companies.get(company_id)
    if row is None:
        raise NotFound("There is no such company")
    if actor.side == Side.OPERATOR:
        actor.require(Right.SEE_COMPANIES)
        return row, actor.has(Right.COMPANIES)
    person = companies.person(company_id, actor.user_id or 0)
    if person is None:
        raise NotFound("There is no such company")
    return row, person.role == Role.MANAGER


def managed(company_id: int, actor: Actor, missing: str = "") -> Company:
    """The company, for who may change it: its managers, and the body's staff on the phone. `missing`: what a stranger
    hears who asked for something of the company, that there may be such a thing is not told."""
    try:
        row, may = find(company_id, actor)
    except NotFound:
        if missing:
            raise NotFound(missing) from None
        raise
    actor.require(Right.COMPANIES, Right.COMPANY)
    if not may:
        raise Forbidden("Only a manager of the company may do this")
    return row


def may_manage(shown: CompanyPage) -> None:
    """Raise Forbidden unless the reader of the page may change the company."""
    if not shown.manages:
        raise Forbidden("Only a manager of the company may do this")


def page(portal: Portal, company_id: int, actor: Actor) -> CompanyPage:
    """What the page of the company shows the actor."""
    with database.connection():
        row, may = find(company_id, actor)
        rows, seats = companies.cases_of(row.id), companies.members(row.id)
        return CompanyPage(
            id=row.id,
            name=row.name,
            corporate_number=row.corporate_number or "",
            manages=may,
            proved_at=row.proved_at,
            proved_by=row.proved_by if actor.side == Side.OPERATOR else "",
            waits=len(bodys(row.id)) if actor.side == Side.OPERATOR else 0,
            people=[views.person(each, seats) for each in companies.people(row.id)],
            mandates=[views.mandate(portal, each, row, rows) for each in companies.mandates(row.id)],
            invitations=views.invitations(portal, companies.invitations(row.id)) if may else [],
            claims=[views.claim(each, row) for each in companies.claims(row.id)] if may else [],
            cases=rows,
        )


def bodys(company_id: int) -> list[Claim]:
    """Claims against the company, or of its own cases against others, that wait for the body. Inside a connection."""
    return companies.for_body(company_id)


def seats(company_id: int, user_id: int, actor: Actor) -> tuple[PersonView, list[Seat]]:
    """One person of the company and what they may do on each of its cases."""
    with database.connection():
        managed(company_id, actor)
        row = next((each for each in companies.people(company_id) if each.user_id == user_id), None)
        if row is None:
            raise NotFound("There is no such person in the company")
        everybody = companies.members(company_id)
        own = {each.case_id: each for each in everybody if each.user_id == user_id}
        found = []
        for case in companies.cases_of(company_id):
            seat = own.get(case.id)
            rights = seat.rights.value if seat is not None else "none"
            found.append(
                Seat(
                    case.id, case.number, case.system_name, case.ended, rights, bool(seat and seat.mails),
                    bool(seat and seat.mandate_id),
                )
            )  # fmt: skip
        return views.person(row, everybody), found


def note(portal: Portal, company: Company, actor: Actor, field: str, before: str, after: str) -> None:
    """What was changed of the company goes on record, outside its cases. Inside a transaction."""
    subject = f"{company.name} {company.corporate_number or ''}".strip()[:200]
    add, kind = changes.add, ChangeKind.COMPANY
    add(portal.now(), actor.user_id, actor.name, kind, subject, field, before, after, key=company.id, side=actor.side)
