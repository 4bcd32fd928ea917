"""Which settings lead to another machine without TLS, where anybody on the way may read and change what is said.

A name of this machine itself, a socket in a folder, and an empty setting lead nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from config import parse

WITHOUT: Final = frozenset({"smtp", "imap", "http", "tcp"})  # schemes that promise nothing
ASKED: Final = ("mail_url", "imap_url", "files_endpoint", "oidc_issuer", "timestamp_url", "clamd_url", "base_url")
CHECKED: Final = frozenset(
    {"verify-full", "verify-ca"}
)  # sslmode (libpq 34.19): whose certificate is wrong gets nothing


def settings(values: Mapping[str, Any]) -> list[str]:
    """Names of the settings, as fields."""
    found = [name for name in ASKED if _plain(str(values.get(name) or ""))]
    return ["database_url", *found] if _database(str(values.get("database_url") or "")) else found


def _plain(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in WITHOUT and not parse.loopback(parts.hostname or "")


def _database(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme != "postgresql":
        return False
    query = {name: each[-1] for name, each in parse_qs(parts.query).items()}
    host = query.get("host") or parts.hostname or ""
    near = not host or host.startswith("/") or parse.loopback(host)
    return not near and query.get("sslmode") not in CHECKED
