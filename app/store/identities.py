"""Who the owners of accounts are at providers of identities."""

from __future__ import annotations

from datetime import datetime

from app.store.database import lock_name
from app.store.models import Identity, User


def alone(issuer: str) -> None:
    """Nobody else ties an account with somebody of this provider until the transaction ends."""
    lock_name(f"identities:{issuer}")


def owner(issuer: str, subject: str) -> User | None:
    """The account of whom the provider calls so."""
    row = Identity.select(Identity, User).join(User)
    found = row.where((Identity.issuer == issuer) & (Identity.subject == subject)).first()
    return found.user if found is not None else None


def of(user: int) -> list[Identity]:
    """The account's, the oldest first."""
    return list(Identity.select().where(Identity.user == user).order_by(Identity.id))


def add(user: int, issuer: str, subject: str, at: datetime) -> None:
    """From now on the account is found by it."""
    Identity.create(user=user, issuer=issuer, subject=subject, made_at=at)


def drop(user: int) -> None:
    """The account has none any more."""
    Identity.delete().where(Identity.user == user).execute()
