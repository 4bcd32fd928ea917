"""Whether the person at the keyboard is the one who signed in: asked where one person alone may see something."""

from __future__ import annotations

from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.signin import guessing, passwords
from app.services.signin.guessing import Asker
from app.states import PasswordUse, Right
from app.store import accounts, database


def right(portal: Portal, actor: Actor, password: str, asker: Asker, way: PasswordUse) -> bool:
    """Whether it is the account's own password. Raises TooMany when it was tried too often."""
    actor.require(Right.ACCOUNT)
    with database.connection():
        user = accounts.user(actor.user_id or 0)
    if user is None:
        return False
    kept = user.password
    return guessing.checked(portal, user.email, asker, way, lambda: passwords.fits(password, kept))
