"""Who of the vendor is on one case: colleagues added and taken off from the case's own page."""

from __future__ import annotations

from app.errors import Forbidden, Refused
from app.services.base import history, jobqueue, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.companies import access, invitations
from app.states import EntryKind, Right, Rights, Role, Side
from app.store import accounts, cases, companies, database
from app.store.models import Case
from app.text import address


def invite(portal: Portal, number: str, email: str, rights: str, actor: Actor) -> None:
    """Add a colleague to the case; a new address gets a link to choose a password. Once the case has its company, only
    a manager (or the body) brings in somebody new to it."""
    email, now = address.required(email), portal.now()
    with database.transaction():
        user = accounts.hold(email)
        case = cases.lock(permit.visible_case(cases.get(number), actor).id)
        _may_change(case, actor)
        if user is not None and user.side != Side.VENDOR:
            raise Refused("This address belongs to the operating body")
        if case.company_id:
            known = user is not None and companies.person(case.company_id, user.id) is not None
            own = companies.person(case.company_id, actor.user_id or 0)
            if not known and actor.side == Side.VENDOR and (own is None or own.role != Role.MANAGER):
                names = (", " if actor.language == "en" else "、").join(
                    each.name or each.email for each in companies.managers(case.company_id)
                )
                raise Forbidden("Only a manager brings in somebody new; ask %(names)s", names=names)
        user = user or invitations.without_password(email, email.split("@")[0], now)
        cases.add_member(case.id, user.id, now, Rights.of(rights) or Rights.FULL, actor.name)
        if case.company_id:
            companies.add_person(case.company_id, user.id, Role.MEMBER, now, actor.name)
        _log(portal, case, email, "added", actor)
        invitation = portal.releases.loaded(case.release_id).package.declared.mails.get("invitation", "")
        params, key = {"mail": invitation, "to": email}, f"invite:{user.id}:{now:%Y%m%d%H%M%S}"
        jobqueue.queue(case, "mail", params, "", key, now)
    portal.poke()


def uninvite(portal: Portal, number: str, user_id: int, actor: Actor) -> None:
    """Take a colleague off the case: they lose sight of it at once. Managers stay, and so does the last one
    with full rights."""
    with database.transaction():
        case = cases.lock(permit.visible_case(cases.get(number), actor).id)
        _may_change(case, actor)
        members = cases.members(case.id)
        gone = next((row for row in members if row.user_id == user_id), None)
        if not any(row.rights == Rights.FULL and row.user_id != user_id for row in members):
            raise Refused("Somebody with full rights has to stay on the case; add a colleague first")
        if gone is None:
            return
        person = companies.person(case.company_id, user_id) if case.company_id else None
        if person is not None and person.role == Role.MANAGER:
            raise Refused("A manager of the company is on each of its cases; change that on the company's page")
        if gone.mandate_id is not None:
            raise Refused("This person acts for the company by a mandate; change that on the company's page")
        cases.remove_member(case.id, user_id)
        _log(portal, case, gone.user.email, "removed", actor)
        if case.company_id:
            access.settle(case.company_id, portal.now())


def _may_change(case: Case, actor: Actor) -> None:
    if actor.side != Side.VENDOR:
        actor.require(Right.WORK)
    elif permit.acting(case, actor, binds=True).mandate_id is not None:
        raise Forbidden("An agent brings nobody into the case; somebody of the company does it")


def _log(portal: Portal, case: Case, title: str, text: str, actor: Actor) -> None:
    history.note(case.id, portal.now(), EntryKind.MEMBER, by=actor, title=title, text=text)
