"""Which company a case belongs to: the first to name a 法人番号 founds it here, later ones ask its managers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.errors import NotFound, Refused, Stale
from app.services import access, effects
from app.services import companies as companypages
from app.services.actors import Actor
from app.services.portal import Portal
from app.store import cases, companies, database, search
from app.store.models import Case, Claim, Company

ASKED, ADMITTED, REFUSED = "asked", "admitted", "refused"


def learn(portal: Portal, case: Case, values: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """An answer with a 法人番号 ties the case to its company; names on the case follow the answer. Inside a step."""
    if values.get("company_name"):
        case.company_name = values["company_name"]
    if values.get("system_name"):
        case.system_name = values["system_name"]
    if values.get("company_name") or values.get("system_name"):
        search.keep(case)
    number = values.get("corporate_number")
    if number:
        _tie(portal, case, str(number), str(values.get("company_kana") or ""), actor, now)


def _tie(portal: Portal, case: Case, number: str, kana: str, actor: Actor, now: datetime) -> None:
    database.lock_name(f"corporate number:{number}")  # founded once
    known = companies.by_number(number)
    if case.company_id and known is not None and known.id == case.company_id:
        return
    if case.company_id:  # the number was mended
        left, case.company = case.company_id, None
        case.save()
        access.settle(left, now)
    if known is None or not companies.people(known.id):
        # A known company keeps its own words: typing its number proves nothing about who types.
        known = known or companies.create(number, case.company_name, kana, now)
        first = _first(case, actor)
        if first is not None:
            companies.add_person(known.id, first, "manager", now, "")
        _join(case, known, now)
    elif _belongs(case, known, actor):
        _join(case, known, now)
    else:
        _ask(portal, case, known, actor, now)


def _first(case: Case, actor: Actor) -> int | None:
    """Who manages a company that is new here: who typed its number, or (typed by the body) the case's first person."""
    if actor.side == "vendor":
        return actor.user_id
    return next((row.user_id for row in cases.members(case.id) if row.rights == "full"), None)


def _belongs(case: Case, company: Company, actor: Actor) -> bool:
    """Whether who typed the number is of the company, or acts for it on all its cases."""
    users = [actor.user_id] if actor.side == "vendor" else [row.user_id for row in cases.members(case.id)]
    if any(companies.person(company.id, user or 0) is not None for user in users):
        return True
    open_ones = (row for row in companies.mandates(company.id, ended=False) if row.open and row.every_case)
    return any(row.user_id in users and row.rights != "read" for row in open_ones)


def _join(case: Case, company: Company, now: datetime) -> None:
    """The case is the company's: its own people are too, an agent's seat becomes one by their mandate."""
    case.company = company
    case.save()
    agents = {row.user_id: row for row in companies.mandates(company.id, ended=False) if row.open and row.every_case}
    for row in cases.members(case.id):
        if companies.person(company.id, row.user_id) is None and row.user_id in agents:
            mandate = agents[row.user_id]
            row.mandate_id, row.rights = mandate.id, mandate.rights
            row.save()
        else:
            companies.add_person(company.id, row.user_id, "member", now, "")
    access.settle(company.id, now)


def _ask(portal: Portal, case: Case, company: Company, actor: Actor, now: datetime) -> None:
    last = companies.claim_of(case.id)
    if last is not None and last.company_id == company.id and last.state == ASKED:
        return
    if last is not None and last.state == ASKED:  # of the number that was typed before
        last.state, last.answered_at = REFUSED, now
        last.save()
    user = actor.user_id if actor.side == "vendor" else None
    claim = Claim.create(company=company, case=case, user=user, asked_at=now)
    cases.log(case.id, now, "company", title=company.name, text=ASKED)
    if "company-claim" in portal.releases.loaded(case.release_id).package.mails:
        for manager in companies.managers(company.id):
            params = {"mail": "company-claim", "to": manager.email}
            effects.queue(case, "mail", params, "", f"claim:{claim.id}:{manager.id}", now)


def answer(portal: Portal, claim_id: int, actor: Actor, *, admit: bool, reason: str = "") -> str:
    """A manager, or the body on the phone (which says why), says whether an application is the company's; gives the
    case's number."""
    now, reason = portal.now(), reason.strip()[:500]
    with database.transaction():
        claim = companies.claim(claim_id)
        if claim is None:
            raise NotFound("There is no such request")
        company = companypages.managed(claim.company_id, actor)
        case = cases.lock(claim.case_id)
        if claim.state != ASKED:
            raise Stale("%(name)s has answered this request meanwhile", name=claim.answered_by or "-")
        if actor.side == "operator" and not reason:
            raise Refused("Say who called and why; it goes on record")
        claim.state = ADMITTED if admit else REFUSED
        claim.answered_at, claim.answered_by, claim.reason = now, actor.name, reason
        claim.save()
        cases.log(
            case.id, now, "company", title=company.name, text=claim.state, actor=actor.user_id, actor_name=actor.name,
            actor_side=actor.side, data={"reason": reason} if reason else {},
        )  # fmt: skip
        companypages.note(portal, company, actor, "claim", case.number, claim.state)
        if admit:
            _join(case, company, now)
        mail = f"company-{claim.state}"
        if mail in portal.releases.loaded(case.release_id).package.mails:
            effects.queue(case, "mail", {"mail": mail, "message": reason}, "", f"claim:{claim.id}:{claim.state}", now)
    portal.poke()
    return str(case.number)
