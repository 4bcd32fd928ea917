"""Staff sign in at the body's own provider of identities (OpenID Connect): found by whom the provider says they
are, the first time by their verified mail address (`identities`).

Nobody gets an account by it, and no role or group: those are given here alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.connectors.oidc import Provider, Started
from app.errors import Refused
from app.services.base.portal import Portal
from app.services.signin import identities
from app.services.signin.identities import Identity
from app.text import address

PATH = "/login/provider/back"
_known: dict[tuple[str, str, str], Provider] = {}


@dataclass(frozen=True, slots=True)
class Came:
    """Who has come back. `both`: the provider has asked for two factors. `ties`: with whom at the provider the account
    is to be tied, once they are signed in; None where it is."""

    user_id: int
    both: bool
    ties: Identity | None


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
    identity = Identity(portal.settings.oidc_issuer, claims["sub"])
    email = address.one(str(claims.get("email", ""))) if claims.get("email_verified") is True else ""
    user_id, tied = identities.owner(portal, identity, email)
    ways = claims.get("amr")
    both = portal.settings.oidc_second_factor or (isinstance(ways, list) and "mfa" in ways)  # RFC 8176
    return Came(user_id, both, None if tied else identity)


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
