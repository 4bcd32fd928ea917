"""Who at the provider of identities an account belongs to: the provider's name for a person, which it gives to nobody
else ever (OpenID Connect Core 1.0 sections 2 and 5.7; OWASP ASVS 5.0, 10.5.2). An address it may give anew.

An account is tied by the first sign-in with its verified address, and found by the tie from there on, whatever address
the provider names. Somebody else who comes with that address is refused, until an administrator removes the link.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from app.errors import N_, NotFound, Refused
from app.services.base import trail
from app.services.base.actors import SYSTEM, Actor
from app.services.base.portal import Portal
from app.services.signin import telling
from app.states import Act, Right, Side, Thing
from app.store import accounts, database
from app.store import identities as rows
from app.store.models import User

UNVERIFIED = N_("The provider has not checked your mail address, so it cannot be told whose account it is")
NONE = N_("There is no account of the certifying body for %(email)s; ask its administrator")
ANOTHER = N_(
    "At the provider, %(email)s is somebody else now than the person to whom this account is linked, so nobody was "
    "signed in; this is on record. If the account is yours, ask an administrator to remove its link to the provider."
)
LONGEST = 255  # characters of ASCII (section 2)


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody at a provider."""

    issuer: str
    subject: str

    def __post_init__(self) -> None:
        name = self.subject
        if not isinstance(name, str) or not (name.isascii() and name.isprintable() and 0 < len(name) <= LONGEST):
            raise Refused("What the provider says cannot be trusted; nobody was signed in")

    def told(self) -> dict[str, str]:
        """As the audit record has it."""
        return {"issuer": self.issuer, "subject": self.subject}


@dataclass(frozen=True, slots=True)
class Tie:
    """To whom at a provider an account is tied, and since when."""

    identity: Identity
    since: datetime


def owner(portal: Portal, identity: Identity, email: str) -> tuple[int, bool]:
    """(account, whether it is tied already) of who comes from the provider; `email`: their verified address, where
    there is one. Refused for who has no account that is open to them."""
    with database.connection():
        user = rows.owner(identity.issuer, identity.subject)
        tied = user is not None
        if user is None:
            if not email:
                raise Refused(UNVERIFIED)
            user = accounts.by_email(email)
        if user is None or user.side != Side.OPERATOR:
            raise Refused(NONE, email=user.email if user is not None else email)
        other = not tied and _of_another(user, identity)
        if not other and not user.active:
            raise Refused("The account of %(email)s may not sign in; ask the administrator", email=user.email)
    if other:
        raise _refused(portal, user, identity)
    return int(user.id), tied


def tie(portal: Portal, user_id: int, identity: Identity) -> None:
    """The account belongs to them from now on; on record, told to its owner. Refused where it has come to belong to
    somebody else meanwhile, or they to another account."""
    with database.transaction():
        rows.alone(identity.issuer)
        user, found = accounts.user(user_id), rows.owner(identity.issuer, identity.subject)
        if user is None:
            raise NotFound("There is no such account")
        other = (found is not None and found.id != user.id) or _of_another(user, identity)
        if found is None and not other:
            rows.add(user.id, identity.issuer, identity.subject, portal.now())
            by = Actor(user.id, user.name or user.email, user.side)
            trail.note(portal.now(), by, Act.IDENTITY_TIED, _about(user), after=identity.told())
            telling.tell(portal, user, "provider", True)
    if other:
        raise _refused(portal, user, identity)
    portal.poke()


@database.connection()
def ties(user_id: int) -> list[Tie]:
    """Those of an account: at each provider at most one."""
    return [Tie(Identity(row.issuer, row.subject), row.made_at) for row in rows.of(user_id)]


def release(portal: Portal, actor: Actor, user_id: int) -> None:
    """The provider knows its owner otherwise now, or the wrong one was tied: the next sign-in there with the account's
    address ties it anew. Somebody else's sessions end. On record, told to its owner."""
    actor.require(Right.PEOPLE)
    with database.transaction():
        user = accounts.user(user_id)
        found = rows.of(user_id)
        if user is None or not found:
            raise Refused("This account is not linked to a provider of identities")
        rows.drop(user.id)
        if user.id != actor.user_id:
            accounts.end_sessions(user.id, secrets.token_hex(32))
        for row in found:
            told = Identity(row.issuer, row.subject).told()
            trail.note(portal.now(), actor, Act.IDENTITY_RELEASED, _about(user), before=told)
        telling.tell(portal, user, "provider", False)
    portal.poke()


def _of_another(user: User, identity: Identity) -> bool:
    return any(row.issuer == identity.issuer and row.subject != identity.subject for row in rows.of(user.id))


def _refused(portal: Portal, user: User, identity: Identity) -> Refused:
    """On record, and what to do about it."""
    with database.transaction():
        trail.note(portal.now(), SYSTEM, Act.IDENTITY_REFUSED, _about(user), after=identity.told())
    return Refused(ANOTHER, email=user.email)


def _about(user: User) -> trail.Subject:
    return trail.about(Thing.ACCOUNT, user.id, user.email)
