"""Passwords that were given, and from where accounts are known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN

from app.store.database import lock_name
from app.store.models import Guess, KnownPlace, User


def alone(account: str, place: str) -> None:
    """One guess at a time at this account and from this place, until the transaction ends."""
    lock_name(f"guess account:{account}")
    lock_name(f"guess place:{place}")


def add(**values: Any) -> Guess:
    """Note a guess at a password or code."""
    return Guess.create(**values)


def of_account(account: str, now: datetime) -> list[Guess]:
    """The guesses at an account that count, newest first."""
    return list(Guess.select().where((Guess.account == account) & (Guess.until > now)).order_by(Guess.at.desc()))


def from_place(place: str, since: datetime) -> list[Guess]:
    """The guesses from a place since then, newest first."""
    return list(Guess.select().where((Guess.place == place) & (Guess.at > since)).order_by(Guess.at.desc()))


def counting(now: datetime) -> list[Guess]:
    """Every guess that counts, with its account, newest first."""
    query = Guess.select(Guess, User).join(User, JOIN.LEFT_OUTER).where(Guess.until > now)
    return list(query.order_by(Guess.at.desc()))


def forgive(account: str, place: str, device: str) -> None:
    """Forget the guesses at an account from one browser or, without one, from one place."""
    mine = (Guess.account == account) & (Guess.device == device)
    Guess.delete().where(mine if device else mine & (Guess.place == place)).execute()


def forgive_account(account: str) -> None:
    """Forget all that were made at an account from where it never signed in."""
    Guess.delete().where((Guess.account == account) & ~Guess.known).execute()


def forgive_place(place: str) -> None:
    """Forget all that were made from a place."""
    Guess.delete().where((Guess.place == place) & (Guess.device == "")).execute()


# Known places


def know(user: int, place: str, until: datetime) -> None:
    """The account signed in from there, which is known until then."""
    KnownPlace.insert(user=user, place=place, until=until).on_conflict(
        conflict_target=[KnownPlace.user, KnownPlace.place], update={KnownPlace.until: until}
    ).execute()


def was_here(user: int, place: str, now: datetime) -> bool:
    """Whether the account signed in from this place, as far as that is remembered."""
    here = (KnownPlace.user == user) & (KnownPlace.place == place) & (KnownPlace.until > now)
    return bool(KnownPlace.select().where(here).exists())


def forget(now: datetime) -> None:
    """Forget what is over."""
    Guess.delete().where(Guess.until <= now).execute()
    KnownPlace.delete().where(KnownPlace.until <= now).execute()
