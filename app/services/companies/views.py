"""How the parts of a company are shown: its people, mandates, invitations and claims, as frozen data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.services.base.portal import Portal
from app.states import ClaimState, InvitationKind, Judge, Rights, Role
from app.store import companies
from app.store.models import Case, Claim, Company, CompanyPerson, Invitation, Mandate, Member, User

RIGHTS = ("none", "read", "answer", "full")  # on a case, from least to most


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody of the company. `cases`: on how many of its cases they are, `acts`: on how many they may act."""

    user_id: int
    name: str
    email: str
    manager: bool
    active: bool
    entered: bool  # has chosen a password
    cases: int
    acts: int
    mails: int


@dataclass(frozen=True, slots=True)
class MandateView:
    """Somebody outside who acts for the company. `state`: now | later | ended."""

    id: int
    user_id: int
    company_id: int
    company: str
    name: str
    email: str
    office: str
    rights: Rights
    every_case: bool
    numbers: tuple[str, ...]
    copies: bool
    first_day: date
    last_day: date | None
    state: str
    given_at: datetime
    given_by: str
    ended_at: datetime | None
    ended_by: str


@dataclass(frozen=True, slots=True)
class InvitationView:
    """Somebody who was invited and did not come yet. `unsent`: the mail could not be sent."""

    id: int
    email: str
    kind: InvitationKind
    manager: bool
    office: str
    made_by: str
    expires_at: datetime
    over: bool
    unsent: bool


@dataclass(frozen=True, slots=True)
class Awaited:
    """Somebody who was invited to one case and did not come yet: nothing but what was typed of them. `here`: the
    invitation is the case's, and is taken back there; else its company's."""

    id: int
    email: str
    rights: str
    here: bool
    over: bool
    unsent: bool


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """The 法人番号 of a case, as its reader may know of it. To the vendor a number is unproved or proved: never that
    another names it, nor whom the body asks. `open_to`: a company that let the reader in, to which the case may go."""

    company_id: int | None
    company: str
    number: str  # empty: the body found that it is not theirs, or none was named
    proved: bool
    claim: ClaimView | None
    open_to: str
    waits: int  # claims around the number that wait for the body; 0 for the vendor


@dataclass(frozen=True, slots=True)
class ClaimView:
    """An application that names the company's number. `by`: who applied, as they call themselves."""

    id: int
    company_id: int
    company: str
    number: str
    system_name: str
    by: str
    email: str
    state: ClaimState
    asked_at: datetime
    reason: str
    asks: Judge  # managers | body
    answered_by: str


@dataclass(frozen=True, slots=True)
class Seat:
    """What one person may do on one case: none | read | answer | full. `agent`: by a mandate, which says it."""

    case_id: int
    number: str
    system_name: str
    ended: bool
    rights: str
    mails: bool
    agent: bool


def person(row: CompanyPerson, seats: Sequence[Member]) -> PersonView:
    own = [each for each in seats if each.user_id == row.user_id and each.mandate_id is None]
    return PersonView(
        user_id=row.user_id,
        name=row.user.name or row.user.email,
        email=row.user.email,
        manager=row.role == Role.MANAGER,
        active=row.user.active,
        entered=bool(row.user.password),
        cases=len(own),
        acts=sum(each.rights != Rights.READ for each in own),
        mails=sum(each.mails for each in own),
    )


def mandate(portal: Portal, row: Mandate, company: Company, cases: Sequence[Case]) -> MandateView:
    """A mandate as of today."""
    over = row.last_day is not None and row.last_day < portal.today()
    state = "ended" if row.ended_at or over else "later" if row.first_day > portal.today() else "now"
    named = tuple(case.number for case in cases if case.id in row.case_ids)
    return MandateView(
        id=row.id,
        user_id=row.user_id,
        company_id=company.id,
        company=company.name,
        name=row.user.name or row.user.email,
        email=row.user.email,
        office=row.office,
        rights=row.rights,
        every_case=row.every_case,
        numbers=named,
        copies=row.copies,
        first_day=row.first_day,
        last_day=row.last_day,
        state=state,
        given_at=row.given_at,
        given_by=row.given_by,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )


def invitations(portal: Portal, rows: Sequence[Invitation]) -> list[InvitationView]:
    unsent = companies.unsent([mail_key(row) for row in rows])
    return [
        InvitationView(
            id=row.id,
            email=row.email,
            kind=row.kind,
            manager=row.terms.get("role") == "manager",
            office=str(row.terms.get("office", "")),
            made_by=row.made_by,
            expires_at=row.expires_at,
            over=row.expires_at < portal.now(),
            unsent=mail_key(row) in unsent,
        )
        for row in rows
    ]


def awaited(portal: Portal, case: Case, rows: Sequence[Invitation]) -> list[Awaited]:
    """Those of these invitations that lead to the case."""
    seats = {row.id: row.terms.get("seats", {}).get(str(case.id)) or row.terms.get("rights", "") for row in rows}
    of_case = [row for row in rows if row.kind == InvitationKind.PERSON and Rights.of(seats[row.id]) is not None]
    unsent = companies.unsent([mail_key(row) for row in of_case])
    return [
        Awaited(
            row.id, row.email, seats[row.id], row.case_id == case.id, row.expires_at < portal.now(),
            mail_key(row) in unsent,
        )
        for row in of_case
    ]  # fmt: skip


def mail_key(row: Invitation) -> str:
    """The key of the mail with which this edition of the invitation goes out."""
    return f"invitation:{row.id}:{row.edition}"


def claim(row: Claim, company: Company) -> ClaimView:
    """A claim with its case."""
    by = row.user.name if row.user is not None else row.case.contact_name
    email = row.user.email if row.user is not None else row.case.email
    return ClaimView(
        id=row.id,
        company_id=company.id,
        company=company.name,
        number=row.case.number,
        system_name=row.case.system_name,
        by=by,
        email=email,
        state=row.state,
        asked_at=row.asked_at,
        reason=row.reason,
        asks=row.asks,
        answered_by=row.answered_by,
    )


def name_of(user: User) -> str:
    """As they call themselves."""
    return str(user.name or user.email)
