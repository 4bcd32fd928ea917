"""Which company a case belongs to: founding one, joining one, leaving one. All inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from app.services.base.actors import Actor
from app.services.companies import access
from app.states import Rights, Role, Side
from app.store import cases, companies, database
from app.store.models import Case, Company, Mandate


def found(case: Case, number: str, kana: str, actor: Actor, now: datetime) -> Company:
    """A company of the case's own people, provisional: its manager is who typed the number, or (typed by the body) the
    case's first person. Whoever else names the same number has another one and sees nothing of this."""
    company = companies.create(number, case.company_name, kana, now)
    first = founder(case, actor)
    if first is not None:
        companies.add_person(company.id, first, Role.MANAGER, now, "")
    for row in cases.members(case.id):
        companies.add_person(company.id, row.user_id, Role.MEMBER, now, "")
    companies.invitations_follow(case.id, company.id)
    _put(case, company, now)
    return company


def founder(case: Case, actor: Actor) -> int | None:
    """Whose the case is, as far as its company goes."""
    if actor.side == Side.VENDOR:
        return actor.user_id
    return next((row.user_id for row in cases.members(case.id) if row.rights == Rights.FULL), None)


def join(case: Case, company: Company, now: datetime, *, bring: bool) -> None:
    """The case is the company's from here on: its managers see all of it, an agent's seat becomes one by their mandate.
    `bring`: the case's people join the company too (a manager brings them); else they only keep their seats."""
    agents = {row.user_id: row for row in mandates(company)}
    for row in cases.members(case.id):
        if companies.person(company.id, row.user_id) is not None:
            continue
        if row.user_id in agents:
            row.mandate_id, row.rights = agents[row.user_id].id, agents[row.user_id].rights
            row.save()
        elif bring:
            companies.add_person(company.id, row.user_id, Role.MEMBER, now, "")
    if bring:
        companies.invitations_follow(case.id, company.id)
    _put(case, company, now)


def mandates(company: Company) -> list[Mandate]:
    """The open mandates to act for the company on all its cases, those to come too."""
    return [row for row in companies.mandates(company.id, ended=False) if row.open and row.every_case]


def _put(case: Case, company: Company, now: datetime) -> None:
    case.company = company
    case.revision += 1  # a decision from before is not taken back over this
    case.save()
    access.settle(company.id, now)


def leave(case: Case, actor: Actor, now: datetime, *, together: bool = False) -> None:
    """The case is no company's: whoever was there for the company (as its manager, by its mandate) sees it no
    longer. Who does it, the case's contact, and people who were added to this very case stay; `together`:
    everybody but agents."""
    company = case.company
    if company is None:
        return
    rows = cases.members(case.id)
    own = [
        row
        for row in rows
        if row.user_id == actor.user_id
        or row.user.email == case.email
        or (row.mandate_id is None and (together or row.added_by or not companies.person(company.id, row.user_id)))
    ]
    if any(row.rights == Rights.FULL or row.mandate_id is not None for row in own):  # else nobody would be left to act
        for row in rows:
            if row not in own:
                row.delete_instance()
    for row in own:
        if row.mandate_id is not None:  # an agent's own application
            row.mandate_id, row.rights = None, Rights.FULL
            row.save()
    case.company = None
    case.save()
    close(company, now)


def close(company: Company, now: datetime) -> None:
    """A provisional company that has no case any more is over: it names no number, and nobody acts for it."""
    if company.proved_at is not None or companies.cases_of(company.id):
        return
    for each in companies.people(company.id):
        each.delete_instance()
    for invitation in companies.invitations(company.id):
        invitation.taken_back_at = now
        invitation.save()
    for mandate in companies.mandates(company.id, ended=False):
        mandate.open, mandate.ended_at = False, now
        mandate.save()
    company.corporate_number = None
    company.save()


def only(company: Company, case: Case) -> bool:
    """Whether the company is provisional and this case's alone."""
    return company.proved_at is None and [row.id for row in companies.cases_of(company.id)] == [case.id]


def hold(number: str) -> None:
    """One change at a time of who has this 法人番号, until the transaction ends."""
    database.lock_name(f"corporate number:{number}")
