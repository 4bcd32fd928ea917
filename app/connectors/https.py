"""The certificate that an https server shows (RFC 5280, RFC 6125): until when it is good, whether browsers take it."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509

from app.errors import OutOfReach

PATIENCE: Final = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Shown:
    """What was seen. `wrong`: why it is not taken, in the words of OpenSSL; empty where it is."""

    ends: datetime
    wrong: str = ""


def certificate(url: str, trust: ssl.SSLContext | None = None) -> Shown:
    """What the server of this address shows. `trust`: whom to believe, where not those whom the
    machine believes. Raises OutOfReach."""
    parts = urlsplit(url)
    place = parts.hostname or "", parts.port or 443
    context = trust or ssl.create_default_context()
    try:
        try:
            return Shown(_ends(place, context))
        except ssl.SSLCertVerificationError as error:
            blind = ssl.create_default_context()
            blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
            return Shown(_ends(place, blind), error.verify_message)
    except (OSError, ValueError) as error:
        raise OutOfReach("%(server)s does not respond: %(why)s", server=f"{place[0]}:{place[1]}", why=error) from error


def _ends(place: tuple[str, int], context: ssl.SSLContext) -> datetime:
    with (
        socket.create_connection(place, timeout=PATIENCE) as line,
        context.wrap_socket(line, server_hostname=place[0]) as sealed,
    ):
        shown = sealed.getpeercert(binary_form=True)
    if shown is None:
        raise ValueError("no certificate")
    return x509.load_der_x509_certificate(shown).not_valid_after_utc
