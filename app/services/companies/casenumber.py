"""The 法人番号 of a case as its reader may know of it: unproved or proved, and what was answered about it."""

from __future__ import annotations

from app.services.base.actors import Actor
from app.services.companies import claims as companyclaims
from app.services.companies import company as companypages
from app.services.companies import views
from app.services.companies.views import CaseNumber
from app.states import ClaimState, Judge, Side
from app.store import companies
from app.store.models import Case, Claim, Company


def of_case(case: Case, actor: Actor) -> CaseNumber:
    """The case's number and what became of it. Inside a connection."""
    company, staff = case.company, actor.side == Side.OPERATOR
    claims = [row for row in companies.claims_of_case(case.id) if row.state != ClaimState.VOID]
    last = claims[0] if claims else None
    if last is not None and not staff and not _told(last, company):
        last = None
    target = companyclaims.open_to(case, actor)
    return CaseNumber(
        company.id if company is not None else None,
        company.name if company is not None else "",
        (company.corporate_number or "") if company is not None else "",
        company is not None and company.proved_at is not None,
        views.claim(last, last.company) if last is not None else None,
        target.name if target is not None else "",
        len(companypages.bodys(company.id)) if staff and company is not None else 0,
    )


def _told(claim: Claim, company: Company | None) -> bool:
    """Whether the vendor knows of the claim: its managers said no, or it was let in and has not given the case yet."""
    if claim.state == ClaimState.ADMITTED:
        return company is None or company.id != claim.company_id
    return claim.state == ClaimState.REFUSED and claim.asks == Judge.MANAGERS
