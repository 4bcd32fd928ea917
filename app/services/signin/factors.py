"""Second factors of an account as its owner and its administrators see them, and what follows when they change."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from app.errors import N_, NotFound, Refused
from app.services.base import trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.mails import portalmails
from app.services.mails.portalmails import Wording
from app.services.signin import passwords
from app.states import Act, Right, Thing
from app.store import accounts, database
from app.store import factors as rows
from app.store.models import User

CODES = 10
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that look alike
CHANGED = (
    N_("Your sign-in to the certification portal was changed"),
    N_(
        "%(what)s\n\nIf it was not you, set a new password at once and tell the administrator of the portal.\n\n"
        "[Your account](%%(url)s)"
    ),
)
WHAT = {
    ("passkey", True): N_("A passkey was added to your account."),
    ("passkey", False): N_("A passkey of your account was removed."),
    ("code", True): N_("An app that makes codes was added to your account."),
    ("code", False): N_("The app that makes codes was removed from your account."),
    ("recovery", True): N_("New recovery codes were made for your account; the old ones are worth nothing now."),
    ("factors", False): N_("An administrator has taken the second factors of your account away."),
    ("password", True): N_("The password of your account was changed."),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A passkey."""

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


def required(portal: Portal, side: str) -> bool:
    """Whether people of this side need a second factor."""
    return side == "operator" and portal.settings.staff_second_factor


@database.connection()
def of(portal: Portal, actor: Actor) -> Factors:
    """One's own."""
    user_id = actor.user_id or 0
    app = rows.code_app(user_id)
    keys = tuple(Key(each.id, each.name, each.made_at, each.used_at) for each in rows.passkeys(user_id))
    return Factors(
        keys, app.made_at if app else None, len(rows.recovery(user_id)), required(portal, actor.side)
    )  # fmt: skip


def changed(portal: Portal, actor: Actor, kind: str, before: str, after: str) -> list[str]:
    """After a factor came or went: on the account, on record, told to its owner; gives recovery codes where it has none
    yet. Inside a transaction."""
    user = accounts.user(actor.user_id or 0)
    if user is None:
        raise NotFound("There is no such account")
    kinds = rows.settle(user.id)
    _on_record(portal, actor, user, kind, before, after)
    tell(portal, user.id, kind, bool(after))
    return _renewed(user.id) if kinds and not rows.recovery(user.id) else []


def _on_record(portal: Portal, actor: Actor, user: User, kind: str, before: str, after: str) -> None:
    act = Act.FACTOR_ADDED if after else Act.FACTOR_REMOVED
    subject = trail.about(Thing.ACCOUNT, user.id, user.email)
    trail.note(
        portal.now(), actor, act, subject,
        before={kind: before} if before else None, after={kind: after} if after else None,
    )  # fmt: skip


def tell(portal: Portal, user_id: int, kind: str, added: bool) -> None:
    """A mail to the account's owner (OWASP ASVS 5.0, 6.3.7). Inside a transaction."""
    user = accounts.user(user_id)
    if user is None:
        return
    say = portal.say(user.language)
    wording = Wording(say(CHANGED[0]), say(CHANGED[1]) % {"what": say(WHAT[kind, added])})
    key = f"signin:{user.id}:{kind}:{portal.now():%Y%m%d%H%M%S%f}:{secrets.token_hex(3)}"
    portalmails.queue(portal, key, "sign-in-changed", user.email, wording, {"page": "/account"})


def renew_recovery(portal: Portal, actor: Actor) -> list[str]:
    """Ten new recovery codes, shown once; the old ones are worth nothing. Refused without a second factor."""
    actor.require(Right.ACCOUNT)
    with database.transaction():
        user = accounts.user(actor.user_id or 0)
        if user is None or not user.factors:
            raise Refused("Set up a passkey or an app that makes codes first")
        made = _renewed(user.id)
        _on_record(portal, actor, user, "recovery", "", str(CODES))
        tell(portal, user.id, "recovery", True)
    portal.poke()
    return made


def _renewed(user_id: int) -> list[str]:
    made = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4)) for _ in range(CODES)]
    rows.keep_recovery(user_id, [passwords.hashed(plain(each)) for each in made])
    return made


def plain(code: str) -> str:
    """A recovery code however it is typed."""
    return "".join(each for each in code.upper() if each in _LETTERS)


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
        tell(portal, user.id, "factors", False)
    portal.poke()
