"""A mail to the owner of an account whenever the way in was changed (OWASP ASVS 5.0, 6.3.7)."""

from __future__ import annotations

import secrets

from app.errors import N_
from app.services.base.portal import Portal
from app.services.mails import portalmails
from app.services.mails.portalmails import Wording
from app.store.models import User

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
    ("provider", True): N_("Your account was linked to you at the provider of identities, where you have signed in."),
    ("provider", False): N_("An administrator has removed the link of your account to the provider of identities."),
    ("password", True): N_("The password of your account was changed."),
}


def tell(portal: Portal, user: User, kind: str, added: bool) -> None:
    """Have it mailed. `kind`, `added`: as `WHAT` has them. Inside a transaction."""
    say = portal.say(user.language)
    wording = Wording(say(CHANGED[0]), say(CHANGED[1]) % {"what": say(WHAT[kind, added])})
    key = f"signin:{user.id}:{kind}:{portal.now():%Y%m%d%H%M%S%f}:{secrets.token_hex(3)}"
    portalmails.queue(portal, key, "sign-in-changed", user.email, wording, {"page": "/account"})
