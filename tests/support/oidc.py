"""A provider of identities in a process of its own, asked over HTTP on loopback: Authlib's authorization server with
OpenID Connect and PKCE, and knobs with which it goes wrong.

`python -m tests.support.oidc` is that process: it says its address and ends with its standard input.
"""

from __future__ import annotations

import atexit
import functools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.core.models import AuthorizationCodeMixin
from flask import Flask, jsonify, redirect, request
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "nintei", "of-the-portal-at-the-provider"


class Client(ClientMixin):
    """The portal."""

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/login/provider/back")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"

    id_token_signed_response_alg = "RS256"
    client_metadata: ClassVar[dict[str, Any]] = {"id_token_signed_response_alg": "RS256"}


@dataclass
class Code(AuthorizationCodeMixin):
    """A code that was given out."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    provider: Served

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.provider.nonce or self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> list[str] | None:
        return self.provider.amr


@dataclass
class Served:
    """The provider in its own process, and what it says of whoever comes."""

    url: str = ""
    email: str = "nobody@example.jp"
    verified: Any = True
    nonce: str = ""  # another one than was asked for
    issuer: str = ""  # another one than it is
    audience: str = CLIENT
    amr: list[str] | None = None
    refuses: bool = False
    thin: bool = False  # its token says nobody's address: its page of claims does
    sub: str = "1"  # who it is, as its token says
    subject: str = "1"  # of whom that page speaks
    stranger: bool = False  # it signs with another key than it publishes
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"}))
    other: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def turn(self, knobs: dict[str, Any]) -> None:
        """As these say, and as it was at the beginning in everything else."""
        begun = Served(url=self.url, key=self.key, other=self.other)
        if knobs:
            begun.codes, begun.asked = self.codes, self.asked
        for name, value in {**begun.__dict__, **knobs}.items():
            setattr(self, name, value)


class Provider:
    """The same, seen from a test: what is set goes there."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._knobs: dict[str, Any] = {}
        self._turn()

    def set(self, **knobs: Any) -> None:
        """Go wrong, or be somebody else, from here on."""
        self._knobs |= knobs
        self._turn()

    @property
    def asked(self) -> list[dict[str, str]]:
        """What it was asked at its page of consent, in order."""
        found: list[dict[str, str]] = requests.get(f"{self.url}/asked", timeout=10).json()
        return found

    def _turn(self) -> None:
        requests.post(f"{self.url}/knobs", json=self._knobs, timeout=10).raise_for_status()


def build(provider: Served) -> Flask:
    """The provider's pages: whoever comes is signed in there already."""
    app = Flask("provider")

    class CodeGrant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012 - the library's own way

        def save_authorization_code(self, code: str, request: Any) -> Code:
            data = request.payload.data
            provider.codes[code] = Code(
                code, request.payload.redirect_uri, request.payload.scope, data.get("nonce", ""),
                data.get("code_challenge", ""), data.get("code_challenge_method", ""), provider,
            )  # fmt: skip
            return provider.codes[code]

        def query_authorization_code(self, code: str, client: Any) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            provider.codes.pop(authorization_code.code, None)

        def authenticate_user(self, authorization_code: Code) -> Any:
            return provider

    class OpenID(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return False

        def resolve_client_private_key(self, client: Any) -> Any:
            return provider.other if provider.stranger else provider.key

        def get_client_algorithm(self, client: Any) -> str:
            return "RS256"

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            return {"iss": provider.issuer or provider.url}

        def get_audiences(self, request: Any) -> list[str]:
            return [provider.audience]

        def generate_user_info(self, user: Any, scope: str) -> dict[str, Any]:
            said = {} if provider.thin else {"email": provider.email, "email_verified": provider.verified}
            return {"sub": provider.sub, "groups": ["administrator"], **said}

    server = AuthorizationServer(
        app, query_client=lambda name: Client() if name == CLIENT else None, save_token=lambda *_: None
    )
    server.register_grant(CodeGrant, [OpenID(require_nonce=True), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def described() -> Any:
        return jsonify(
            issuer=provider.url, authorization_endpoint=f"{provider.url}/authorize",
            token_endpoint=f"{provider.url}/token", jwks_uri=f"{provider.url}/keys",
            end_session_endpoint=f"{provider.url}/out", userinfo_endpoint=f"{provider.url}/claims",
        )  # fmt: skip

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    @app.get("/claims")
    def claims() -> Any:
        return jsonify(sub=provider.subject, email=provider.email, email_verified=provider.verified)

    @app.get("/authorize")
    def authorize() -> Any:
        provider.asked.append(request.args.to_dict())
        if provider.refuses:
            return redirect(f"{request.args['redirect_uri']}?error=access_denied&state={request.args['state']}")
        grant = server.get_consent_grant(end_user=provider)
        return server.create_authorization_response(grant_user=provider, grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.post("/knobs")
    def knobs() -> Any:
        provider.turn(request.get_json())
        return {}

    @app.get("/asked")
    def asked() -> Any:
        return jsonify(provider.asked)

    return app


def serve() -> None:
    """This process is the provider, until nobody holds its standard input any more."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback, without TLS
    provider = Served()
    server = make_server("127.0.0.1", 0, build(provider), threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(provider.url, flush=True)
    sys.stdin.read()


@functools.cache
def process() -> str:
    """The address of one that lives as long as this process."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.support.oidc"], cwd=Path(__file__).parents[2], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    atexit.register(_end, child)
    assert child.stdout is not None
    return child.stdout.readline().strip()


def _end(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.close()
    child.wait(10)


@contextmanager
def running() -> Iterator[Provider]:
    """The provider as it is at its beginning."""
    yield Provider(process())


if __name__ == "__main__":
    serve()
