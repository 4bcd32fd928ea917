"""Passwords that were asked for and were not right, from where accounts are known, and who is signed in."""

from __future__ import annotations

from peewee import BooleanField, CharField, ForeignKeyField

from app.states import PasswordUse
from app.store.database import Row
from app.store.fields import UtcField
from app.store.models.accounts import User
from app.store.words import WordField


class Guess(Row):
    """A password that somebody gave: counted before it is looked at, forgotten when it was right.

    Of an address without an account nothing but a digest is kept: people type passwords into the wrong field.
    """

    at = UtcField()
    until = UtcField(index=True)
    user = ForeignKeyField(User, null=True, backref="guesses", on_delete="CASCADE")
    user_id: int | None
    account = CharField(max_length=64)  # digest of the address
    place = CharField(max_length=64)  # network address; of IPv6 the /64
    device = CharField(max_length=32, default="")  # of a browser in which the account signed in before
    known = BooleanField(default=False)  # the account signed in before in this browser, or from this place
    way = WordField(PasswordUse, max_length=12)

    class Meta:
        indexes = ((("account", "until"), False), (("place", "until"), False))


class KnownPlace(Row):
    """A place from which an account signed in lately: what the guard of the sign-in knows it by. That somebody signed
    in is told by the audit record alone."""

    user = ForeignKeyField(User, backref="known_places", on_delete="CASCADE", index=False)
    user_id: int
    place = CharField(max_length=64)
    until = UtcField(index=True)

    class Meta:
        indexes = ((("user", "place"), True),)


class Session(Row):
    """An account that is signed in, in one browser. Its cookie holds what `key` is the SHA-256 of."""

    key = CharField(max_length=64, unique=True)
    user = ForeignKeyField(User, backref="sessions", on_delete="CASCADE")
    user_id: int
    begun_at = UtcField()
    seen_at = UtcField()  # to some minutes
    until = UtcField(index=True)  # it ends then, however busy it is; and its row goes
    ended_at = UtcField(null=True)  # signed out, or ended from another browser
    place = CharField(max_length=64, default="")
    browser = CharField(max_length=200, default="")  # as it calls itself (RFC 9110 section 10.1.5)
    proved_at = UtcField(null=True)  # when the person last showed that it is they
    way = CharField(max_length=12, default="")  # password | passkey | code | recovery | oidc | link
    half = BooleanField(default=False)  # the second factor is still to come: nobody is signed in
