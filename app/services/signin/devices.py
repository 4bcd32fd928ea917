"""Browsers in which an account signed in before: known by a signed cookie that holds nothing about a person.

The device cookie of OWASP's "Slow Down Online Guessing Attacks with Device Cookies": guesses from a known browser are
counted by themselves, so that strangers' guesses do not hold up who really owns the account. It only lets one try; it
signs nobody in. For each account a mark that this browser's number and the secret of the installation make.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from app.services.base.portal import Portal

COOKIE = "nintei_device"
DAYS = 400  # the longest that browsers keep one (RFC 6265bis section 5.5)
MOST = 8  # accounts of one browser


@dataclass(frozen=True, slots=True)
class Device:
    """A browser: its number, and the marks of the accounts that signed in there, oldest first."""

    number: str
    marks: tuple[str, ...]


def read(portal: Portal, cookie: str) -> Device | None:
    """The browser that the cookie names; none when it is none of ours."""
    try:
        number, marks = _signer(portal).loads(cookie) if cookie else (None, None)
    except (BadSignature, ValueError, TypeError):
        return None
    if not isinstance(number, str) or not isinstance(marks, list):
        return None
    return Device(number[:32], tuple(str(each) for each in marks))


def knows(portal: Portal, device: Device | None, user: int | None) -> bool:
    """Whether the account signed in there before."""
    return device is not None and user is not None and _mark(portal, device.number, user) in device.marks


def remembering(portal: Portal, device: Device | None, user: int) -> str:
    """The cookie of the same browser (or of one that is new here) that knows the account too."""
    number = device.number if device is not None else secrets.token_hex(8)
    mark = _mark(portal, number, user)
    marks = [each for each in (device.marks if device is not None else ()) if each != mark]
    return str(_signer(portal).dumps([number, [*marks, mark][-MOST:]]))


def _mark(portal: Portal, number: str, user: int) -> str:
    key = portal.settings.secret_key.encode()
    return hmac.new(key, f"device {number} account {user}".encode(), hashlib.sha256).hexdigest()[:20]


def _signer(portal: Portal) -> URLSafeSerializer:
    signing = {"digest_method": hashlib.sha256}
    return URLSafeSerializer(portal.settings.secret_key, salt="nintei.device", signer_kwargs=signing)
