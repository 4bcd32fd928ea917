"""Invited by mail: somebody joins a company, or takes a mandate to act for it. The signed link proves the address."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.errors import N_, NotFound, Refused
from app.services.base import history
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.companies import access, views
from app.services.companies import company as companypages
from app.services.mails import links, portalmails
from app.services.mails.portalmails import Wording
from app.services.signin import newaccount, passwords
from app.states import EntryKind, InvitationKind, Rights, Role, Side
from app.store import accounts, cases, companies, database
from app.store.models import Case, Company, Invitation, Mandate, User
from app.text import address

DAYS = 14
OF_THE_BODY = N_("This address belongs to the operating body")


@dataclass(frozen=True, slots=True)
class Invited:
    """What a link opens. `has_account`: its address has one with a password: sign in instead of choosing one."""

    company: str
    email: str
    kind: InvitationKind
    manager: bool
    office: str
    made_by: str
    has_account: bool
    name: str
    rights: str = ""  # of an agent: on which terms
    numbers: tuple[str, ...] = ()  # the named cases; empty: all
    first_day: date | None = None
    last_day: date | None = None
    proved: bool = True  # the body knows the company to be that of its number


def invite(
    portal: Portal,
    company_id: int,
    email: str,
    kind: InvitationKind,
    terms: Mapping[str, Any],
    actor: Actor,
    words: Wording,
) -> None:
    """Invite somebody; who waits already gets a new link and the new terms. `terms` of a person: role, rights (on the
    present cases); of an agent: those of the mandate."""
    email, now = address.required(email), portal.now()
    with database.transaction():
        known = accounts.hold(email)
        company = companypages.managed(company_id, actor)
        if known is not None and known.side != Side.VENDOR and actor.side == Side.OPERATOR:
            raise Refused(OF_THE_BODY)
        of_company = known is not None and companies.person(company.id, known.id) is not None
        if of_company and kind == InvitationKind.PERSON:
            raise Refused("%(email)s belongs to the company already", email=email)
        if of_company:
            raise Refused("%(email)s belongs to the company; an agent is somebody from outside", email=email)
        row = companies.waiting_invitation(company.id, email, kind)
        if row is None:
            row = Invitation(company=company, email=email, kind=kind, edition=0, made_at=now)
        row.terms, row.made_by = {**terms, **_seats(row)}, actor.name
        send(portal, row, words, now)
        companypages.note(portal, company, actor, f"invitation:{kind}", "", email)
    portal.poke()


def _seats(row: Invitation) -> dict[str, Any]:
    """On which cases the person comes, and with which rights, where somebody has said so for one case."""
    return {"seats": row.terms["seats"]} if row.terms.get("seats") else {}


def send(portal: Portal, row: Invitation, words: Wording, now: datetime) -> None:
    """A new link, valid for DAYS; the older one stops working. Inside a transaction.

    It goes to whoever has the address, staff and people of other companies alike: who invites learns nothing of it.
    """
    row.edition, row.expires_at = row.edition + 1, now + timedelta(days=DAYS)
    row.save()
    link = {"invitation": row.id, "edition": row.edition}
    portalmails.queue(portal, views.mail_key(row), "company-invitation", row.email, words, link)


def send_again(portal: Portal, invitation_id: int, actor: Actor, words: Wording) -> str:
    """A new link, valid anew; the older one stops working. Gives the address."""
    with database.transaction():
        row, _ = _waiting(invitation_id, actor)
        send(portal, row, words, portal.now())
    portal.poke()
    return str(row.email)


def take_back(portal: Portal, invitation_id: int, actor: Actor) -> str:
    """The link stops working. Gives the address."""
    with database.transaction():
        row, company = _waiting(invitation_id, actor)
        row.taken_back_at = portal.now()
        row.save()
        companypages.note(portal, company, actor, f"invitation:{row.kind}", row.email, "")
    return str(row.email)


def terms_of(invitation_id: int, actor: Actor) -> tuple[str, Mapping[str, Any]]:
    """(kind, terms) of one that waits, for its mail's words."""
    with database.connection():
        row, _ = _waiting(invitation_id, actor)
        return str(row.kind), dict(row.terms)


def _waiting(invitation_id: int, actor: Actor) -> tuple[Invitation, Company]:
    row = companies.invitation(invitation_id)
    if row is None or row.company_id is None:
        raise NotFound("There is no such invitation")
    company = companypages.managed(row.company_id, actor, "There is no such invitation")
    if row.used_at is not None or row.taken_back_at is not None:
        raise Refused("This invitation was taken up or taken back already")
    return row, company


def look(portal: Portal, token: str) -> Invited:
    """What the link opens. NotFound when it is none of ours, Refused when it no longer holds."""
    with database.connection():
        row = _usable(portal, token)
        known = accounts.by_email(row.email)
        known_name, terms = known.name if known is not None else "", row.terms
        led = _cases(row)
        named = {case.id: case.number for case in led} if row.kind == InvitationKind.AGENT else {}
        return Invited(
            company=row.company.name if row.company is not None else led[0].company_name,
            email=row.email,
            kind=row.kind,
            manager=terms.get("role") == "manager",
            office=str(terms.get("office", "")),
            made_by=row.made_by,
            has_account=known is not None and bool(known.password),
            name=known_name,
            rights=str(terms.get("rights", "")),
            numbers=tuple(named[each] for each in terms.get("case_ids", []) if each in named),
            first_day=_day(terms.get("first_day")),
            last_day=_day(terms.get("last_day")),
            proved=row.company is not None and row.company.proved_at is not None,
        )


def _cases(row: Invitation) -> list[Case]:
    """Those of its company, or the one that is no company's yet."""
    if row.company_id:
        return companies.cases_of(row.company_id)
    return [row.case] if row.case is not None else []


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def _usable(portal: Portal, token: str) -> Invitation:
    held = links.read(portal, links.INVITATION, token)
    row = companies.invitation(int(held[0]))
    if row is None:
        raise NotFound("This link is not one of ours; open the one in the mail as a whole")
    if row.taken_back_at is not None:
        raise Refused("The invitation was taken back; ask the company that invited you")
    if row.used_at is not None:
        raise Refused("This link was used already; sign in with your mail address and password")
    if row.edition != held[1]:
        raise Refused("A newer link was sent; open the one in the latest mail")
    if row.expires_at < portal.now():
        raise Refused("This link is too old; have a new one sent")
    known = accounts.by_email(row.email)
    if known is not None and known.side != Side.VENDOR:  # told to who has the mail, and to nobody else
        raise Refused(OF_THE_BODY)
    return row


def accept(portal: Portal, token: str, actor: Actor | None, name: str = "", password: str = "") -> int:
    """Take the invitation up; gives the account's id. A new address gets an account, a known one must be signed in."""
    now = portal.now()
    with database.transaction():
        accounts.hold(_usable(portal, token).email)
        if company := _usable(portal, token).company_id:
            access.hold(company)
        row = _usable(portal, token)
        user = _account(portal, row.email, actor, name, password, now)
        row.used_at = now
        row.save()
        if row.kind == InvitationKind.AGENT:
            _mandate(portal, row, user, now)
        else:
            _person(row, user, now)
        if row.company_id:
            access.settle(row.company_id, now)
    return int(user.id)


def _account(portal: Portal, email: str, actor: Actor | None, name: str, password: str, now: datetime) -> User:
    known = accounts.by_email(email)
    if known is not None and known.password:
        if actor is None or actor.user_id != known.id:
            raise Refused("An account of this address exists; sign in first, then open the link again")
        return known
    name = " ".join(name.split())[:120]
    if not name:
        raise Refused("Enter your name")
    if known is None:
        return newaccount.create_account(email, name, Side.VENDOR, ["vendor"], password, now)
    passwords.require_good(password, email, name)
    known.name, known.confirmed_at = name, now
    passwords.put(portal, known, password)
    return known


def without_password(email: str, name: str, now: datetime) -> User:
    """A vendor's account whose owner chooses the password by a mailed link. Inside a transaction."""
    user = User.create(
        email=email, name=name, side=Side.VENDOR, password=None, feed_token=secrets.token_urlsafe(32),
        fs_uniquifier=secrets.token_hex(32), create_datetime=now,
    )  # fmt: skip
    accounts.add_roles(user, ["vendor"])
    return user


def _person(row: Invitation, user: User, now: datetime) -> None:
    role = Role.of(row.terms.get("role", "")) or Role.MEMBER
    everywhere, seats = Rights.of(row.terms.get("rights", "")), row.terms.get("seats", {})
    if row.company_id:
        companies.add_person(row.company_id, user.id, role, now, row.made_by)
    for case in _cases(row):
        rights = Rights.of(seats.get(str(case.id), "")) or everywhere
        if rights is not None and not case.ended:
            cases.add_member(case.id, user.id, now, rights, row.made_by)
            _tell(case.id, user, "added", now)


def _mandate(portal: Portal, row: Invitation, user: User, now: datetime) -> None:
    terms = row.terms
    first, last = date.fromisoformat(terms["first_day"]), _day(terms.get("last_day"))
    made = Mandate.create(
        company=row.company_id, user=user, office=terms["office"], rights=terms["rights"],
        every_case=terms["every_case"], case_ids=terms["case_ids"], copies=terms["copies"], first_day=first,
        last_day=last, open=first <= portal.today() and (last is None or last >= portal.today()), given_at=now,
        given_by=row.made_by,
    )  # fmt: skip
    for case in _cases(row):
        if not case.ended and (made.every_case or case.id in made.case_ids):
            _tell(case.id, user, "agent", now, made.office)


def _tell(case: int, user: User, what: str, now: datetime, office: str = "") -> None:
    history.note(
        case,
        now,
        EntryKind.MEMBER,
        by=Actor(user.id, views.name_of(user), Side.VENDOR),
        title=user.email,
        text=what,
        data={"office": office} if office else {},
    )
