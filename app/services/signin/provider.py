"""Staff sign in at the body's own provider of identities (OpenID Connect): matched by their verified mail address.

Nobody gets an account by it, and no role or group: those are given here alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.connectors.oidc import Provider, Started
from app.errors import Refused
from app.services.base.portal import Portal
from app.states import Side
from app.store import accounts, database
from app.text import address

PATH = "/login/provider/back"
_known: dict[tuple[str, str, str], Provider] = {}


@dataclass(frozen=True, slots=True)
class Came:
    """Who has come back. `both`: the provider has asked for two factors."""

    user_id: int
    both: bool


def usable(portal: Portal) -> bool:
    """Whether there is one."""
    return bool(portal.settings.oidc_issuer)


def start(portal: Portal, *, again: bool = False) -> Started:
    """Where the browser goes. Raises Temporary while the provider is away."""
    return _of(portal).start(_back(portal), again=again)


def finish(portal: Portal, answer: str, started: Started, *, again: bool = False) -> Came:
    """Whose account it is; `again`: who was to show there once more that it is they. Raises Refused with what to
    do, Temporary while the provider is away."""
    claims = _of(portal).finish(_back(portal), answer, started, again=again)
    email = address.one(str(claims.get("email", "")))
    if not email or claims.get("email_verified") is not True:
        raise Refused("The provider has not checked your mail address, so it cannot be told whose account it is")
    with database.connection():
        user = accounts.by_email(email)
    if user is None or user.side != Side.OPERATOR:
        raise Refused("There is no account of the certifying body for %(email)s; ask its administrator", email=email)
    if not user.active:
        raise Refused("The account of %(email)s may not sign in; ask the administrator", email=email)
    ways = claims.get("amr")
    return Came(user.id, portal.settings.oidc_second_factor or (isinstance(ways, list) and "mfa" in ways))  # RFC 8176


def leaving(portal: Portal) -> str:
    """Where one signs out there, too; empty where there is no such page."""
    return _of(portal).leaving(portal.settings.base_url.rstrip("/") + "/login")


def _back(portal: Portal) -> str:
    return portal.settings.base_url.rstrip("/") + PATH


def _of(portal: Portal) -> Provider:
    settings = portal.settings
    if not settings.oidc_issuer:
        raise Refused("There is no such way to sign in here")
    key = (settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)
    return _known.setdefault(key, Provider(*key))
