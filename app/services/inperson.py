"""Whether the person at the keyboard is the one who signed in: asked where one person alone may see something."""

from __future__ import annotations

from app.errors import Refused
from app.services import passwords, throttle
from app.services.actors import Actor
from app.services.portal import Portal
from app.store import accounts, database


def require(portal: Portal, actor: Actor, password: str) -> None:
    """Refused unless it is the account's own password; after ten wrong ones not for a quarter of an hour."""
    whom = f"in person {actor.user_id}"
    if throttle.wait(portal, throttle.PASSWORD, whom) is not None:
        raise Refused("Too many wrong passwords; try again in a quarter of an hour")
    with database.connection():
        user = accounts.user(actor.user_id or 0)
    if user is None or not passwords.fits(password, user.password):
        throttle.note(portal, throttle.PASSWORD, whom)
        raise Refused("The password is not right; nothing was opened")
    throttle.forgive(throttle.PASSWORD, whom)
