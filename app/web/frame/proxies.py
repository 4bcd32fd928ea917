"""The address and scheme of who asks, when trusted proxies stand in front (NINTEI_TRUSTED_PROXIES).

waitress trusts one address only; here any number of addresses and networks are. What a proxy that is not trusted, or
nobody at all, says of other addresses is thrown away: it could say anything.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from config import logs

App = Callable[[dict[str, Any], Any], Iterable[bytes]]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
HEADERS = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_FORWARDED",
    "HTTP_X_REQUEST_ID",
)
SCHEMES = ("http", "https")
REQUEST = "nintei.request"  # the name that a trusted proxy gave the request; read by `requests`
UNNAMED = "nintei.unnamed_proxy"  # the address that says something of others and is not trusted; read by `signins`


class TrustedProxies:
    """WSGI middleware: REMOTE_ADDR becomes the nearest address that no trusted proxy has."""

    def __init__(self, app: App, trusted: Sequence[str]) -> None:
        self._app = app
        self._trusted: list[Network] = [ipaddress.ip_network(each, strict=False) for each in trusted]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        given = {name: str(environ.pop(name)) for name in HEADERS if name in environ}
        if self._trusts(str(environ.get("REMOTE_ADDR", ""))):
            chain = [part.strip() for part in given.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
            client = self._client(chain)
            if client:
                environ["REMOTE_ADDR"] = environ["REMOTE_HOST"] = client
            # The nearest proxy's word stands last.
            scheme = given.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
            if scheme in SCHEMES:
                environ["wsgi.url_scheme"] = scheme
            environ[REQUEST] = logs.as_id(given.get("HTTP_X_REQUEST_ID", ""))
        elif "HTTP_X_FORWARDED_FOR" in given:
            environ[UNNAMED] = str(environ.get("REMOTE_ADDR", ""))  # somebody's proxy, or a visitor who pretends
        return self._app(environ, start_response)

    def _client(self, chain: Sequence[str]) -> str:
        """From the near end: the first address that is no trusted proxy's. What lies beyond it may be invented."""
        found = ""
        for part in reversed(chain):
            address = _address(part)
            if not address:
                break
            found = address
            if not self._trusts(address):
                break
        return found

    def _trusts(self, text: str) -> bool:
        address = _address(text)
        if not address:
            return False
        parsed = ipaddress.ip_address(address)
        return any(parsed.version == each.version and parsed in each for each in self._trusted)


def _address(text: str) -> str:
    """The plain address of `1.2.3.4:5678`, `[2001:db8::1]:443`, `::ffff:1.2.3.4`; empty when it is none."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
