"""Agents (代行者): somebody outside acts for a company, on its word, within its terms, until it is ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.errors import N_, NotFound, Refused
from app.services.base import history
from app.services.base.actors import SYSTEM, Actor
from app.services.base.portal import Portal
from app.services.companies import access, invitations, mandatenews, views
from app.services.companies import company as companypages
from app.services.companies.views import MandateView
from app.services.mails.portalmails import Wording
from app.states import EntryKind, InvitationKind, Right, Side
from app.store import companies, database
from app.store.models import Company, Mandate
from app.text import address

RIGHTS = ("read", "answer", "full")
_NONE = N_("There is no such mandate")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a company gives an agent. `numbers`: the cases, when it is not every one, those to come too."""

    office: str
    rights: str
    every_case: bool
    numbers: tuple[str, ...]
    copies: bool
    first_day: date
    last_day: date | None


def _checked(portal: Portal, company_id: int, terms: Terms) -> dict[str, Any]:
    """The terms as they are kept; Refused when they do not hold."""
    office = " ".join(terms.office.split())
    if not office:
        raise Refused("Enter the agent's office, as it is to be read by the certifying body")
    if len(office) > 120:
        raise Refused("The name is too long: at most %(most)s characters", most=120)
    if terms.rights not in RIGHTS:
        raise Refused("Choose what the agent may do")
    if terms.last_day is not None and terms.last_day < terms.first_day:
        raise Refused("The last day lies before the first")
    if terms.last_day is not None and terms.last_day < portal.today():
        raise Refused("The last day lies in the past")
    chosen = [] if terms.every_case else [c.id for c in companies.cases_of(company_id) if c.number in terms.numbers]
    if not terms.every_case and not chosen:
        raise Refused("Choose at least one case, or all of them")
    return {
        "office": office, "rights": terms.rights, "every_case": terms.every_case, "case_ids": chosen,
        "copies": terms.copies, "first_day": terms.first_day.isoformat(),
        "last_day": terms.last_day.isoformat() if terms.last_day else "",
    }  # fmt: skip


def give(portal: Portal, company_id: int, email: str, terms: Terms, actor: Actor, words: Wording) -> None:
    """Ask somebody by mail to act for the company; the mandate begins when they accept, not before its first day."""
    with database.connection():
        companypages.managed(company_id, actor)
        kept = _checked(portal, company_id, terms)
        known = next(
            (row for row in companies.mandates(company_id, ended=False) if row.user.email == address.one(email)), None
        )
    if known is not None:
        raise Refused("%(email)s acts for the company already; change that mandate instead", email=email)
    invitations.invite(portal, company_id, email, InvitationKind.AGENT, kept, actor, words)


def one(portal: Portal, mandate_id: int, actor: Actor) -> MandateView:
    """A mandate of a company that the actor manages."""
    with database.connection():
        row, company = _managed(mandate_id, actor)
        return views.mandate(portal, row, company, companies.cases_of(company.id))


def change(portal: Portal, mandate_id: int, terms: Terms, actor: Actor) -> None:
    """Other terms, from now on."""
    with database.transaction():
        row, company = _managed(mandate_id, actor)
        kept, before = _checked(portal, company.id, terms), _words(row)
        row.office, row.rights, row.copies = kept["office"], kept["rights"], kept["copies"]
        row.every_case, row.case_ids = kept["every_case"], kept["case_ids"]
        row.first_day, row.last_day = terms.first_day, terms.last_day
        row.open = row.first_day <= portal.today() and (row.last_day is None or row.last_day >= portal.today())
        row.save()
        access.settle(company.id, portal.now())
        companypages.note(portal, company, actor, "mandate", before, _words(row))


def end(portal: Portal, mandate_id: int, actor: Actor, reason: str = "") -> None:
    """The company, the agent, or the body on the phone (which says why) ends a mandate: the agent sees nothing more."""
    actor.require(Right.COMPANIES, Right.COMPANY)
    now = portal.now()
    with database.transaction():
        if actor.side == Side.OPERATOR and not reason.strip():
            raise Refused("Say who called and why; this is recorded")
        row, company = _managed(mandate_id, actor, own=True)
        own = row.user_id == actor.user_id
        covered = _covered(row)
        row.open, row.ended_at, row.ended_by = False, now, actor.name
        row.save()
        access.settle(company.id, now)
        if not own and not companies.member_cases(row.user_id):  # else they are at work for others, and stay signed in
            access.shut_out(row.user)
        companypages.note(portal, company, actor, "mandate", _words(row), reason.strip()[:500])
        for case in covered:
            _ended(case, row, actor, now, reason.strip()[:500])
        mandatenews.ended(portal, row, actor.user_id)
    portal.poke()


def _covered(row: Mandate) -> list[int]:
    """The cases on which the agent acts by this mandate."""
    return [seat.case_id for seat in companies.members(row.company_id) if seat.mandate_id == row.id]


def _ended(case: int, row: Mandate, by: Actor, now: datetime, reason: str) -> None:
    data = {"office": row.office, **({"reason": reason} if reason else {})}
    history.note(case, now, EntryKind.MEMBER, by=by, title=row.user.email, text="agent_ended", data=data)


def _managed(mandate_id: int, actor: Actor, *, own: bool = False) -> tuple[Mandate, Company]:
    """A running mandate and its company, for who manages that; `own`: or who has the mandate."""
    row = companies.mandate(mandate_id)
    if row is None:
        raise NotFound(_NONE)
    mine = own and row.user_id == actor.user_id
    company = row.company if mine else companypages.managed(row.company_id, actor, _NONE)
    if row.ended_at is not None:
        raise Refused("This mandate has ended already")
    return row, company


def _words(row: Mandate) -> str:
    which = "*" if row.every_case else ",".join(map(str, row.case_ids))
    return f"{row.user.email} ({row.office}) {row.rights} {which} {row.first_day} – {row.last_day or ''}"


def mine(portal: Portal, actor: Actor) -> list[MandateView]:
    """The mandates of the actor that did not end, by company."""
    with database.connection():
        return [
            views.mandate(portal, row, row.company, companies.cases_of(row.company_id))
            for row in companies.mandates_of(actor.user_id or 0)
        ]


def turn_over(portal: Portal, user: int | None = None) -> None:
    """Open the mandates whose first day has come, and shut those whose last day is past. Inside a transaction."""
    today = portal.today()
    for row in companies.mandates_to_turn(today, user):
        row.open = row.last_day is None or row.last_day >= today
        covered = [] if row.open else _covered(row)
        if not row.open:
            row.ended_at = portal.now()
        row.save()
        access.settle(row.company_id, portal.now())
        for case in covered:  # as when somebody ends it by hand
            _ended(case, row, SYSTEM, portal.now(), "")
        if not row.open:
            mandatenews.ended(portal, row)
