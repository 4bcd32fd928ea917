"""The line to the server: JSON over HTTPS, with this desk's token."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections.abc import Mapping
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from hardware.errors import CardError

TIMEOUT: Final = 15.0  # seconds
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class ServerAway(CardError):
    """The server cannot be reached, or has trouble of its own: try again."""

    code = "server_away"


class ServerRefused(CardError):
    """The server understood and refused; its sentence is in `params["reason"]`."""

    code = "server_refused"


class TokenRefused(CardError):
    """The token is unknown or was revoked: the agent ends."""

    code = "token_refused"


class Line(Protocol):
    """The way to the server."""

    def post(self, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """beat, lease or report. Raises ServerAway, ServerRefused, TokenRefused."""
        ...


class Server:
    """`Line` by HTTP. Each thread keeps a connection. Redirects are not followed: a token goes nowhere else."""

    def __init__(self, url: str, token: str, *, plain: bool = False) -> None:
        parts = urlsplit(url if "//" in url else f"https://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ServerRefused("The server's address must be https://…; it is %(url)s", url=url)
        if parts.scheme == "http" and not plain and parts.hostname not in _LOOPBACK:
            raise ServerRefused("Over %(url)s others would see the token: the address must be https://…", url=url)
        self._parts = parts
        self._path = parts.path.rstrip("/")
        self._token = token
        self._own = threading.local()

    def __repr__(self) -> str:
        return f"Server({self._parts.hostname})"

    def post(self, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            status, raw = self._send(what, json.dumps(body).encode())
        except (OSError, http.client.HTTPException) as error:
            self.close()
            reason = type(error).__name__
            raise ServerAway("The server cannot be reached (%(reason)s)", reason=reason) from error
        try:
            answer = json.loads(raw)
        except ValueError:
            answer = None
        if status == 401:
            raise TokenRefused("The server does not know this token (any more): ask for a new one")
        if status == 422 and isinstance(answer, dict):
            raise ServerRefused("%(reason)s", reason=str(answer.get("error", ""))[:300])
        if status != 200 or not isinstance(answer, dict):
            raise ServerAway("The server cannot be reached (%(reason)s)", reason=f"HTTP {status}")
        return answer

    def _send(self, what: str, body: bytes) -> tuple[int, bytes]:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        for again in (False, True):
            connection = self._connection(fresh=again)
            try:
                connection.request("POST", f"{self._path}/agent/{what}", body, headers)
                answer = connection.getresponse()
                return answer.status, answer.read(1 << 20)
            except (http.client.RemoteDisconnected, ConnectionError, http.client.CannotSendRequest):
                self.close()  # a kept connection may have ended meanwhile; every request may be sent twice
                if again:
                    raise
        raise AssertionError("unreachable")

    def _connection(self, *, fresh: bool) -> http.client.HTTPConnection:
        known: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if known is not None and not fresh:
            return known
        host, port = self._parts.hostname or "", self._parts.port
        made = (
            http.client.HTTPConnection(host, port, timeout=TIMEOUT)
            if self._parts.scheme == "http"
            else http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
        )
        self._own.connection = made
        return made

    def close(self) -> None:
        """End this thread's connection."""
        known = getattr(self._own, "connection", None)
        if known is not None:
            known.close()
            self._own.connection = None
