"""What an application says of its company: names, and the 法人番号 that ties the case to one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.companies import cases as companycases
from app.services.companies import claims
from app.states import Rights, Role, Side
from app.store import cases, companies
from app.store.models import Case, Company


def learn(portal: Portal, case: Case, loaded: Loaded, values: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """An answer with a 法人番号 ties the case to its company; names on the case follow the answer. Inside a step."""
    fields = loaded.package.applicant
    if (name := fields.said(values, "name")) and name != case.company_name:
        case.company_name = name
    if (name := fields.said(values, "subject")) and name != case.system_name:
        case.system_name = name
    if number := fields.said(values, "number"):
        _tie(portal, case, number, fields.said(values, "kana"), actor, now)


def _tie(portal: Portal, case: Case, number: str, kana: str, actor: Actor, now: datetime) -> None:
    """The case joins the company to which its people belong already, else has a provisional one of its own."""
    companycases.hold(number)
    own = case.company
    if own is not None and own.corporate_number == number:
        _rename(own, case, kana)
        return
    home = _home(case, number, actor)
    if own is not None and home is None and companycases.only(own, case):
        claims.forget(own, actor, now)  # the number was mended: what was asked about the other one is over
        own.corporate_number = number
        _rename(own, case, kana)
    else:
        companycases.leave(case, actor, now)
        if home is not None:
            companycases.join(case, home, now, bring=_manages(home, actor))
            return
        own = companycases.found(case, number, kana, actor, now)
    claims.contest(portal, case, own, actor, now)


def _rename(company: Company, case: Case, kana: str) -> None:
    """A provisional company is called as its applicant says; a proved one keeps its own words."""
    if company.proved_at is None:
        company.name, company.kana = case.company_name or company.name, kana or company.kana
    company.save()


def _home(case: Case, number: str, actor: Actor) -> Company | None:
    """The company of this number that is the applicant's already. A provisional one only for who manages it: being
    invited into it, or asked to act for it, by whoever typed the number first opens no case of one's own to them."""
    users = [actor.user_id] if actor.side == Side.VENDOR else [row.user_id for row in cases.members(case.id)]
    for company in companies.of_number(number):
        persons = [row for user in users if (row := companies.person(company.id, user or 0)) is not None]
        if company.proved_at is None:
            if any(row.role == Role.MANAGER for row in persons):
                return company
        elif persons or any(
            row.user_id in users and row.rights != Rights.READ for row in companycases.mandates(company)
        ):
            return company
    return None


def _manages(company: Company, actor: Actor) -> bool:
    row = companies.person(company.id, actor.user_id or 0)
    return row is not None and row.role == Role.MANAGER
