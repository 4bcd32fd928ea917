"""Whose address counts when proxies stand in front."""

from __future__ import annotations

from typing import Any

import pytest

from app.web.frame.proxies import TrustedProxies


def seen(remote: str, trusted: tuple[str, ...] = ("10.0.0.5", "10.1.0.0/16", "2001:db8::/32"), **headers: str) -> Any:
    """(address, scheme, headers left) as the application sees them."""
    found: dict[str, Any] = {}

    def app(environ: dict[str, Any], _start: Any) -> list[bytes]:
        found.update(environ)
        return []

    environ: dict[str, Any] = {"REMOTE_ADDR": remote, "wsgi.url_scheme": "http"}
    environ |= {f"HTTP_X_FORWARDED_{name.upper()}": value for name, value in headers.items()}
    TrustedProxies(app, trusted)(environ, None)
    return found["REMOTE_ADDR"], found["wsgi.url_scheme"], [key for key in found if "FORWARDED" in key]


def test_a_trusted_proxys_word_counts() -> None:
    assert seen("10.0.0.5", **{"for": "203.0.113.9", "proto": "https"}) == ("203.0.113.9", "https", [])


def test_nobody_elses_word_counts() -> None:
    assert seen("203.0.113.66", **{"for": "198.51.100.1", "proto": "https"}) == ("203.0.113.66", "http", [])


def test_several_proxies_in_a_row_are_looked_through() -> None:
    assert seen("10.0.0.5", **{"for": "203.0.113.9, 10.1.2.3, 10.1.9.9"})[0] == "203.0.113.9"


def test_what_a_client_invents_in_front_of_its_own_address_is_not_believed() -> None:
    assert seen("10.1.2.3", **{"for": "127.0.0.1, 10.0.0.5, 203.0.113.9"})[0] == "203.0.113.9"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db9::7]:443", "2001:db9::7"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", "10.0.0.5"),
        ("", "10.0.0.5"),
        ("203.0.113.9, <script>", "10.0.0.5"),
    ],
)
def test_addresses_are_read_in_every_way_that_proxies_write_them(given: str, address: str) -> None:
    assert seen("10.0.0.5", **{"for": given})[0] == address


def test_a_scheme_is_http_or_https_and_the_nearest_proxy_says_which() -> None:
    assert seen("10.0.0.5", **{"for": "203.0.113.9", "proto": "https, http"})[1] == "http"
    assert seen("10.0.0.5", **{"for": "203.0.113.9", "proto": "javascript"})[1] == "http"


def test_a_proxy_of_the_newer_protocol_is_trusted_by_its_network() -> None:
    assert seen("2001:db8::1", **{"for": "203.0.113.9"})[0] == "203.0.113.9"
    assert seen("2001:db9::1", **{"for": "203.0.113.9"})[0] == "2001:db9::1"
