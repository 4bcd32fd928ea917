"""Who of the vendor is on one case: colleagues added and taken off from the case's own page."""

from __future__ import annotations

from datetime import datetime

from app.errors import Forbidden, NotFound, Refused
from app.services.base import history, jobqueue, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.companies import access, invitations
from app.services.mails.portalmails import Wording
from app.states import EntryKind, InvitationKind, Right, Rights, Role, Side
from app.store import accounts, cases, companies, database
from app.store.models import Case, Invitation, User
from app.text import address


def company_of(number: str, actor: Actor) -> tuple[str, bool]:
    """What an invitation to the case calls the company, and whether the body knows it to be that of its number."""
    with database.connection():
        case = permit.visible_case(cases.get(number), actor)
        return case.company_name, case.company is not None and case.company.proved_at is not None


def invite(portal: Portal, number: str, email: str, rights: str, actor: Actor, words: Wording) -> bool:
    """Bring a colleague into the case. Whoever belongs to the vendor already is on it at once, and whom the body adds;
    anybody else gets `words` with a link, and comes by accepting. Gives whether somebody is waited for.

    What the vendor learns of an address is the same whether it is a member of staff's, somebody's of another company
    or nobody's. Once the case has its company, only a manager (or the body) brings in somebody new to it.
    """
    email, now = address.required(email), portal.now()
    with database.transaction():
        user = accounts.hold(email)
        case = cases.lock(permit.visible_case(cases.get(number), actor).id)
        _may_change(case, actor)
        if actor.side == Side.VENDOR and not _belongs(case, user):
            _may_bring(case, actor)
            _ask(portal, case, email, Rights.of(rights) or Rights.FULL, actor, words, now)
            portal.poke()
            return True
        if user is not None and user.side != Side.VENDOR:
            raise Refused(invitations.OF_THE_BODY)
        user = user or invitations.without_password(email, email.split("@")[0], now)
        cases.add_member(case.id, user.id, now, Rights.of(rights) or Rights.FULL, actor.name)
        if case.company_id:
            companies.add_person(case.company_id, user.id, Role.MEMBER, now, actor.name)
        _log(portal, case, email, "added", actor)
        invitation = portal.releases.loaded(case.release_id).package.declared.mails.get("invitation", "")
        params, key = {"mail": invitation, "to": email}, f"invite:{user.id}:{now:%Y%m%d%H%M%S}"
        jobqueue.queue(case, "mail", params, "", key, now)
    portal.poke()
    return False


def _belongs(case: Case, user: User | None) -> bool:
    """Whether who invites knows the person from the pages of the case or its company anyway."""
    if user is None:
        return False
    of_company = case.company_id is not None and companies.person(case.company_id, user.id) is not None
    return of_company or cases.member(case.id, user.id) is not None


def _may_bring(case: Case, actor: Actor) -> None:
    own = companies.person(case.company_id, actor.user_id or 0) if case.company_id else None
    if case.company_id and (own is None or own.role != Role.MANAGER):
        names = (", " if actor.language == "en" else "、").join(
            each.name or each.email for each in companies.managers(case.company_id)
        )
        raise Forbidden("Only a manager brings in somebody new; ask %(names)s", names=names)


def _ask(portal: Portal, case: Case, email: str, rights: Rights, actor: Actor, words: Wording, now: datetime) -> None:
    """Who waits already gets a new link. A company's invitation waits on its page, too."""
    waiting = companies.invitations_around(case.id, case.company_id)
    row = next((row for row in waiting if row.email == email and row.kind == InvitationKind.PERSON), None)
    if row is None:
        row = Invitation(company=case.company, email=email, kind=InvitationKind.PERSON, edition=0, made_at=now)
        row.case, row.terms = None if case.company_id else case, {"role": Role.MEMBER.value}
    row.terms = {**row.terms, "seats": {**row.terms.get("seats", {}), str(case.id): rights.value}}
    row.made_by = actor.name
    invitations.send(portal, row, words, now)
    _log(portal, case, email, "invited", actor)


def take_back(portal: Portal, number: str, invitation_id: int, actor: Actor) -> str:
    """The link of an invitation to this case stops working. Gives the address."""
    with database.transaction():
        case = cases.lock(permit.visible_case(cases.get(number), actor).id)
        _may_change(case, actor)
        row = companies.invitation(invitation_id)
        if row is None or row.case_id != case.id:
            raise NotFound("There is no such invitation")
        if row.used_at is not None or row.taken_back_at is not None:
            raise Refused("This invitation was taken up or taken back already")
        row.taken_back_at = portal.now()
        row.save()
        _log(portal, case, row.email, "uninvited", actor)
        return str(row.email)


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
