"""Signed links in mails outside a case: they prove the address, and nothing that opens an account is kept for them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from app.errors import NotFound
from app.services.base.portal import Portal
from app.store.models import Invitation, User

PASSWORD, INVITATION, ADDRESS = "nintei.password", "nintei.invitation", "nintei.address"


def password(portal: Portal, user: User, hours: int) -> str:
    """Where the account's password is set, once, for so many hours."""
    until = int((portal.now() + timedelta(hours=hours)).timestamp())
    return _address(portal, "password", _signer(portal, PASSWORD).dumps([user.id, until, state(user)]))


def invitation(portal: Portal, row: Invitation) -> str:
    """Where the invitation is accepted."""
    return _address(portal, "invitation", _signer(portal, INVITATION).dumps([row.id, row.edition]))


def own_address(portal: Portal, user: User, new: str, hours: int) -> str:
    """Where the account's new mail address is confirmed, once, for so many hours."""
    until = int((portal.now() + timedelta(hours=hours)).timestamp())
    facts = [user.id, user.email, new, until, state(user)]
    return _address(portal, "address", _signer(portal, ADDRESS).dumps(facts))


def read(portal: Portal, purpose: str, token: str) -> list[Any]:
    """What a link of ours holds; NotFound when it is none."""
    try:
        return list(_signer(portal, purpose).loads(token))
    except (BadSignature, ValueError, TypeError):
        raise NotFound("This link is not one of ours; open the one in the mail as a whole") from None


def state(user: User) -> str:
    """Changes with the password, so that a link works once, and none after the password was set otherwise."""
    return hashlib.sha256(f"{user.fs_uniquifier}\n{user.password or ''}".encode()).hexdigest()[:24]


def _address(portal: Portal, page: str, token: str | bytes) -> str:
    text = token if isinstance(token, str) else token.decode()
    return f"{portal.settings.base_url.rstrip('/')}/{page}/{text}"


def _signer(portal: Portal, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(portal.settings.secret_key, salt=purpose, signer_kwargs={"digest_method": hashlib.sha256})
