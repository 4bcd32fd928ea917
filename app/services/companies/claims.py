"""Several who name one 法人番号: a proved company's managers say whether a later application is of it, else the body.

Nobody whose number is not proved is ever asked about another, nor told that there is another. A yes lets who applied
into the company; their case stays their own until they, or the body for them, give it to the company (`give`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.errors import Forbidden, NotFound, Refused, Stale
from app.services.base import history, jobqueue, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.companies import access
from app.services.companies import cases as companycases
from app.services.companies import company as companypages
from app.states import ClaimState, EntryKind, Judge, Right, Rights, Role, Side
from app.store import cases, companies, database
from app.store.models import Case, Claim, Company

DECISIONS = ("same", "other", "claimant")
WHY = "Say who called and why; this is recorded"
UNCONFIRMED = "company_unconfirmed"  # a purpose of mails


def contest(portal: Portal, case: Case, own: Company, actor: Actor, now: datetime) -> None:
    """The case's company (`own`) names a number just now: ask about it where another here names the same."""
    rivals = [row for row in companies.of_number(str(own.corporate_number)) if row.id != own.id]
    rivals = [row for row in rivals if row.proved_at is not None or companies.people(row.id)]
    told = {
        row.company_id
        for row in companies.claims_of_case(case.id)
        if row.state in {ClaimState.ASKED, ClaimState.ADMITTED}
    }
    if not rivals or rivals[0].id in told:
        return
    target = rivals[0]
    managers = companies.managers(target.id) if target.proved_at is not None else []
    user = actor.user_id if actor.side == Side.VENDOR else companycases.founder(case, actor)
    claim = ask(case, target, user, Judge.MANAGERS if managers else Judge.BODY, now)
    for manager in managers:
        params = {"mail": "company_claim", "to": manager.email, "page": f"/company/{target.id}#claim-{claim.id}"}
        _mail(portal, case, params, f"{claim.id}:{manager.id}", now)


def ask(case: Case, target: Company, user: int | None, asks: Judge, now: datetime) -> Claim:
    """A claim, on record for the body alone: that another names the number is nobody else's to know."""
    history.note(
        case.id, now, EntryKind.COMPANY, title=target.name, text=ClaimState.ASKED.value, data={"asks": asks}, staff=True
    )
    return Claim.create(company=target, case=case, user=user, asks=asks, asked_at=now)


def forget(own: Company, actor: Actor, now: datetime) -> None:
    """The company names another number: nobody is asked any longer; who claimed against it does so against the next."""
    number = own.corporate_number
    for row in companies.asked_about(own.id):
        row.state, row.answered_at, row.answered_by = ClaimState.VOID, now, actor.name
        row.save()
        rest = [each for each in companies.of_number(number) if each.id != own.id] if number else []
        # The same question about who named it before all the others that are left, unless that is who asks.
        if row.company_id == own.id and rest and rest[0].id != row.case.company_id:
            Claim.create(company=rest[0], case=row.case, user=row.user, asks=Judge.BODY, asked_at=now)


def _mail(portal: Portal, case: Case, params: dict[str, Any], key: str, now: datetime) -> None:
    """`params`: with the purpose under `mail`."""
    if mail := portal.releases.loaded(case.release_id).package.mail_for(params["mail"]):
        jobqueue.queue(case, "mail", {**params, "mail": mail}, "", f"claim:{key}", now)


# Answers


def answer(portal: Portal, claim_id: int, actor: Actor, *, admit: bool, reason: str = "") -> str:
    """A manager of the proved company, or the body on the phone (which says why), says whether an application is the
    company's; gives the case's number."""
    now, reason = portal.now(), reason.strip()[:500]
    with database.transaction():
        claim = _asked(claim_id)
        company = companypages.managed(claim.company_id, actor, "There is no such request")
        if claim.asks != Judge.MANAGERS:
            raise NotFound("There is no such request")
        if actor.side == Side.OPERATOR and not reason:
            raise Refused(WHY)
        state = ClaimState.ADMITTED if admit else ClaimState.REFUSED
        case = _settle(portal, claim, state, actor, reason, now)
        if admit:
            _admit(claim, company, actor, now)
        else:
            _loses(case.company)
        _mail(portal, case, {"mail": f"company_{state}", "message": reason}, f"{claim.id}:{state}", now)
    portal.poke()
    return str(case.number)


def decide(portal: Portal, claim_id: int, decision: str, actor: Actor, reason: str) -> str:
    """The body decides between two who name one number; gives the case's number. `same`: one company, who applied joins
    it; `other`: the number is not the applicant's; `claimant`: it is the applicant's, and not the other's."""
    actor.require(Right.COMPANIES)
    now, reason = portal.now(), reason.strip()[:500]
    if not reason:
        raise Refused("Say why; this is recorded")
    if decision not in DECISIONS:
        raise Refused("Choose what is right")
    with database.transaction():
        claim, state = (
            _asked(claim_id),
            {"same": ClaimState.ADMITTED, "other": ClaimState.REFUSED, "claimant": ClaimState.HOLDS}[decision],
        )
        case = _settle(portal, claim, state, actor, reason, now)
        target = claim.company
        companycases.hold(str(target.corporate_number))
        if decision == "claimant" and target.proved_at is not None:
            raise Refused("The number was confirmed for the other company; take that back on its page first")
        if decision == "same":
            _admit(claim, target, actor, now)
            _mail(portal, case, {"mail": "company_admitted"}, f"{claim.id}:{state}", now)
        else:
            loser = target if decision == "claimant" else case.company
            for each in companies.cases_of(loser.id) if loser is not None else [case]:
                if not each.ended:
                    _mail(portal, each, {"mail": UNCONFIRMED}, f"{claim.id}:{state}:{each.id}", now)
            if loser is not None:
                forget(loser, actor, now)
            _loses(loser)
    portal.poke()
    return str(case.number)


def _asked(claim_id: int) -> Claim:
    claim = companies.claim(claim_id)
    if claim is None:
        raise NotFound("There is no such request")
    return claim


def _settle(portal: Portal, claim: Claim, state: ClaimState, actor: Actor, reason: str, now: datetime) -> Case:
    """The answer, on record: in the case for the body alone unless who applied is told, and with the company."""
    access.hold(claim.company_id)
    case = cases.lock(claim.case_id)
    claim = _asked(claim.id)  # as it is now
    if claim.state != ClaimState.ASKED:
        raise Stale("%(name)s has already answered this request", name=claim.answered_by or "-")
    claim.state, claim.answered_at, claim.answered_by, claim.reason = state, now, actor.name, reason
    claim.save()
    told = state == ClaimState.ADMITTED or (state == ClaimState.REFUSED and claim.asks == Judge.MANAGERS)
    history.note(
        case.id,
        now,
        EntryKind.COMPANY,
        by=actor,
        title=claim.company.name,
        text=state.value,
        data={"reason": reason} if reason and claim.asks == Judge.MANAGERS else {"by": claim.asks},
        staff=not told,
    )
    if reason and claim.asks == Judge.BODY:  # what the body knows of one is not for the other
        history.note(case.id, now, EntryKind.COMPANY, by=actor, title=reason[:300], text="reason", staff=True)
    companypages.note(portal, claim.company, actor, "claim", case.number, f"{state} {reason}".strip())
    return case


def _admit(claim: Claim, company: Company, actor: Actor, now: datetime) -> None:
    """Who applied is of the company; their case is not. Where nobody manages it (the body decides then), they do."""
    rows = cases.members(claim.case_id)
    users = [claim.user_id] if claim.user_id else [row.user_id for row in rows if row.rights == Rights.FULL]
    agents = {row.user_id for row in companycases.mandates(company)}
    for user in users:
        if user not in agents:
            role = Role.MEMBER if companies.managers(company.id) else Role.MANAGER
            companies.add_person(company.id, user, role, now, actor.name)
    access.settle(company.id, now)


def _loses(company: Company | None) -> None:
    """The number is not theirs: their company has none until they name one again."""
    if company is not None and company.proved_at is None:
        company.corporate_number = None
        company.save()


# The case


def open_to(case: Case, actor: Actor) -> Company | None:
    """The company of which who asks has become, and which the case may be given to; none when there is none."""
    own = case.company
    for claim in companies.claims_of_case(case.id):
        company = claim.company
        if claim.state != ClaimState.ADMITTED or (own is not None and own.id == company.id):
            continue
        if actor.side == Side.OPERATOR or _of(company, actor):
            return company
    if own is None or own.proved_at is not None or not own.corporate_number or actor.side != Side.VENDOR:
        return None
    rest = (row for row in companies.of_number(own.corporate_number) if row.id != own.id)
    return next((row for row in rest if _of(row, actor)), None)


def _of(company: Company, actor: Actor) -> bool:
    agents = {row.user_id for row in companycases.mandates(company)}
    return companies.person(company.id, actor.user_id or 0) is not None or actor.user_id in agents


def give(portal: Portal, number: str, actor: Actor, reason: str = "") -> str:
    """Who applied, or the body for them (which says why), gives the case to the company that let them in: from here on
    its managers see all of it. Gives the company's name."""
    now, reason = portal.now(), reason.strip()[:500]
    with database.transaction():
        found = permit.visible_case(cases.get(number), actor)
        target = open_to(found, actor)
        if target is None:
            raise Refused("There is no company to which this case can be given")
        access.hold(target.id)
        case = cases.lock(found.id)
        if actor.side == Side.OPERATOR:
            actor.require(Right.COMPANIES)
            if not reason:
                raise Refused(WHY)
        else:
            permit.acting(case, actor, binds=True)
            if case.company is not None and not _manages(case.company, actor):
                raise Forbidden("Only a manager of the company may do this")
        companycases.leave(case, actor, now, together=True)
        companycases.join(case, target, now, bring=False)
        history.note(
            case.id,
            now,
            EntryKind.COMPANY,
            by=actor,
            title=target.name,
            text="given",
            data={"reason": reason} if reason else {},
        )
        companypages.note(portal, target, actor, "case", "", f"{case.number} {reason}".strip())
    return str(target.name)


def _manages(company: Company, actor: Actor) -> bool:
    row = companies.person(company.id, actor.user_id or 0)
    return row is not None and row.role == Role.MANAGER
