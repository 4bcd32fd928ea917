"""Signing in at a provider of identities (OpenID Connect Core 1.0, authorization code flow with PKCE, RFC 7636).

What the provider says is believed only when its signature, issuer, audience, time and nonce are right. The provider is
asked for nothing but a name and a mail address; where its token does not say the address, its page of claims is asked,
as the standard has it for this flow (section 5.4), and believed only when it speaks of the same person.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.errors import Refused, Temporary

SECONDS = 10  # for which the provider is waited for
KEPT = 3600  # seconds for which its description and keys are believed
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # none with a shared secret
LEEWAY = 60  # seconds by which clocks may differ
SCOPE = "openid email profile"
AGAIN = 300  # seconds within which who is asked again has signed in there


@dataclass(frozen=True, slots=True)
class Started:
    """What the browser keeps meanwhile."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(slots=True)
class Provider:
    """One provider. `secret`: of the client; empty for a public one."""

    issuer: str
    client: str
    secret: str
    _known: tuple[float, dict[str, Any]] | None = None
    _keys: tuple[float, Any] | None = field(default=None, repr=False)

    def start(self, back: str, *, again: bool = False) -> Started:
        """Where the browser goes. `back`: where it comes back to; `again`: the person is asked even if they are signed
        in there. Raises Temporary while the provider is away."""
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        more = {"prompt": "login", "max_age": "0"} if again else {}
        url, state = self._session(back).create_authorization_url(
            self._described()["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **more
        )
        return Started(url, state, nonce, verifier)

    def finish(self, back: str, answer: str, started: Started, *, again: bool = False) -> dict[str, Any]:
        """The claims of who has come back with this address. `again`: they were to be asked, even if signed in there;
        the browser may have been told otherwise. Raises Refused, Temporary."""
        said = {key: values[0] for key, values in parse_qs(urlsplit(answer).query).items()}
        if not secrets.compare_digest(said.get("state", ""), started.state):
            raise Refused("The sign-in was begun elsewhere, or is over; please begin again")
        if "iss" in said and said["iss"] != self.issuer:  # RFC 9207 section 2.4
            raise Refused("The answer is not from the provider that was asked")
        if "error" in said:
            raise Refused("The provider has not let you in (%(error)s)", error=said["error"][:60])
        try:
            token = self._session(back).fetch_token(
                self._described()["token_endpoint"], grant_type="authorization_code", code=said.get("code", ""),
                code_verifier=started.verifier, timeout=SECONDS,
            )  # fmt: skip
        except AuthlibBaseError as error:
            raise Refused("The provider has not let you in (%(error)s)", error=str(error.error)[:60]) from error
        except (requests.RequestException, ValueError) as error:
            raise _away() from error
        claims = self._read(str(token.get("id_token", "")), started.nonce)
        if again and not _since(claims, time.time() - AGAIN):
            raise Refused("The provider has not asked you again who you are; please begin again")
        if not claims.get("email"):
            claims |= self._more(str(token.get("access_token", "")), claims["sub"])
        return claims

    def _more(self, access: str, subject: object) -> dict[str, Any]:
        """The address, as the page of claims says it (section 5.3); empty where there is none."""
        place = str(self._described().get("userinfo_endpoint", ""))
        if not place or not access:
            return {}
        found = self._get(place, Authorization=f"Bearer {access}")
        if found.get("sub") != subject:  # section 5.3.2
            raise Refused("What the provider says cannot be trusted; nobody was signed in")
        return {name: found[name] for name in ("email", "email_verified") if name in found}

    def leaving(self, back: str) -> str:
        """Where one signs out at the provider, too (RP-Initiated Logout 1.0); empty where it has no such page."""
        address = str(self._described().get("end_session_endpoint", ""))
        mark = "&" if "?" in address else "?"
        asked = urlencode({"client_id": self.client, "post_logout_redirect_uri": back})
        return f"{address}{mark}{asked}" if address else ""

    def _read(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token (section 3.1.3.7)."""
        wanted = jwt.JWTClaimsRegistry(
            leeway=LEEWAY, iss={"essential": True, "value": self.issuer}, sub={"essential": True},
            aud={"essential": True, "value": self.client}, exp={"essential": True}, iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )  # fmt: skip
        for fresh in (False, True):  # keys change: once more with those of now
            try:
                found = jwt.decode(token, self._key_set(fresh=fresh), algorithms=ALGORITHMS)
                wanted.validate(found.claims)
            except (JoseError, ValueError) as error:
                if fresh:
                    raise Refused("What the provider says cannot be trusted; nobody was signed in") from error
            else:
                claims = dict(found.claims)
                party = claims.get("azp")
                if isinstance(claims.get("aud"), list) and len(claims["aud"]) > 1 and party != self.client:
                    raise Refused("What the provider says cannot be trusted; nobody was signed in")
                return claims
        raise AssertionError("not reached")

    def _session(self, back: str) -> Any:
        how: Any = _basic if self.secret else "none"
        return OAuth2Session(
            self.client, self.secret or None, scope=SCOPE, redirect_uri=back, token_endpoint_auth_method=how,
            code_challenge_method="S256",
        )  # fmt: skip

    def _described(self) -> Mapping[str, Any]:
        """The provider's own description (OpenID Connect Discovery 1.0 section 4)."""
        if self._known is None or time.monotonic() - self._known[0] > KEPT:
            found = self._get(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise Refused("The provider calls itself otherwise than NINTEI_OIDC_ISSUER; tell the administrator")
            self._known = (time.monotonic(), found)
        return self._known[1]

    def _key_set(self, *, fresh: bool) -> Any:
        if fresh or self._keys is None or time.monotonic() - self._keys[0] > KEPT:
            self._keys = (time.monotonic(), KeySet.import_key_set(self._get(self._described()["jwks_uri"])))  # type: ignore[arg-type]
        return self._keys[1]

    @staticmethod
    def _get(address: str, **headers: str) -> dict[str, Any]:
        try:
            answer = requests.get(address, timeout=SECONDS, headers={"Accept": "application/json", **headers})
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise _away() from error
        if not isinstance(found, dict):
            raise _away()
        return found


def _basic(client: Any, _method: str, uri: str, headers: dict[str, str], body: str) -> tuple[str, dict[str, str], str]:
    """Name and secret of the client, written as in a form before they are joined (RFC 6749 section 2.3.1)."""
    both = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
    return uri, headers, body


def _since(claims: Mapping[str, Any], earliest: float) -> bool:
    """Whether the person has signed in there since then (section 3.1.3.7, 13)."""
    signed_in = claims.get("auth_time")
    return isinstance(signed_in, int | float) and signed_in >= earliest - LEEWAY


def _away() -> Temporary:
    return Temporary("The provider at which you sign in does not answer; try again later, or use your password")
