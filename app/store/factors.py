"""Second factors of accounts, and the challenges that were answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.store.database import lock_name
from app.store.models import CodeApp, Passkey, RecoveryCode, Spent, User


def alone(user: int) -> None:
    """One answer of this account at a time, until the transaction ends."""
    lock_name(f"factors:{user}")


# Passkeys


def passkeys(user: int) -> list[Passkey]:
    """The account's, the oldest first."""
    return list(Passkey.select().where(Passkey.user == user).order_by(Passkey.id))


def passkey(credential: str) -> Passkey | None:
    """The one that a device names so."""
    return Passkey.get_or_none(Passkey.credential == credential)


def add_passkey(**values: Any) -> Passkey:
    """Store a new passkey."""
    return Passkey.create(**values)


def own_passkey(user: int, row_id: int) -> Passkey | None:
    """The account's of this row id."""
    return Passkey.get_or_none((Passkey.id == row_id) & (Passkey.user == user))


def used_passkey(row_id: int, count: int, at: datetime) -> None:
    """Note that the passkey has signed: its count, and when."""
    Passkey.update(sign_count=count, used_at=at).where(Passkey.id == row_id).execute()


# Codes


def code_app(user: int) -> CodeApp | None:
    """The account's app that makes codes."""
    return CodeApp.get_or_none(CodeApp.user == user)


def code_apps() -> list[CodeApp]:
    """All of them: what is sealed anew under another key."""
    return list(CodeApp.select())


def code_app_by_id(row_id: int) -> CodeApp | None:
    """The one of this row id."""
    return CodeApp.get_or_none(CodeApp.id == row_id)


def keep_code_app(user: int, sealed: str, step: int, at: datetime) -> None:
    """The app that makes the account's codes from now on."""
    CodeApp.delete().where(CodeApp.user == user).execute()
    CodeApp.create(user=user, sealed=sealed, step=step, made_at=at, used_at=at)


def used_step(user: int, step: int, at: datetime) -> bool:
    """The code of this step counts, once: false when it, or one after it, counted before."""
    fresh = (CodeApp.user == user) & (CodeApp.step < step)
    return bool(CodeApp.update(step=step, used_at=at).where(fresh).execute())


def drop_code_app(user: int) -> int:
    """Gone; gives 1 where there was one."""
    return int(CodeApp.delete().where(CodeApp.user == user).execute())


def keep_recovery(user: int, digests: Iterable[str]) -> None:
    """These and no others."""
    RecoveryCode.delete().where(RecoveryCode.user == user).execute()
    for each in digests:
        RecoveryCode.create(user=user, digest=each)


def recovery(user: int) -> list[RecoveryCode]:
    """Those that let in still."""
    return list(RecoveryCode.select().where((RecoveryCode.user == user) & RecoveryCode.used_at.is_null()))


def used_recovery(row_id: int, at: datetime) -> bool:
    """It lets in, once."""
    fresh = (RecoveryCode.id == row_id) & RecoveryCode.used_at.is_null()
    return bool(RecoveryCode.update(used_at=at).where(fresh).execute())


def drop_all(user: int) -> None:
    """The account has none any more."""
    for table in (Passkey, CodeApp, RecoveryCode):
        table.delete().where(table.user == user).execute()


def settle(user: int) -> str:
    """Write on the account what it has; gives that. Recovery codes go with the last factor."""
    has = {"passkey": bool(passkeys(user)), "code": code_app(user) is not None}
    kinds = ",".join(name for name, there in has.items() if there)
    if not kinds:
        RecoveryCode.delete().where(RecoveryCode.user == user).execute()
    User.update(factors=kinds).where(User.id == user).execute()
    return kinds


# Challenges


def spend(key: str, until: datetime, now: datetime) -> bool:
    """The challenge is answered; false when it was before."""
    Spent.delete().where(Spent.until <= now).execute()
    return bool(Spent.insert(key=key, until=until).on_conflict_ignore().as_rowcount().execute())
