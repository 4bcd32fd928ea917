"""Second factors of an account as its owner and its administrators see them, and what follows when they change."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from argon2.exceptions import Argon2Error, InvalidHashError

from app.errors import Refused
from app.services.base import trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.signin import passwords, telling, users
from app.states import Act, Right, Side, Thing
from app.store import accounts, database
from app.store import factors as rows
from app.store.models import User

CODES = 10
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that look alike


@dataclass(frozen=True, slots=True)
class Key:
    """A passkey as its owner sees it."""

    id: int
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """What the account has."""

    passkeys: tuple[Key, ...]
    code_since: datetime | None  # since when an app makes codes
    recovery: int  # codes that let in still
    required: bool  # staff need one here

    @property
    def any(self) -> bool:
        """Whether something is asked besides the password."""
        return bool(self.passkeys) or self.code_since is not None


def required(portal: Portal, side: Side) -> bool:
    """Whether people of this side need a second factor."""
    return side == Side.OPERATOR and portal.settings.staff_second_factor


@database.connection()
def of(portal: Portal, actor: Actor) -> Factors:
    """With what the actor shows who they are."""
    user_id = actor.user_id or 0
    app = rows.code_app(user_id)
    keys = tuple(Key(each.id, each.name, each.made_at, each.used_at) for each in rows.passkeys(user_id))
    return Factors(
        keys, app.made_at if app else None, len(rows.recovery(user_id)), required(portal, actor.side)
    )  # fmt: skip


def changed(portal: Portal, actor: Actor, kind: str, before: str, after: str) -> list[str]:
    """After a factor came or went: on the account, on record, told to its owner; gives recovery codes where it has none
    yet. Inside a transaction."""
    user = users.known(actor.user_id)
    kinds = rows.settle(user.id)
    _on_record(portal, actor, user, kind, before, after)
    telling.tell(portal, user, kind, bool(after))
    return _renewed(user.id) if kinds and not rows.recovery(user.id) else []


def _on_record(portal: Portal, actor: Actor, user: User, kind: str, before: str, after: str) -> None:
    act = Act.FACTOR_ADDED if after else Act.FACTOR_REMOVED
    subject = trail.about(Thing.ACCOUNT, user.id, user.email)
    trail.note(
        portal.now(), actor, act, subject,
        before={kind: before} if before else None, after={kind: after} if after else None,
    )  # fmt: skip


def renew_recovery(portal: Portal, actor: Actor) -> list[str]:
    """Ten new recovery codes, shown once; the old ones are worth nothing. Refused without a second factor."""
    actor.require(Right.ACCOUNT)
    with database.transaction():
        user = accounts.user(actor.user_id or 0)
        if user is None or not user.factors:
            raise Refused("Set up a passkey or an app that makes codes first")
        made = _renewed(user.id)
        _on_record(portal, actor, user, "recovery", "", str(CODES))
        telling.tell(portal, user, "recovery", True)
    portal.poke()
    return made


def _renewed(user_id: int) -> list[str]:
    made = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4)) for _ in range(CODES)]
    rows.keep_recovery(user_id, [passwords.hashed(plain(each)) for each in made])
    return made


def plain(code: str) -> str:
    """A recovery code however it is typed."""
    return "".join(each for each in code.upper() if each in _LETTERS)


def is_code(typed: str, digest: str) -> bool:
    """Whether it is the recovery code of this digest."""
    try:
        return passwords.HASHER.verify(digest, typed)
    except (Argon2Error, InvalidHashError):
        return False


def take_away(portal: Portal, actor: Actor, user_id: int) -> None:
    """Somebody has lost theirs: the account has none any more, and its sessions end. On record, told to its owner."""
    actor.require(Right.PEOPLE)
    with database.transaction():
        user = accounts.user(user_id)
        if user is None or not user.factors:
            raise Refused("This account has no second factor")
        if user.id == actor.user_id:
            raise Refused("Remove your own on the page of your account")
        before = user.factors
        rows.drop_all(user.id)
        rows.settle(user.id)
        accounts.end_sessions(user.id, secrets.token_hex(32))
        _on_record(portal, actor, user, "factors", before, "")
        telling.tell(portal, user, "factors", False)
    portal.poke()
