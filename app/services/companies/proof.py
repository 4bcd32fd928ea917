"""When a company is proved to be the one of its 法人番号: by the body alone, in the review that saw the registry
certificate (property `proves_company`), by a certificate that it issues, or by hand with a reason.

From then on the company's managers are asked about others who name the number. Who had named it without proof goes on
with a case of their own, and the body decides whether they are of the company. All on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app import feel
from app.errors import Refused
from app.services.base import history, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.companies import access
from app.services.companies import cases as companycases
from app.services.companies import claims as companyclaims
from app.services.companies import company as companypages
from app.states import ClaimState, EntryKind, Judge, Right, Role, Side
from app.store import cases, companies, database
from app.store.models import Case, Claim, Company

PROPERTY = "proves_company"


def passed(portal: Portal, setting: permit.Setting, values: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """A review of the body that proves companies is done: when its condition holds for the answers, the case's company
    is proved. Inside the step."""
    condition = setting.element.properties.get(PROPERTY)
    if condition and setting.task.side == Side.OPERATOR and feel.parse(condition).holds(values):
        prove(portal, setting.case, actor, now, task=setting.task.id, reason=setting.element.id)


def prove(portal: Portal, case: Case, actor: Actor, now: datetime, *, task: str = "", reason: str = "") -> None:
    """The company of the case is the one of its number. Nothing happens where another is proved to be that already: its
    managers have been asked. Inside a transaction, the case locked."""
    claims = companies.claims_of_case(case.id)
    admitted = next((row.company for row in claims if row.state == ClaimState.ADMITTED), None)
    company = admitted or case.company
    if company is None or not company.corporate_number or company.proved_at is not None:
        return
    companycases.hold(company.corporate_number)
    named = companies.of_number(company.corporate_number)
    if any(row.proved_at is not None for row in named):
        return
    company.proved_at, company.proved_by, company.proved_task = now, actor.name, task
    company.save()
    history.note(case.id, now, EntryKind.COMPANY, by=actor, title=company.name, text="proved")
    companypages.note(portal, company, actor, "proved", "", f"{case.number} {reason}".strip())
    for row in claims:
        if row.state == ClaimState.ASKED and company.id != row.company_id:
            row.state, row.answered_at, row.answered_by = ClaimState.HOLDS, now, actor.name
            row.save()
    for other in named:
        if other.id != company.id and companies.people(other.id):
            _loses_to(other, company, now)


def _loses_to(other: Company, company: Company, now: datetime) -> None:
    """Another had named the number: whether its people are of the proved company, the body decides."""
    for row in companies.asked_about(other.id):
        if row.company_id == other.id:
            row.company, row.asks = company, Judge.BODY
            row.save()
    for case in companies.cases_of(other.id):
        known = {
            row.company_id
            for row in companies.claims_of_case(case.id)
            if row.state in {ClaimState.ASKED, ClaimState.ADMITTED}
        }
        if company.id not in known:
            first = next((row.user_id for row in companies.people(other.id) if row.role == Role.MANAGER), None)
            companyclaims.ask(case, company, first, Judge.BODY, now)
            break  # one question for the company; its other cases go with it


# By hand


def by_hand(portal: Portal, company_id: int, actor: Actor, reason: str) -> None:
    """The body has seen otherwise that the number is the company's, and says how."""
    actor.require(Right.COMPANIES)
    reason, now = reason.strip()[:500], portal.now()
    if not reason:
        raise Refused("Say what you checked; this is recorded")
    with database.transaction():
        access.hold(company_id)
        company = companypages.managed(company_id, actor)
        own = companies.cases_of(company.id)
        if not company.corporate_number or not own:
            raise Refused("There is no corporate number that could be confirmed")
        if any(row.proved_at is not None for row in companies.of_number(company.corporate_number)):
            raise Refused("A company with this corporate number is confirmed already")
        prove(portal, cases.lock(own[0].id), actor, now, reason=reason)


def revoke(portal: Portal, company_id: int, actor: Actor, reason: str) -> None:
    """The body takes back that a company is proved; it is provisional again, and what its managers were asked is the
    body's to answer."""
    actor.require(Right.COMPANIES)
    reason = reason.strip()[:500]
    if not reason:
        raise Refused("Say why; this is recorded")
    with database.transaction():
        access.hold(company_id)
        company = companypages.managed(company_id, actor)
        if company.proved_at is None:
            raise Refused("This company is not confirmed")
        _unprove(portal, company, actor, reason)


def taken_back(portal: Portal, task_id: str, actor: Actor) -> None:
    """The review that proved a company is taken back. Inside its transaction."""
    company = companies.proved_by_task(task_id)
    if company is not None:
        _unprove(portal, company, actor, "")


def _unprove(portal: Portal, company: Company, actor: Actor, reason: str) -> None:
    company.proved_at, company.proved_by, company.proved_task = None, "", ""
    company.save()
    mine = (Claim.company == company.id) & (Claim.asks == Judge.MANAGERS) & (Claim.state == ClaimState.ASKED)
    Claim.update(asks=Judge.BODY).where(mine).execute()
    companypages.note(portal, company, actor, "proved", company.corporate_number or "", reason)
