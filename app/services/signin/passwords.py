"""Passwords: what will do, how they are kept, and the mailed link with which a new one is set."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from app.errors import NotFound, Refused
from app.services.base import trail
from app.services.base.actors import SYSTEM, Actor
from app.services.base.portal import Portal
from app.services.mails import links, portalmails
from app.services.mails.portalmails import Wording
from app.services.signin import guessing, telling, weak
from app.services.signin.guessing import Asker
from app.states import Act, PasswordUse, Right, Thing
from app.store import accounts, companies, database
from app.store.models import User
from app.text.normal import normal

RESET_MAIL = "password-reset"
LINK_HOURS = 1
MOST_LINKS = 3  # an hour and address: nobody's mailbox is filled from here

HASHER = PasswordHasher()  # argon2id at the library's own cost (RFC 9106 section 4); the sign-in form's is the same


def require_good(password: str, email: str, *own: str) -> None:
    """Refused when the password will not do. NIST SP 800-63B section 3.1.1.2: length, not rules, and none that is
    tried first. `own`: what else its owner is called (name, company)."""
    if len(password) < 10:
        raise Refused("Choose a password of at least 10 characters")
    if len(password) > 200:
        raise Refused("Choose a password of at most 200 characters")
    weak.require_strong(password, (email, *own))


def owned(user: User) -> tuple[str, ...]:
    """What the owner of an account is called besides the address: their name, their companies' names."""
    return (user.name, *(row.company.name for row in companies.of_user(user.id)))


def hashed(password: str) -> str:
    """As it is kept. The sign-in form compares NFKD (NIST SP 800-63B section 3.1.1.2): full width is half width."""
    if isinstance(password, weak.Sample):
        return _sample(password)  # everybody knows it: a salt for each account would hide nothing, and cost a second
    return _hash(password)


@cache
def _sample(password: weak.Sample) -> str:
    return _hash(password)


def _hash(password: str) -> str:
    return HASHER.hash(normal("NFKD", password))


def fits(password: str, kept: str | None) -> bool:
    """Whether it is the one that is kept."""
    try:
        return bool(kept) and HASHER.verify(str(kept), normal("NFKD", password))
    except (Argon2Error, InvalidHashError):
        return False


def send_link(portal: Portal, email: str, wording: Wording) -> None:
    """Have the worker mail the account of this address a link to set a password; not after three in an hour of the
    clock. The mail waits like every other while the mail server is away.

    Whether there is an account is not told by how long this takes: for an address without one the same is stored, as a
    mail to nobody. The address itself is not kept then, nor is ever the link, which the worker makes when it sends.
    """
    with database.transaction():
        user = accounts.by_email(email)
        known = user if user is not None and user.active else None
        to, link = (known.email, {"password": known.id, "hours": LINK_HOURS}) if known is not None else ("", None)
        who = hashlib.sha256(f"{portal.settings.secret_key}\n{email.lower()}".encode()).hexdigest()[:24]
        for number in range(MOST_LINKS):
            key = f"{RESET_MAIL}:{who}:{portal.now():%Y%m%d%H}:{number}"
            if portalmails.queue(portal, key, RESET_MAIL, to, wording, link):
                whose = trail.about(Thing.ACCOUNT, known.id if known is not None else "", to)
                trail.note(portal.now(), SYSTEM, Act.PASSWORD_RESET_SENT, whose)
                break
    portal.poke()


def look(portal: Portal, token: str) -> str:
    """The address whose password the link sets. NotFound when it is none of ours, Refused when it is old or used."""
    with database.connection():
        return str(_usable(portal, token).email)


def _usable(portal: Portal, token: str) -> User:
    user_id, until, state = links.read(portal, links.PASSWORD, token)
    if portal.now().timestamp() > until:
        raise Refused("This link is too old; have a new one sent")
    user = accounts.user(int(user_id))
    if user is None or not user.active:
        raise NotFound("There is no such account")
    if not secrets.compare_digest(links.state(user), str(state)):
        raise Refused("This link was used already, or the password was changed since; have a new one sent")
    return user


def reset(portal: Portal, token: str, password: str) -> int:
    """Set the password by the mailed link, which proves the address; every session of the account ends.
    Gives the account's id."""
    with database.transaction():
        user = _usable(portal, token)
        require_good(password, user.email, *owned(user))
        put(portal, user, password)
        user.confirmed_at = user.confirmed_at or portal.now()
        user.save()
        return int(user.id)


def change(portal: Portal, actor: Actor, current: str, password: str, asker: Asker) -> None:
    """Change one's own password; one's sessions elsewhere end. TooMany when the current one was tried too often."""
    actor.require(Right.ACCOUNT)
    with database.connection():
        kept = accounts.user(actor.user_id or 0)
    if kept is None:
        raise NotFound("There is no such account")
    if not guessing.checked(portal, kept.email, asker, PasswordUse.CHANGE, lambda: fits(current, kept.password)):
        raise Refused("The current password is incorrect")
    with database.transaction():
        user = accounts.user(kept.id)
        if user is None:
            raise NotFound("There is no such account")
        require_good(password, user.email, *owned(user))
        put(portal, user, password)


def put(portal: Portal, user: User, password: str, by: Actor | None = None) -> None:
    """Keep a good password; the account's sessions end. On record as its owner's act (or `by`), and told to the owner
    where there was one before. Inside a transaction."""
    if user.password:
        telling.tell(portal, user, "password", True)
    user.password, user.fs_uniquifier = hashed(password), secrets.token_hex(32)
    user.update_datetime = portal.now()
    user.save()
    who = by or Actor(user.id, user.name or user.email, user.side)
    trail.note(portal.now(), who, Act.PASSWORD_SET, trail.about(Thing.ACCOUNT, user.id, user.email))
