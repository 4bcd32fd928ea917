"""From the text of a setting to its value. Each raises ValueError that says what is wanted instead."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable
from email.headerregistry import Address
from email.utils import parseaddr
from itertools import pairwise
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

TRUE = {"1", "yes", "true", "on"}
FALSE = {"", "0", "no", "false", "off"}
# Of libpq's connection parameters (PostgreSQL 34.1.2): what the address of a database may say behind its `?`.
OF_DATABASE = ("host", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "target_session_attrs")


def text(value: str) -> str:
    if not value:
        raise ValueError("must not be empty")
    return value


def path(value: str) -> Path:
    """Absolute; `~` is the home folder, a relative path counts from the folder the command was started in."""
    if not value:
        raise ValueError("must name a folder")
    return Path(value).expanduser().absolute()


def optional_path(value: str) -> Path | None:
    return path(value) if value else None


def yes_or_no(value: str) -> bool:
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ValueError("must be yes or no")


def whole_number(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value)

    return read


def host_and_port(value: str) -> tuple[str, int] | None:
    host, colon, port = value.rpartition(":")
    if not value:
        return None
    if not host or "/" in value or not colon or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("must be a name and a port, such as log.example.jp:6514")
    return host.strip("[]"), int(port)


def one_of(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        known = {word.upper(): word for word in words}
        if value.upper() not in known:
            raise ValueError(f"must be one of {', '.join(words)}")
        return known[value.upper()]

    return read


def language(*codes: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.lower() not in codes:
            raise ValueError(f"must be one of {', '.join(codes)}")
        return value.lower()

    return read


def secret(shortest: int, *, kept: bool = False) -> Callable[[str], str]:
    """Empty is allowed here: whether it must be set depends on other settings. `kept`: what it guards lies there
    already and is opened by nothing else, so that what was good enough once cannot be refused later."""

    def read(value: str) -> str:
        if value and len(value) < shortest:
            raise ValueError(f"must have at least {shortest} characters, it has {len(value)}")
        if value and len(set(value)) < 8:
            raise ValueError("is too easily guessed: it has fewer than 8 different characters")
        if value and not kept and _is_counted(value):
            raise ValueError("is too easily guessed: it repeats a few characters, or counts them up or down")
        return value

    return read


def _is_counted(value: str) -> bool:
    """Whether a secret was typed, not drawn: it repeats fewer than 16 characters, or 8 of them anywhere, or most of
    its characters are the neighbours of the ones before them. Drawn ones do so once in millions."""
    parts = [value[at : at + 8] for at in range(len(value) - 7)]
    repeats = any(value[part:] == value[:-part] for part in range(1, min(16, len(value) // 2 + 1)))
    repeats |= len(set(parts)) < len(parts)
    steps = [ord(after) - ord(before) for before, after in pairwise(value)]
    return repeats or sum(abs(step) <= 1 for step in steps) * 3 > len(steps) * 2


def secret_list(shortest: int) -> Callable[[str], tuple[str, ...]]:
    """Several secrets, separated by commas: the first one seals, as `secret` has it; the others, which it takes the
    place of, still open what they sealed."""
    first, older = secret(shortest), secret(shortest, kept=True)

    def read(value: str) -> tuple[str, ...]:
        found = [each.strip() for each in value.split(",") if each.strip()]
        return tuple((older if place else first)(each) for place, each in enumerate(found))

    return read


def webhook_key(value: str) -> str:
    """A signing key of webhooks: whsec_ and 24 to 64 bytes in base64 (Standard Webhooks 1.0.0); empty: none."""
    if value:
        try:
            size = len(base64.b64decode(value.removeprefix("whsec_"), validate=True))
        except ValueError as error:
            raise ValueError("must be whsec_ and base64") from error
        if not value.startswith("whsec_") or not 24 <= size <= 64:
            raise ValueError("must be whsec_ and 24 to 64 bytes in base64")
    return value


def database_url(value: str) -> str:
    if value.startswith("sqlite:///") and len(value) > len("sqlite:///"):
        return value
    address = _url(value, "postgresql")
    if address is None or not address.path.strip("/"):
        raise ValueError("must be sqlite:///path/to/file.db or postgresql://user:password@host/database")
    unknown = [name for name, _ in parse_qsl(address.query, keep_blank_values=True) if name not in OF_DATABASE]
    if unknown:  # who asks for TLS there and mistypes it shall not do without, unawares
        raise ValueError(f"says {unknown[0]} behind the ?, which may say {', '.join(OF_DATABASE)}")
    return value


def bucket_url(value: str) -> str:
    """Empty keeps files in the data folder; else s3://bucket or s3://bucket/prefix, without a slash at the end."""
    if not value:
        return value
    address = _url(value.rstrip("/"), "s3")
    name = address.netloc if address is not None else ""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) or (address is not None and address.query):
        raise ValueError("must be s3://bucket or s3://bucket/prefix")
    return value.rstrip("/")


def mail_url(value: str) -> str:
    """Empty keeps all mail in the outbox. smtps is TLS from the first byte, smtp+starttls upgrades to it."""
    if not value:
        return value
    address = _url(value, "smtp", "smtps", "smtp+starttls")
    if address is None or not address.hostname:
        raise ValueError("must be smtp://, smtps:// or smtp+starttls://, then [user:password@]host[:port]")
    return value


def imap_url(value: str) -> str:
    """Empty reads no mailbox. imaps is TLS from the first byte, imap+starttls upgrades to it."""
    if not value:
        return value
    address = _url(value, "imap", "imaps", "imap+starttls")
    if address is None or not address.hostname or not address.username or not value.isascii():
        raise ValueError("must be imaps://user:password@host[:port]/folder, in ASCII, or imap+starttls://, imap://")
    return value


def mail_address(value: str) -> str:
    """`a@example.jp` or `Name <a@example.jp>`."""
    wanted = "must be an address such as nintei@example.jp or Office <nintei@example.jp>"
    name, address = parseaddr(value)
    try:
        parsed = Address(name, addr_spec=address)
    except Exception as error:  # the library raises several kinds, some of them its own
        raise ValueError(wanted) from error
    if not parsed.username or not parsed.domain or any(c in value for c in "\r\n"):
        raise ValueError(wanted)
    return value


def base_url(value: str) -> str:
    """Without a slash at the end, so that paths are simply added."""
    address = _url(value.rstrip("/"), "http", "https")
    if address is None or not address.hostname or address.query or address.fragment:
        raise ValueError("must be the address people type, such as https://nintei.example.jp")
    return value.rstrip("/")


def host(value: str) -> str:
    looks_like_more = "/" in value or (":" in value and not _is_ip(value.strip("[]")))
    if not value or looks_like_more:
        raise ValueError("must be an address to listen on, such as 127.0.0.1 or 0.0.0.0, without a port")
    return value


def web_address(value: str) -> str:
    """An address that is asked, http or https; or none."""
    if value and (_url(value, "http", "https") is None):
        raise ValueError("must be an address such as https://tsa.example/")
    return value


def loopback(value: str) -> bool:
    """Whether only this machine reaches what listens on this host (RFC 1122 section 3.2.1.3, RFC 6761 section 6.3)."""
    bare = value.strip("[]").lower()
    return ipaddress.ip_address(bare).is_loopback if _is_ip(bare) else bare in {"localhost", "localhost."}


def networks(value: str) -> tuple[str, ...]:
    """Addresses or networks, separated by commas: 10.0.0.5, 10.1.0.0/16."""
    found = []
    for each in filter(None, (part.strip() for part in value.split(","))):
        try:
            network = ipaddress.ip_network(each, strict=False)
        except ValueError as error:
            raise ValueError(f"{each} is neither an IP address nor a network such as 10.1.0.0/16") from error
        found.append(str(network.network_address if network.num_addresses == 1 else network))
    return tuple(found)


def names(value: str) -> tuple[str, ...]:
    """Names without spaces, in small letters, separated by commas: mx1.example.jp, mx2.example.jp."""
    found = [each.strip().lower() for each in value.split(",") if each.strip()]
    if any(not each.isascii() or not each.isprintable() or " " in each for each in found):
        raise ValueError("must be names separated by commas, such as mx1.example.jp, mx2.example.jp")
    return tuple(found)


def clamd_url(value: str) -> str:
    if not value:
        return value
    address = _url(value, "tcp", "unix")
    reachable = address is not None and (address.path if address.scheme == "unix" else address.hostname)
    if not reachable:
        raise ValueError("must be tcp://host:3310 or unix:///run/clamav/clamd.ctl")
    return value


def _url(value: str, *schemes: str) -> SplitResult | None:
    """The parts of an address of one of these kinds; None if it is none or its port is no port."""
    try:
        address = urlsplit(value)
        port = address.port
    except ValueError:
        return None
    if address.scheme not in schemes or port == 0 or any(c.isspace() for c in value):
        return None
    return address


def _is_ip(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True
