"""Who belongs to a vendor company, who acts for it, who was invited, who asked to be admitted."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField, DateField, ForeignKeyField, IntegerField

from app.states import CLAIM_MOVES, ClaimState, InvitationKind, Judge, Rights, Role
from app.store.database import Row
from app.store.fields import AddressField, JsonField, UtcField
from app.store.models.accounts import Company, User
from app.store.models.cases import Case
from app.store.words import WordField


class CompanyPerson(Row):
    """Somebody of a company. A manager has every right on each of its cases; what a member may do, each case says."""

    company = ForeignKeyField(Company, backref="persons", on_delete="CASCADE", index=False)
    company_id: int
    user = ForeignKeyField(User, backref="companies", on_delete="CASCADE")
    user_id: int
    role = WordField(Role, max_length=10, default=Role.MEMBER)
    added_at = UtcField()
    added_by = CharField(max_length=120, default="")

    class Meta:
        indexes = ((("company", "user"), True),)


class Mandate(Row):
    """A company's word that somebody outside (代行者) acts for it, on all its cases or on named ones, for a time.

    Never deleted: it says for whom the agent did what they did.
    """

    company = ForeignKeyField(Company, backref="mandates", on_delete="CASCADE")
    company_id: int
    user = ForeignKeyField(User, backref="mandates", on_delete="CASCADE", index=False)
    user_id: int
    office = CharField(max_length=200, default="")  # the agent's firm, as the company calls it
    rights = WordField(Rights, max_length=10, default=Rights.ANSWER)
    every_case = BooleanField(default=True)
    case_ids: Any = JsonField(default=list)  # the named cases
    copies = BooleanField(default=False)  # mails to the vendor go to the agent too
    first_day = DateField()
    last_day = DateField(null=True)
    open = BooleanField(default=False)  # its cases are open to the agent now: what `mandates.turn_over` keeps true
    given_at = UtcField()
    given_by = CharField(max_length=120, default="")
    ended_at = UtcField(null=True)
    ended_by = CharField(max_length=120, default="")

    class Meta:
        indexes = ((("user", "ended_at"), False), (("ended_at", "first_day"), False))


class Invitation(Row):
    """A mailed link with which somebody joins a company or takes a mandate. The link is signed and holds the row's id
    and `edition`: a new one makes the older ones void."""

    company = ForeignKeyField(Company, backref="invitations", null=True, on_delete="CASCADE")
    company_id: int | None  # none: to `case` alone, which is no company's yet
    case = ForeignKeyField(Case, backref="invitations", null=True, on_delete="CASCADE")
    case_id: int | None
    email = AddressField(max_length=254, index=True)
    kind = WordField(InvitationKind, max_length=10)
    terms: Any = JsonField(default=dict)  # {role, rights, seats: {case: rights}} or the mandate's terms
    edition = IntegerField(default=1)
    made_at = UtcField()
    made_by = CharField(max_length=120, default="")
    expires_at = UtcField()
    used_at = UtcField(null=True)
    taken_back_at = UtcField(null=True)


class Claim(Row):
    """An application that names the 法人番号 of another company here (`company`). Whether it is of that company, its
    managers say if it is proved, else the body: typing a number proves nothing about who types.
    """

    company = ForeignKeyField(Company, backref="claims", on_delete="CASCADE", index=False)
    company_id: int
    case = ForeignKeyField(Case, backref="claims", on_delete="CASCADE")
    case_id: int
    user = ForeignKeyField(User, null=True, backref="claims", on_delete="CASCADE")
    user_id: int | None
    asks = WordField(Judge, max_length=10, default=Judge.MANAGERS)
    state = WordField(ClaimState, moves=CLAIM_MOVES, max_length=10, default=ClaimState.ASKED)
    asked_at = UtcField()
    answered_at = UtcField(null=True)
    answered_by = CharField(max_length=120, default="")
    reason = CharField(max_length=500, default="")

    class Meta:
        indexes = ((("company", "state"), False), (("case",), False), (("state", "asks"), False))
