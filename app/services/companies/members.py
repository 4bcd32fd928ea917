"""The people of a company: what each may do, and who takes over when one leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.errors import NotFound, Refused
from app.services.base import finding, history
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.companies import access, invitations, views
from app.services.companies import company as companypages
from app.services.companies.views import RIGHTS
from app.services.mails import portalmails
from app.services.mails.portalmails import Wording
from app.states import EntryKind, Rights, Role, Side
from app.store import accounts, cases, companies, database
from app.store.models import Case, Company, CompanyPerson, Member, User
from app.text import address


def change(
    portal: Portal, company_id: int, user_id: int, role: str, seats: Mapping[int, tuple[str, bool]], actor: Actor
) -> None:
    """A person's role, and for each case (row id) what they may do and whether its mails go to them."""
    now = portal.now()
    with database.transaction():
        access.hold(company_id)
        company = companypages.managed(company_id, actor)
        person = _person(company, user_id)
        wanted = Role.of(role)
        if wanted is not Role.MANAGER and person.role == Role.MANAGER:
            _another_manager(company, user_id)
        if wanted is not None and person.role != wanted:
            companypages.note(portal, company, actor, person.user.email, person.role.value, wanted.value)
            person.role = wanted
            person.save()
        own = {row.case_id: row for row in companies.members(company.id) if row.user_id == user_id}
        for case in companies.cases_of(company.id):
            rights, mails = seats.get(case.id, ("", False))
            row = own.get(case.id)
            if rights not in RIGHTS or (row is not None and row.mandate_id is not None):
                continue
            if person.role == Role.MANAGER:
                rights = "full"
            _seat(portal, case, person.user, row, (rights, mails), actor)
        access.settle(company.id, now)


def _seat(portal: Portal, case: Case, user: User, row: Member | None, wanted: tuple[str, bool], actor: Actor) -> None:
    rights, mails = Rights.of(wanted[0]), wanted[1]
    if rights is None:
        if row is None:
            return
        what = "removed"
        row.delete_instance()
    elif row is None:
        what = "added"
        cases.add_member(case.id, user.id, portal.now(), rights, actor.name, mails=mails)
    else:
        what = f"rights_{rights}"
        changed, row.rights, row.mails = row.rights != rights, rights, mails
        row.save()
        if not changed:
            return
    _log(portal, case.id, user.email, what, actor)


def _log(portal: Portal, case: int, title: str, text: str, actor: Actor, reason: str = "") -> None:
    history.note(
        case,
        portal.now(),
        EntryKind.MEMBER,
        by=actor,
        title=title[:300],
        text=text,
        data={"reason": reason} if reason else {},
    )


def _person(company: Company, user_id: int) -> CompanyPerson:
    row = companies.person(company.id, user_id)
    if row is None:
        raise NotFound("There is no such person in the company")
    return row


def _another_manager(company: Company, user_id: int) -> None:
    if all(user.id == user_id for user in companies.managers(company.id)):
        raise Refused("This is the company's only manager; make somebody else a manager first, or hand over")


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a person has that somebody else takes over."""

    user_id: int
    name: str
    email: str
    only_manager: bool
    cases: Sequence[Case]  # open ones on which they act
    contact: int  # how many name them as the contact
    drafts: int
    others: list[views.PersonView]  # who can take over


def leaving(portal: Portal, company_id: int, user_id: int, actor: Actor) -> Leaving:
    """What there is to hand over."""
    shown = companypages.page(portal, company_id, actor)
    with database.connection():
        company = companypages.managed(company_id, actor)
        user = _person(company, user_id).user
        own = _seats(company, user_id)
        held = [
            case for case in shown.cases if case.id in own and not case.ended and own[case.id].rights != Rights.READ
        ]
        return Leaving(
            user_id, views.name_of(user), user.email,
            [row.user_id for row in shown.people if row.manager and row.active] == [user_id], held,
            sum(case.email == user.email for case in held),
            len(companies.drafts_of(user_id, list(own))),
            [row for row in shown.people if row.user_id != user_id and row.active],
        )  # fmt: skip


def _seats(company: Company, user_id: int) -> dict[int, Member]:
    own = (row for row in companies.members(company.id) if row.user_id == user_id and row.mandate_id is None)
    return {row.case_id: row for row in own}


@dataclass(frozen=True, slots=True)
class Successor:
    """Who takes over: somebody of the company, or (the body on the phone) a new address and its owner's name."""

    user_id: int | None
    email: str = ""
    name: str = ""


def hand_over(
    portal: Portal,
    company_id: int,
    user_id: int,
    successor: Successor,
    actor: Actor,
    words: Wording,
    *,
    leaves: bool = True,
    reason: str = "",
) -> str:
    """All cases, drafts and the contact's address go to the successor in one go, and (`leaves`) the person loses sight
    of the company at once; the record keeps their name. Gives the successor's name."""
    now, reason = portal.now(), reason.strip()[:500]
    with database.transaction():
        access.hold(company_id)
        company = companypages.managed(company_id, actor)
        person = _person(company, user_id)
        if actor.side == Side.OPERATOR and not reason:
            raise Refused("Say who called and why; this is recorded")
        heir = _heir(portal, company, successor, actor)
        if heir.id == user_id:
            raise Refused("Choose somebody else who takes over")
        user, own = person.user, _seats(company, user_id)
        if person.role == Role.MANAGER and all(each.id == user_id for each in companies.managers(company.id)):
            _promote(company, heir)
        for case in companies.cases_of(company.id):
            if case.id in own:
                _move(portal, case, own[case.id], user, heir, actor, reason)
        for draft in companies.drafts_of(user_id, list(own)):
            draft.saved_by = heir
            draft.save()
        if leaves:
            for row in own.values():
                row.delete_instance()
            person.delete_instance()
            access.shut_out(user)
        access.settle(company.id, now)
        companypages.note(portal, company, actor, "handover", user.email, f"{heir.email} {reason}".strip())
        link = {"page": "/tasks"} if heir.password else {"password": heir.id}
        portalmails.queue(
            portal, f"handover:{company.id}:{user_id}:{now:%Y%m%d%H%M%S%f}", "handed-over", heir.email, words, link
        )
    portal.poke()
    return views.name_of(heir)


def _heir(portal: Portal, company: Company, successor: Successor, actor: Actor) -> User:
    """The successor as somebody of the company."""
    if successor.user_id is not None:
        found = _person(company, successor.user_id).user
        if not found.active:
            raise Refused("This account may not sign in; choose somebody else")
        return found
    if actor.side != Side.OPERATOR:
        raise Refused("Choose who takes over; whoever is new to the company is invited first")
    email, name = address.required(successor.email), " ".join(successor.name.split())[:120]
    known = accounts.hold(email)
    if known is not None and (known.side != Side.VENDOR or not known.active):
        raise Refused("This address cannot be used: its account is the body's or may not sign in")
    if known is None and not name:
        raise Refused("Enter the name of who takes over")
    heir = known or invitations.without_password(email, name, portal.now())
    companies.add_person(company.id, heir.id, Role.MEMBER, portal.now(), actor.name)
    return heir


def _promote(company: Company, heir: User) -> None:
    row = _person(company, heir.id)
    row.role = Role.MANAGER
    row.save()


def _move(portal: Portal, case: Case, seat: Member, user: User, heir: User, actor: Actor, reason: str) -> None:
    """The successor has at least what the other had there."""
    there = cases.member(case.id, heir.id)
    if there is None:
        cases.add_member(case.id, heir.id, portal.now(), seat.rights, actor.name, mails=seat.mails)
    else:
        stronger = max(there.rights, seat.rights, key=list(Rights).index)
        there.rights, there.mails, there.mandate_id = stronger, there.mails or seat.mails, None
        there.save()
    if case.ended:
        return
    if case.email == user.email:
        locked = cases.lock(case.id)
        locked.email, locked.contact_name = heir.email, views.name_of(heir)
        locked.save()
        finding.keep(locked, portal.releases.loaded(locked.release_id))
    title = f"{views.name_of(user)} → {views.name_of(heir)}"
    _log(portal, case.id, title, "handed_over", actor, reason)
