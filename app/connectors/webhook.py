"""Another system is told of a step: one JSON object by HTTPS POST, named and signed as Standard Webhooks 1.0.0 has it.

The receiver knows the caller by the signature (HMAC-SHA256 over id, time and body), and one call from its repetition by
`webhook-id`, which stays the same however often the call is tried (also sent as `Idempotency-Key`).

Whoever draws a diagram does not thereby reach into the body's own network: only addresses of the public internet are
called, unless the installation's settings allow others. The address that was looked at is the one that is called, so
that a name which answers differently the second time gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import urllib3

from app.errors import Permanent, Temporary

PREFIX: Final = "whsec_"  # of the key as people see it (Standard Webhooks, "Signature scheme")
MOST_ANSWER: Final = 64 * 1024  # bytes that are read of an answer
MOST_SECONDS: Final = 30.0  # for the whole call
BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})  # it may help to try again (RFC 9110 section 15, RFC 6585)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent. `key`: one call, however often it is tried; `body`: plain JSON."""

    url: str
    key: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the JSON object if it was one."""

    status: int
    content: Mapping[str, Any] | None


def secret_of(key: str) -> bytes:
    """The bytes of a key as it is set (`whsec_` and base64). Raises ValueError."""
    return base64.b64decode(key.removeprefix(PREFIX), validate=True)


def signature(secret: bytes, name: str, at: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    signed = hmac.new(secret, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


class Caller:
    """Calls webhooks. `key` as it is set, empty where none is; `allowed`: networks that may be called though they are
    not public; `resolve` gives the addresses of a host, `trust` the certificates that are believed."""

    def __init__(
        self,
        key: str,
        allowed: Collection[str] = (),
        *,
        resolve: Callable[[str, int], list[str]] | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._key = key
        self._allowed = [ipaddress.ip_network(each) for each in allowed]
        self._resolve = resolve or _addresses
        self._trust = trust

    def call(self, call: Call, now: datetime) -> Answer:
        """Post it. Raises Temporary when it may help to try again, Permanent when it does not."""
        if not self._key:
            raise Permanent("Webhooks need a key: set NINTEI_WEBHOOK_KEY, and give it to the receiver")
        place = _place(call.url)
        host, port = str(place.hostname), place.port or 443
        body = json.dumps(call.body, ensure_ascii=False, separators=(",", ":")).encode()
        at, name = int(now.timestamp()), f"msg_{hashlib.sha256(call.key.encode()).hexdigest()[:32]}"
        headers = {
            "Host": place.netloc,
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Nintei",
            "webhook-id": name,
            "webhook-timestamp": str(at),
            "webhook-signature": signature(secret_of(self._key), name, at, body),
            "Idempotency-Key": f'"{name}"',
        }
        pool = urllib3.HTTPSConnectionPool(
            self._address(host, port),
            port,
            timeout=urllib3.Timeout(connect=10.0, read=MOST_SECONDS),
            retries=False,
            # Reading all certificates that the machine believes takes longer than most steps: for a call alone.
            ssl_context=self._trust or ssl.create_default_context(),
            server_hostname=host,
            assert_hostname=host,
        )
        target = f"{place.path or '/'}{'?' + place.query if place.query else ''}"
        try:
            return self._answer(pool, target, body, headers, host)
        except urllib3.exceptions.SSLError as error:
            raise Permanent(
                "The certificate of %(host)s is not to be trusted: %(reason)s", host=host, reason=str(error)
            ) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Temporary("%(host)s cannot be reached: %(reason)s", host=host, reason=type(error).__name__) from error
        finally:
            pool.close()

    def _answer(
        self, pool: urllib3.HTTPSConnectionPool, target: str, body: bytes, headers: Mapping[str, str], host: str
    ) -> Answer:
        end = time.monotonic() + MOST_SECONDS
        answer = pool.urlopen("POST", target, body=body, headers=dict(headers), redirect=False, preload_content=False)
        try:
            if answer.status in BUSY:
                raise Temporary("%(host)s answered %(status)s", host=host, status=answer.status)
            if not 200 <= answer.status < 300:
                raise Permanent("%(host)s answered %(status)s", host=host, status=answer.status)
            content = bytearray()
            for part in answer.stream(4096):
                content += part
                if len(content) > MOST_ANSWER or time.monotonic() > end:
                    return Answer(answer.status, None)  # it was taken; what it says beyond that is not waited for
            return Answer(answer.status, _object(bytes(content)))
        finally:
            answer.close()

    def _address(self, host: str, port: int) -> str:
        """Where the host is, if that may be called."""
        try:
            found = self._resolve(host, port)
        except OSError as error:
            raise Temporary("The host %(host)s is not found", host=host) from error
        for each in found:
            address = ipaddress.ip_address(each)
            if not (_public(address) or any(address in network for network in self._allowed)):
                raise Permanent(
                    "%(host)s lies in a network that is not public (%(address)s): the settings "
                    "(NINTEI_WEBHOOK_ALLOW) must allow it",
                    host=host,
                    address=each,
                )
        return found[0]


def _place(url: str) -> SplitResult:
    try:
        place = urlsplit(url)
        sound = place.scheme == "https" and bool(place.hostname) and place.username is None and (place.port or 1) > 0
    except ValueError:
        sound = False
    if not sound:
        raise Permanent(
            "%(url)s is no address of a webhook: it must begin with https://, without a name or password", url=url
        )
    return place


def _addresses(host: str, port: int) -> list[str]:
    """The host's addresses. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _public(address: Address) -> bool:
    """Whether an address is one of the public internet (IANA's special-purpose registries, RFC 6890), also where it
    hides in an IPv6 one (RFC 4291 2.5.5.2, RFC 3056, RFC 6052)."""
    if isinstance(address, ipaddress.IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour
        if hidden is None and address in ipaddress.ip_network("64:ff9b::/96"):
            hidden = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if hidden is not None:
            return _public(hidden)
    return address.is_global and not address.is_multicast


def _object(content: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
