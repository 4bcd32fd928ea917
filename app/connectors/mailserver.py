"""Where the servers of mail are: the addresses of the one that sends, and of the mailbox that is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from app.errors import Permanent


class Security(Enum):
    """How the way to a server is protected: what stands behind the name of the protocol."""

    NONE = ""
    TLS = "s"
    STARTTLS = "+starttls"


_PORTS = {
    ("smtp", Security.NONE): 25, ("smtp", Security.TLS): 465, ("smtp", Security.STARTTLS): 587,
    ("imap", Security.NONE): 143, ("imap", Security.TLS): 993, ("imap", Security.STARTTLS): 143,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server: `timeout` in seconds, for the connection and for each answer."""

    security: Security
    host: str
    port: int
    user: str = ""
    password: str = ""
    timeout: float = 20.0


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where it is: `folder` as the server spells it; `timeout` in seconds, for the connection and each answer."""

    security: Security
    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    timeout: float = 20.0

    def __repr__(self) -> str:
        return f"Mailbox(imap{self.security.value}://{self.host}:{self.port}/{self.folder})"


def server(url: str) -> Server | None:
    """`smtp://user:password@host:port?timeout=20`, `smtps://…`, `smtp+starttls://…`; None for `memory:` and nothing.

    Raises `Permanent` without repeating the password.
    """
    if url in ("", "memory:"):
        return None
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query, strict_parsing=bool(parts.query))
        if parts.path not in ("", "/") or set(query) - {"timeout"}:
            raise ValueError("host")
        timeout = float(query.get("timeout", ["20"])[0])
        if not 0 < timeout <= 300:
            raise ValueError("timeout")
        return Server(*_place(parts, "smtp"), timeout)
    except ValueError:
        raise Permanent(
            "The mail server's address is not understood: it should read smtp://user:password@host:port, "
            "smtps://… or smtp+starttls://…"
        ) from None


def mailbox(url: str) -> Mailbox:
    """`imaps://user:password@host:993/INBOX`; also `imap+starttls` and `imap`. Raises `Permanent` without
    repeating the password."""
    try:
        parts = urlsplit(url)
        folder = unquote(parts.path.strip("/")) or "INBOX"
        if not parts.username or not folder.isascii() or not folder.isprintable():
            raise ValueError("folder")
        return Mailbox(*_place(parts, "imap"), folder)
    except ValueError:
        raise Permanent(
            "The mailbox's address is not understood: it should read imaps://user:password@host/INBOX"
        ) from None


def _place(parts: SplitResult, protocol: str) -> tuple[Security, str, int, str, str]:
    """(security, host, port, user, password), the last two percent-decoded (RFC 3986 section 3.2.1). Raises
    ValueError for another protocol, no host, or a port that is none."""
    if not parts.hostname or not parts.scheme.startswith(protocol):
        raise ValueError("host")
    security = Security(parts.scheme.removeprefix(protocol))
    port = parts.port or _PORTS[protocol, security]
    return security, parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or "")
