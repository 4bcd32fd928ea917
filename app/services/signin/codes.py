"""Codes of an app (TOTP, RFC 6238), and recovery codes for the day when the device is lost.

A code is good for its 30 seconds and those before and after (section 5.2), and counts once; wrong ones are counted as
wrong passwords are, apart from them: who knows the password cannot have the count forgiven by it.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pyotp
from cryptography.fernet import InvalidToken, MultiFernet

from app.errors import NotFound, Refused
from app.services.base import sealing
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.signin import factors, guessing
from app.services.signin.guessing import Asker
from app.states import PasswordUse, Right
from app.store import accounts, database
from app.store import factors as rows

STEP = 30  # seconds
MINUTES = 30  # for which a secret that is shown waits for its first code
PURPOSE = "second factors"


def begin(portal: Portal, actor: Actor) -> tuple[str, str]:
    """(secret in base32, the same sealed): the first is shown to the app, the second comes back with its first code."""
    secret = pyotp.random_base32()
    kept = json.dumps({"secret": secret, "user": actor.user_id, "until": time.time() + 60 * MINUTES})
    return secret, _cipher(portal).encrypt(kept.encode()).decode()


def again(portal: Portal, actor: Actor, sealed: str) -> str:
    """The secret that is being set up. Refused when it is another account's, or too old."""
    try:
        kept = json.loads(_cipher(portal).decrypt(sealed.encode(), ttl=60 * MINUTES + 60))
    except (InvalidToken, ValueError) as error:
        raise Refused("This page was open for too long: begin again") from error
    if kept.get("user") != actor.user_id or time.time() > kept.get("until", 0):
        raise Refused("This page was open for too long: begin again")
    return str(kept["secret"])


def address(actor: Actor, secret: str) -> str:
    """What the app reads from the picture (otpauth://)."""
    return pyotp.TOTP(secret).provisioning_uri(name=actor.email, issuer_name="Nintei")


def finish(portal: Portal, actor: Actor, sealed: str, code: str) -> list[str]:
    """Keep the app whose first code this is; gives recovery codes to show once, where the account has none yet."""
    actor.require(Right.ACCOUNT)
    secret = again(portal, actor, sealed)
    step = _step(secret, code)
    if step is None:
        raise Refused("The code is not right. Is the clock of the device right?")
    user_id = actor.user_id or 0
    with database.transaction():
        rows.alone(user_id)
        rows.keep_code_app(user_id, _cipher(portal).encrypt(secret.encode()).decode(), step, portal.now())
        made = factors.changed(portal, actor, "code", "", "TOTP")
    portal.poke()
    return made


def remove(portal: Portal, actor: Actor) -> None:
    """One's own app makes no codes for here any more."""
    actor.require(Right.ACCOUNT)
    with database.transaction():
        rows.alone(actor.user_id or 0)
        if not rows.drop_code_app(actor.user_id or 0):
            raise NotFound("There is no app that makes codes")
        factors.changed(portal, actor, "code", "TOTP", "")
    portal.poke()


def right(portal: Portal, user_id: int, code: str, asker: Asker) -> bool:
    """Whether it is a code of the account's app that has not counted yet. TooMany, when too many were wrong."""
    return _checked(portal, user_id, asker, PasswordUse.CODE, lambda: _counts(portal, user_id, code))


def recovers(portal: Portal, user_id: int, code: str, asker: Asker) -> bool:
    """Whether it is one of the account's recovery codes; it is used up then. TooMany, as above."""
    return _checked(portal, user_id, asker, PasswordUse.RECOVERY, lambda: _recovers(portal, user_id, code))


def _checked(portal: Portal, user_id: int, asker: Asker, way: PasswordUse, look: Any) -> bool:
    with database.connection():
        user = accounts.user(user_id)
    return user is not None and guessing.checked(portal, user.email, asker, way, look, apart=PasswordUse.CODE.value)


def _counts(portal: Portal, user_id: int, code: str) -> bool:
    with database.transaction():
        rows.alone(user_id)
        app = rows.code_app(user_id)
        if app is None:
            return False
        step = _step(_opened(portal, app.sealed), code)
        return step is not None and rows.used_step(user_id, step, portal.now())


def _recovers(portal: Portal, user_id: int, code: str) -> bool:
    typed = factors.plain(code[:100])
    with database.connection():
        kept = rows.recovery(user_id)
    found = next((each for each in kept if factors.is_code(typed, each.digest)), None) if typed else None
    if found is None:
        return False
    with database.transaction():
        return rows.used_recovery(found.id, portal.now())


def _step(secret: str, code: str) -> int | None:
    """The step (RFC 6238 section 4.2) whose code it is: the present one, or one beside it."""
    typed = "".join(each for each in code if each.isdigit())[:20]
    typed = "".join(str(int(each)) for each in typed)  # full width, as a Japanese keyboard gives them
    now = int(time.time()) // STEP
    made = pyotp.TOTP(secret)
    return next((now + n for n in (0, -1, 1) if pyotp.utils.strings_equal(typed, made.generate_otp(now + n))), None)


def _opened(portal: Portal, sealed: str) -> str:
    try:
        return _cipher(portal).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Refused(
            "This was stored under another key and cannot be read. The administrator enters the key of that time "
            "(NINTEI_SEALING_KEYS); nothing is lost until then"
        ) from error


def resealed(portal: Portal, sealed: str) -> str | None:
    """The same under the first key; none when no key opens it."""
    try:
        return _cipher(portal).rotate(sealed.encode()).decode()
    except InvalidToken:
        return None


def _cipher(portal: Portal) -> MultiFernet:
    return sealing.cipher(portal.settings, PURPOSE)
