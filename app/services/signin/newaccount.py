"""A new account, with a password that is good enough."""

from __future__ import annotations

import secrets
from typing import Any

from app.services.signin import passwords
from app.states import Side
from app.store import accounts
from app.store.models import User
from app.text import address


def create_account(
    email: str, name: str, side: Side, roles: list[str], password: str, now: Any, groups: str = ""
) -> User:
    """A new account; Refused when the password is too short or too well known. Inside a transaction."""
    passwords.require_good(password, email, name)
    user: User = User.create(
        email=address.one(email),
        name=name,
        side=side,
        groups=groups,
        password=passwords.hashed(password),
        fs_uniquifier=secrets.token_hex(32),
        feed_token=secrets.token_urlsafe(32),
        confirmed_at=now,
        create_datetime=now,
    )
    accounts.add_roles(user, roles)
    return user
