"""The account that a request or a person of the body names."""

from __future__ import annotations

from app.errors import NotFound
from app.store import accounts
from app.store.models import User


def known(user_id: int | None) -> User:
    """The account of this number, active or not. Raises NotFound. Inside a transaction."""
    found = accounts.user(user_id or 0)
    if found is None:
        raise NotFound("There is no such account")
    return found
